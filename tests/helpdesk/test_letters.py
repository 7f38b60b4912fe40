"""What the mails that leave say, and what their headers hold."""

import re
from email.utils import parseaddr

import pytest

from helpdesk import intake, outbox, tokens
from helpdesk.models import DeskSettings, EventKind, Notice, OutgoingMail, OutgoingState, Thread
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(world):
    texts = {"en": "Taller Norte · Calle Mayor 1", "es": "Taller Norte · Calle Mayor 1"}
    row = {"shop_name": "Taller Norte", "undo_seconds": 0, "default_messages": texts, "time_zone": "Europe/Madrid"}
    DeskSettings.objects.update_or_create(pk=1, defaults=row)
    made = make.thread(world.service, "Two bowls & a <b>mug</b>", subject="Broken bowls", language="en")
    OutgoingMail.objects.all().delete()
    return made


def parts(mail):
    return mail.text + mail.html


@pytest.mark.row("IM27")
def test_a_reply_has_a_plain_subject_and_can_be_answered_by_mail(world, thread):
    thread.reply("On its way", by=world.bob)
    mail = OutgoingMail.objects.get()
    assert mail.subject == f"Re: Broken bowls [#{thread.pk}]"
    assert mail.in_reply_to == thread.messages.first().message_id
    assert mail.references == [thread.messages.first().message_id]
    assert tokens.read_message_id(mail.message_id_header).thread_id == thread.pk
    answer = make.mail("Thanks", in_reply_to=(mail.message_id_header,), subject="RE: AW: something else")
    assert intake.deliver(answer, contact=world.service).thread_id == thread.pk


@pytest.mark.row("AR14")
def test_a_thread_that_we_begin_carries_its_subject_as_written_and_later_mails_answer(world, thread):
    ours = Thread.objects.open_by_agent(
        by=world.bob, contact=world.service, email="john@example.com", subject="Your bowls leave today", text="Hi"
    )
    first = OutgoingMail.objects.get()
    assert first.subject == "Your bowls leave today"
    assert ours.messages.get().subject == first.subject
    ours.reply("One more thing", by=world.bob)
    second = OutgoingMail.objects.latest("pk")
    assert second.subject == f"Re: Your bowls leave today [#{ours.pk}]"
    assert second.references == [first.message_id_header]


def test_a_first_mail_that_was_taken_back_goes_out_as_the_first_one_again(world, thread):
    desk = DeskSettings.objects.get()
    desk.undo_seconds = 10
    desk.save()
    ours = Thread.objects.open_by_agent(
        by=world.bob, contact=world.service, email="john@example.com", subject="Your bowls", text="Hi"
    )
    assert ours.recall(ours.messages.get(), by=world.bob)
    ours.reply("Hello", by=world.bob)
    assert OutgoingMail.objects.latest("pk").subject == "Your bowls"


@pytest.mark.row("IM27")
def test_a_reply_never_asks_to_use_a_link_instead(world, thread):
    thread.reply("On its way", by=world.bob)
    mail = OutgoingMail.objects.get()
    assert "/t/" not in parts(mail)
    assert thread.secret not in parts(mail) + mail.subject


def test_a_reply_comes_from_the_contact_in_the_agents_name(world, thread):
    thread.reply("On its way", by=world.bob)
    mail = OutgoingMail.objects.get()
    assert (mail.from_email, mail.from_name, mail.to) == (
        "service@shop.test",
        "Bob Agent · Taller Norte",
        ["john@example.com"],
    )


def test_a_reply_reads_well_as_text(world, thread):
    world.bob.signature = "Bob"
    thread.reply("On its way.\n\nKind regards", by=world.bob)
    text = OutgoingMail.objects.get().text
    assert re.fullmatch(
        r"On its way\.\n\nKind regards\n\n-- \nBob\nTaller Norte · Calle Mayor 1\n\n"
        r"On \d+ \w{3} \d{4}, \d\d:\d\d, John Doe wrote:\n> Two bowls & a <b>mug</b>\n",
        text,
    )


def test_the_customers_words_are_quoted_harmlessly_in_html(world, thread):
    thread.reply(html="<p>We send a <strong>new</strong> one</p>", by=world.bob)
    html = OutgoingMail.objects.get().html
    assert "<strong>new</strong>" in html
    assert "Two bowls &amp; a &lt;b&gt;mug&lt;/b&gt;" in html
    assert html.index("new</strong>") < html.index("Calle Mayor") < html.index("<blockquote")


