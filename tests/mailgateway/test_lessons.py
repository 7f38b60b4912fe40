"""What other help desks lost, doubled or put in the wrong place: one test a lesson, named after where it was told."""

import re
from pathlib import Path

import pytest

from helpdesk import tokens
from helpdesk.models import Message, OutgoingMail, Thread
from mailgateway import incoming
from mailgateway.models import Incoming, Mailbox
from tests import make
from tests.servers.mails import raw

pytestmark = pytest.mark.django_db


def test_each_lesson_of_the_list_has_a_test_of_that_name_and_each_such_test_is_in_the_list():
    root = Path(__file__).resolve().parents[2]
    listed = re.findall(r"`(test_\w+)`", (root / "docs/lessons.md").read_text("utf-8"))
    written = re.findall(r"^def (test_\w+)", "\n".join(one.read_text() for one in (root / "tests").rglob("*.py")), re.M)
    assert set(listed) <= set(written)
    here = re.findall(r"^def (test_[a-z_]+_[a-z]*\d\w+)", Path(__file__).read_text(), re.M)
    assert set(here) <= set(listed)
    assert len(listed) == len(set(listed)) >= 55


@pytest.fixture
def box(world):
    return Mailbox.objects.create(name="hola", contact=world.service, imap_host="imap.test", username="hola")


def take(box, mail, uid, **fields):
    return incoming.take(mail, mailbox=box, contact=box.contact, uidvalidity=1, uid=uid, **fields)


def without(mail, name):
    return b"\r\n".join(line for line in mail.split(b"\r\n") if not line.startswith(name))


def test_freescout_5638_a_self_addressed_mail_is_one_thread(world, box):
    mail = raw(From="service@shop.test", To="service@shop.test")
    take(box, mail, 1)
    take(box, mail, 2)
    assert Thread.objects.count() == 1
    assert not OutgoingMail.objects.exists()


def test_freescout_5485_the_same_mail_by_a_list_is_taken_once(world, box):
    mail = raw(Cc="list@example.org")
    take(box, mail, 1)
    take(box, b"Received: from list.example.org\r\n" + mail, 2)
    assert Message.objects.count() == 1


def test_freescout_311_and_4740_mails_without_an_id_are_all_taken_and_stop_nothing(world, box):
    for uid in range(1, 4):
        take(box, without(raw(f"Mail {uid}"), b"Message-ID"), uid)
    assert Thread.objects.count() == 3


def test_itop_253_two_mails_of_one_sender_subject_and_second_without_an_id_are_two(world, box):
    date = "Fri, 27 Nov 2026 10:00:00 +0100"
    for uid in (1, 2):
        take(box, without(raw(f"Text {uid}", Date=date), b"Message-ID"), uid)
    assert Thread.objects.count() == 2


def test_freescout_4958_a_similar_mail_of_next_year_is_no_duplicate_and_its_own_thread(world, box):
    take(box, raw("The yearly invoice", Subject="Invoice"), 1)
    take(box, raw("The yearly invoice", Subject="Invoice"), 2)
    assert Thread.objects.count() == 2


def test_freescout_2005_ids_of_another_installation_prove_nothing(world, box, settings):
    thread = make.thread(world.service)
    own, settings.MAIL_TOKEN_KEYS = settings.MAIL_TOKEN_KEYS, ["of another installation"]
    foreign = tokens.mint_message_id(tokens.Kind.CUSTOMER, thread.pk, "shop.test")
    settings.MAIL_TOKEN_KEYS = own
    taken = take(box, raw(From="mary@example.com", In_Reply_To=foreign), 1)
    assert taken.delivered.outcome == "created"


def test_freescout_5292_and_5159_nul_bytes_reach_no_column(world, box):
    take(box, raw("before\x00after", Subject="A subject").replace(b"A subject", b"A\x00 subject"), 1)
    message = Message.objects.get()
    assert "\x00" not in message.text + message.subject + message.full_text


def test_zammad_1578_and_freescout_4748_the_same_id_at_two_mailboxes_reaches_both_contacts(world, box):
    other = Mailbox.objects.create(name="b", contact=world.accounting, imap_host="imap.test", username="b")
    mail = raw(To="somebody@example.org")
    take(box, mail, 1)
    take(other, mail, 1)
    assert {one.contact for one in Thread.objects.all()} == {world.service, world.accounting}


