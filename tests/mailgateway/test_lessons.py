"""What other help desks lost, doubled or put in the wrong place: one test a lesson, named after where it was told."""

import pytest

from helpdesk import tokens
from helpdesk.models import Message, OutgoingMail, Thread
from mailgateway import incoming
from mailgateway.models import Mailbox
from tests import make
from tests.servers.mails import raw

pytestmark = pytest.mark.django_db


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


def test_freescout_5292_nul_bytes_reach_no_column(world, box):
    take(box, raw("before\x00after", Subject="A subject").replace(b"A subject", b"A\x00 subject"), 1)
    message = Message.objects.get()
    assert "\x00" not in message.text + message.subject + message.full_text


def test_zammad_1578_the_same_id_at_two_mailboxes_reaches_both_contacts(world, box):
    other = Mailbox.objects.create(name="b", contact=world.accounting, imap_host="imap.test", username="b")
    mail = raw(To="somebody@example.org")
    take(box, mail, 1)
    take(other, mail, 1)
    assert {one.contact for one in Thread.objects.all()} == {world.service, world.accounting}


def test_discourse_and_ost_1908_the_same_id_with_other_words_is_kept(world, box):
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


def test_hermes_55383_an_unknown_charset_loses_nothing(world, box):
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


def test_osticket_1041_an_out_of_office_note_is_not_confirmed_and_reopens_nothing(world, box):
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