def test_times_in_mails_are_the_shops(world, thread):
    from datetime import UTC, datetime

    thread.messages.update(created_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    thread.reply("On its way", by=world.bob)
    assert "On 2 Jul 2026, 00:30, John Doe wrote:" in OutgoingMail.objects.get().text


@pytest.mark.row("TH7")
def test_a_note_is_in_no_mail_to_a_customer(world, thread):
    thread.note("A difficult customer", by=world.bob)
    thread.reply("On its way", by=world.bob)
    mail = OutgoingMail.objects.get(kind="message")
    assert "difficult" not in parts(mail)


def test_a_forward_shows_who_said_what_and_hides_the_rest(world, thread):
    thread.note("Secret", by=world.bob)
    thread.forward("potter@example.net", by=world.bob, note="Can you make two?", messages=thread.messages.public())
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Fwd: Broken bowls"
    assert mail.text.startswith("Can you make two?\n\n---------- Forwarded message ----------\nFrom: John Doe\n")
    assert "Two bowls & a <b>mug</b>" in mail.text
    assert "Secret" not in parts(mail)
    assert tokens.read_message_id(mail.message_id_header).kind == tokens.Kind.FORWARD


@pytest.mark.row("FO9")
def test_the_confirmation_says_number_time_and_link_and_nothing_of_the_senders(world):
    DeskSettings.objects.update_or_create(pk=1, defaults={"shop_name": "Taller Norte", "answer_hours": 4})
    made = make.thread(world.service, "BUY PILLS", subject="CHEAP", sender_name="EVIL", language="en")
    mail = OutgoingMail.objects.get()
    assert (mail.auto_submitted, mail.in_reply_to) == ("auto-replied", made.messages.get().message_id)
    assert f"#{made.pk}" in mail.text
    assert "within 4 hours" in mail.text
    assert "http://testserver/t/" in mail.text
    assert not re.search("BUY|CHEAP|EVIL", parts(mail) + mail.subject + mail.from_name)


@pytest.mark.row("FO10")
def test_agents_who_want_it_are_told_of_new_threads_with_a_link(world):
    for agent in (world.alice, world.bob, world.charlie):
        agent.unshown, agent.unmailed = [], ["new"] if agent == world.alice else []
        agent.save()
    made = make.thread(world.service, "Where is it?")
    mail = OutgoingMail.objects.get(kind="notice")
    assert mail.to == ["bob@shop.test"]  # alice does not want it, charlie may not see it
    assert f"http://testserver/threads/{made.pk}/" in mail.text
    assert f'href="http://testserver/threads/{made.pk}/"' in mail.html
    assert (mail.auto_submitted, Notice.objects.get(agent=world.bob).kind) == ("auto-generated", "new")
    assert "Where is it?" in mail.text


@pytest.mark.row("FO10")
def test_a_notice_that_comes_back_is_not_imported(world):
    world.bob.unmailed = []
    world.bob.save()
    make.thread(world.service)
    notice = OutgoingMail.objects.get(kind="notice")
    back = make.mail(message_id=notice.message_id_header, sender="bob@shop.test")
    assert intake.deliver(back, contact=world.service).reason == "loop"


def test_nobody_is_told_of_spam(world):
    world.bob.unmailed = []
    world.bob.save()
    make.thread(world.service, is_spam=True)
    assert not OutgoingMail.objects.exists()


@pytest.mark.row("CO4")
def test_a_relayed_message_is_erased_once_it_is_sent(world):
    mail = make.mail("My bill\nplease", files=(make.file("bill.txt"),), order_reference="MK-1", channel="form")
    assert intake.relay(mail, contact=world.accounting).reason == "relayed"
    assert intake.relay(mail, contact=world.accounting).outcome == "duplicate"
    claimed = outbox.claim()
    assert claimed.text.startswith("My bill\nplease\n")
    assert "MK-1" in claimed.text
    assert (claimed.reply_to, claimed.files[0].content) == ("john@example.com", b"hello")
    outbox.sent(claimed)
    row = OutgoingMail.objects.get()
    assert (row.state, row.text, row.html, row.subject, row.reply_to) == (OutgoingState.SENT, "", "", "", "")
    assert not row.attachments.exists()


@pytest.mark.parametrize("kind", ["reply", "forward", "acknowledgement", "notice"])
def test_no_mail_loads_or_runs_anything(world, kind):
    evil = '<img src="http://evil.test/x.gif"><script>alert(1)</script>'
    world.bob.unmailed = [] if kind == "notice" else ["new"]
    world.bob.save()
    made = make.thread(world.service, evil, subject=evil, sender_name=evil)
    if kind == "reply":
        made.reply(evil, by=world.bob)
    if kind == "forward":
        made.forward("x@example.net", by=world.bob, note=evil, messages=made.messages.all())
    for mail in OutgoingMail.objects.all():
        assert "<script" not in mail.html
        assert "<img" not in mail.html
        assert "\n" not in mail.subject
        assert parseaddr(f"<{mail.from_email}>")[1] == mail.from_email


def test_the_confirmation_is_recorded_in_the_thread(world):
    made = make.thread(world.service)
    assert made.events.filter(kind=EventKind.ACKNOWLEDGED).count() == 1