def test_osticket_1908_the_same_id_with_other_words_is_kept(world, box):
    take(box, raw("First", Message_ID="<same@example.com>"), 1)
    take(box, raw("Second", Message_ID="<same@example.com>"), 2)
    assert set(Message.objects.values_list("text", flat=True)) == {"First", "Second"}


def test_prestashop_25860_a_mail_without_a_date_is_taken(world, box):
    take(box, without(raw(), b"Date"), 1)
    assert Thread.objects.count() == 1


def test_prestashop_26432_an_empty_mail_is_one_thread_however_often_it_is_looked_at(world, box):
    mail = raw("")
    for _ in range(3):
        take(box, mail, 1)
    assert Thread.objects.count() == 1


def test_hermes_55383_and_django_mailbox_210_an_unknown_charset_loses_nothing(world, box):
    mail = raw("Se ha roto").replace(b'charset="utf-8"', b'charset="x-nonsense"')
    take(box, mail, 1)
    assert Message.objects.get().text == "Se ha roto"


def test_chatwoot_12054_a_deleted_thread_does_not_come_back_with_the_next_look(world, box):
    mail = raw()
    take(box, mail, 1)
    Thread.objects.all().delete()
    take(box, mail, 1)
    take(box, mail, 7)
    assert not Thread.objects.exists()


def test_osticket_1041_and_chatwoot_5131_an_out_of_office_note_is_not_confirmed_and_reopens_nothing(world, box):
    thread = make.thread(world.service, message_id="<mine@example.com>")
    thread.close(by=world.bob)
    confirmed = OutgoingMail.objects.filter(kind="ack").count()
    away = raw("I am away", Auto_Submitted="auto-replied", In_Reply_To="<mine@example.com>")
    for uid in range(1, 6):
        take(box, away.replace(b"I am away", b"I am away %d" % uid), uid)
    thread.refresh_from_db()
    assert thread.status == "closed"
    assert OutgoingMail.objects.filter(kind="ack").count() == confirmed


def test_freescout_j49f_a_stranger_with_a_right_token_changes_neither_customer_nor_recipients(world, box):
    thread = make.thread(world.service)
    reply = thread.reply("Hello", by=world.bob)
    take(box, raw(From="eve@example.com", In_Reply_To=reply.message_id, Cc="victim@example.com"), 1)
    thread.refresh_from_db()
    assert (thread.email, thread.customer) == ("john@example.com", world.john)
    assert thread.messages.latest("pk").is_from_stranger


def test_freescout_cve_2026_47123_a_forged_agent_sends_nothing(world, box):
    thread = make.thread(world.service)
    told = tokens.mint_message_id(tokens.Kind.NOTICE, thread.pk, "shop.test")
    before = OutgoingMail.objects.filter(kind="message").count()
    take(box, raw(From=world.bob.email, In_Reply_To=told), 1)
    assert OutgoingMail.objects.filter(kind="message").count() == before
    assert not Message.objects.filter(kind="reply").exists()


def test_freescout_3654_and_zammad_1877_a_broken_part_or_a_mail_of_death_stops_nothing(world, box):
    broken = raw("The rest is fine").replace(b"Content-Type: text/plain", b"Content-Type: text/plain; name*0*=x'%zz")
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000))
    for uid, mail in enumerate((broken, without(raw(), b"Content-").split(b"\r\n\r\n")[0] + b"\r\n" + deep, raw()), 1):
        take(box, mail, uid)
    assert Incoming.objects.exclude(state="stored").count() == 3
    assert Message.objects.filter(text="The rest is fine").exists()
    assert Incoming.objects.get(uid=3).outcome == "created"


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("gb2312", "\u60a8\u597d"),
        ("iso-2022-jp", "\u3053\u3093\u306b\u3061\u306f"),
        ("ks_c_5601-1987", "\uc548\ub155"),
        ("koi8-r", "\u041f\u0440\u0438\u0432\u0435\u0442"),
    ],
)
def test_freescout_4051_4282_3089_and_3122_letters_of_the_east_arrive_as_they_were_written(world, box, charset, text):
    head = without(raw(Subject="x"), b"Content-").split(b"\r\n\r\n")[0]
    take(box, head + f'\r\nContent-Type: text/plain; charset="{charset}"\r\n\r\n'.encode() + text.encode(charset), 1)
    assert Message.objects.get().text == text


