"""What becomes of what comes in."""

import pytest

from helpdesk import intake
from helpdesk.models import EventKind, Message, OutgoingMail, Status, Thread
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.row("IM16")
def test_a_first_mail_makes_a_thread_with_its_customer(world):
    thread = make.thread(world.service)
    assert (thread.customer, thread.status, thread.needs_answer) == (world.john, Status.OPEN, True)
    assert [event.kind for event in thread.events.all()] == ["created", "received", "acknowledged"]


@pytest.mark.row("IM16")
def test_an_unknown_sender_keeps_the_name_of_the_mail(world):
    thread = make.thread(world.service, sender="ana@x.test", sender_name="Ana")
    assert (thread.customer, thread.sender) == (None, "Ana")


@pytest.mark.row("ST6")
def test_an_answer_by_mail_reopens_and_brings_the_thread_to_the_top(world):
    thread, other = make.thread(world.service), make.thread(world.service, sender="x@example.com")
    reply = thread.reply("On its way", by=world.bob, then=Status.CLOSED)
    done = intake.deliver(make.mail("Still nothing", in_reply_to=(reply.message_id,)), contact=world.service)
    thread.refresh_from_db()
    assert (done.outcome, done.thread_id, thread.status) == ("appended", thread.pk, Status.OPEN)
    assert list(Thread.objects.visible_to(world.bob).open().newest_first()) == [thread, other]
    assert Thread.objects.with_unread(world.bob).get(pk=thread.pk).is_unread


@pytest.mark.row("IM11")
def test_a_guessed_number_from_a_stranger_makes_a_new_thread(world):
    thread = make.thread(world.service)
    mail = make.mail("let me in", sender="eve@evil.test", subject=f"Re: Order question [#{thread.pk}]")
    assert intake.deliver(mail, contact=world.service).thread_id != thread.pk


def test_an_auto_reply_is_kept_but_does_not_reopen(world):
    thread = make.thread(world.service)
    reply = thread.reply("Done", by=world.bob, then=Status.CLOSED)
    mail = make.mail("I am away", in_reply_to=(reply.message_id,), automatic="auto-reply")
    done = intake.deliver(mail, contact=world.service)
    thread.refresh_from_db()
    assert (done.outcome, done.reason, thread.status) == ("appended", "auto-reply", Status.CLOSED)


def test_the_same_mail_twice_is_one_message(world):
    mail = make.mail()
    first = intake.deliver(mail, contact=world.service)
    second = intake.deliver(mail, contact=world.service)
    assert (second.outcome, second.message_id, Message.objects.count()) == ("duplicate", first.message_id, 1)


@pytest.mark.row("IM14")
def test_our_own_mail_coming_back_is_ignored(world):
    make.thread(world.service)
    ours = OutgoingMail.objects.get()
    mail = make.mail(message_id=ours.message_id_header, sender="service@shop.test")
    assert intake.deliver(mail, contact=world.service).reason == "loop"


@pytest.mark.row("TH11")
def test_the_first_to_reply_takes_the_thread(world):
    thread = make.thread(world.service)
    thread.reply("Hello", by=world.bob)
    thread.reply("Hello again", by=world.alice)
    assert thread.assignee == world.bob
    assert thread.events.filter(kind=EventKind.ASSIGNED).count() == 1


def test_a_reply_taken_back_never_happened(world):
    thread = make.thread(world.service)
    message = thread.reply("Oops", by=world.bob, then=Status.CLOSED)
    assert thread.recall(message, by=world.bob)
    thread.refresh_from_db()
    assert (thread.status, thread.assignee, thread.needs_answer) == (Status.OPEN, None, True)
    assert thread.drafts.get().text == "Oops"
    assert not thread.recall(message, by=world.bob)