def test_django_helpdesk_force_str_an_8_bit_mail_keeps_its_letters(world, box):
    head = without(raw(), b"Content-").split(b"\r\n\r\n")[0]
    body = "Ma\u00f1ana, \u00bfd\u00f3nde est\u00e1?".encode("latin-1")
    take(box, head + b"\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n" + body, 1)
    assert Message.objects.get().text == "Ma\u00f1ana, \u00bfd\u00f3nde est\u00e1?"


def test_zammad_78_and_osticket_494_and_3720_fetched_again_and_again_it_is_one_thread_and_one_confirmation(world, box):
    mail = raw()
    for uid in (1, 1, 2, 3, 40):
        take(box, mail, uid)
    assert Thread.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="ack").count() == 1


def test_osticket_6441_a_sender_whom_nobody_wants_stops_nobody_else(world, box):
    take(box, raw("buy", From="spam@example.net", X_Spam_Flag="YES"), 1)
    take(box, raw().replace(b"From: John Doe <john@example.com>", b"From: <<@,;>"), 2)
    assert take(box, raw(), 3).delivered.outcome == "created"
    assert Thread.objects.get(email="spam@example.net").folder == "spam"
    assert ["spam@example.net"] not in OutgoingMail.objects.values_list("to", flat=True)


def test_osticket_6833_and_prestashop_a_refused_mail_is_read_once_kept_shown_and_its_sender_told_nothing(
    world, box, client, monkeypatch
):
    """Also zammad#1970, 2052, 635 and 4132: what cannot be read is a page of the desk, not a folder of the server."""
    told = []
    monkeypatch.setattr("mailgateway.child.parse_limited", lambda *_: told.append(1) or 1 / 0)
    mail = raw()
    for _ in range(3):
        assert take(box, mail, 1).delivered is None
    assert (len(told), OutgoingMail.objects.count(), Incoming.objects.get().state) == (1, 0, "failed")
    client.force_login(world.alice)
    assert b"division by zero" in client.get("/settings/incoming/").content
    stored = client.get(f"/settings/incoming/{Incoming.objects.get().pk}/raw/")
    assert b"".join(stored) == mail


def test_chatwoot_15869_and_3868_a_new_topic_is_a_new_thread_and_an_answer_never_is(world, box):
    thread = make.thread(world.service, subject="Order question")
    reply = thread.reply("Hello", by=world.bob)
    assert take(box, raw("Another matter", Subject="Re: Order question"), 1).delivered.outcome == "created"
    answered = take(box, raw("Thanks", Subject="Something else", In_Reply_To=reply.message_id), 2)
    assert answered.delivered.thread_id == thread.pk


def test_freescout_3231_and_2375_an_answer_goes_where_its_id_says_whatever_number_the_subject_names(world, box):
    thread, other = make.thread(world.service), make.thread(world.service)
    reply = thread.reply("Hello", by=world.bob)
    mail = raw("Thanks", Subject=f"Re: Order question [#{other.pk}]", In_Reply_To=reply.message_id)
    assert take(box, mail, 1).delivered.thread_id == thread.pk


def test_django_helpdesk_756_and_1279_an_answer_to_a_shared_address_stays_in_its_thread_and_its_contact(world, box):
    thread = make.thread(world.accounting)
    reply = thread.reply("Hello", by=world.charlie)
    taken = take(box, raw("Thanks", To="service@shop.test", In_Reply_To=reply.message_id), 1)
    assert taken.delivered.thread_id == thread.pk
    assert Thread.objects.get(pk=thread.pk).contact == world.accounting


def test_osticket_635_and_2139_half_an_hour_of_writing_outlives_the_session(world, client):
    thread = make.thread(world.service)
    client.force_login(world.bob)
    client.post(f"/threads/{thread.pk}/draft/", {"body": "Half an hour of work"}, headers={"HX-Request": "true"})
    client.session.flush()
    late = client.post(f"/threads/{thread.pk}/reply/", {"body": "Half an hour of work, and its end"})
    assert late.status_code == 302
    client.force_login(world.bob)
    assert "Half an hour of work" in client.get(f"/threads/{thread.pk}/").content.decode()
