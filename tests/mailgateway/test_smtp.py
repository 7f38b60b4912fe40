"""Handing mail to a real SMTP server: what it says decides what happens next."""

import pytest

from helpdesk import outbox
from helpdesk.models import Delivery, EventKind, Notice, NoticeKind, OutgoingMail, OutgoingState, Status
from mailgateway import outgoing
from mailgateway.models import Mailbox
from tests import make
from tests.servers import tls
from tests.servers.smtp_sink import Sink, server_context

pytestmark = pytest.mark.django_db


@pytest.fixture
def sending(world, smtp_sink):
    """A mailbox that sends through the sink for service."""
    made = Mailbox(contact=world.service, name="service", smtp_host="127.0.0.1", smtp_port=smtp_sink.port)
    made.smtp_security = "none"
    made.save()
    return made


def reply(world, **how):
    """A reply whose time to undo is over; the acknowledgement is out of the way."""
    thread = make.thread(world.service)
    OutgoingMail.objects.all().delete()
    message = thread.reply("On its way", by=world.bob, **how)
    due_now()
    return thread, message


def due_now() -> None:
    """Let everything queued be due."""
    OutgoingMail.objects.filter(state=OutgoingState.QUEUED).update(not_before="2020-01-01T00:00Z")


@pytest.mark.row("TH5")
@pytest.mark.row("IM26")
def test_a_reply_leaves_with_the_contacts_address(world, sending, smtp_sink):
    thread, message = reply(world)
    assert outgoing.send_queued() == 1
    sent = smtp_sink.accepted[0]
    assert (sent.sender, sent.recipients) == ("service@shop.test", ["john@example.com"])
    assert sent.message["From"].addresses[0].addr_spec == "service@shop.test"
    assert sent.message["Message-ID"] == message.message_id
    assert sent.message["Subject"] == f"Re: Order question [#{thread.pk}]"
    message.refresh_from_db()
    assert (message.delivery, OutgoingMail.objects.get().state) == (Delivery.SENT, OutgoingState.SENT)


@pytest.mark.row("TH5")
def test_smtp_down_the_reply_waits_shown_and_is_sent_once_when_it_is_up(world, sending, smtp_sink):
    smtp_sink.stop()
    thread, message = reply(world, then=Status.CLOSED)
    outgoing.send_queued()
    thread.refresh_from_db()
    message.refresh_from_db()
    sending.refresh_from_db()
    assert (message.delivery, thread.status) == (Delivery.RETRYING, Status.OPEN)
    assert "refused the connection" in message.delivery_note
    assert "refused the connection" in sending.smtp_error
    smtp_sink.start(smtp_sink.port)
    due_now()
    outgoing.send_queued()
    due_now()
    outgoing.send_queued()
    message.refresh_from_db()
    sending.refresh_from_db()
    assert (len(smtp_sink.accepted), message.delivery, sending.smtp_error) == (1, Delivery.SENT, "")


@pytest.mark.row("TH5")
@pytest.mark.parametrize(
    "fault",
    [
        {"on_mail": "451 4.7.1 later"},
        {"on_rcpt": {"*": "450 4.2.1 greylisted"}},
        {"on_data": "452 4.3.1 disk full"},
        {"cut_at": "mail"},
        {"cut_at": "rcpt"},
        {"cut_at": "data"},
    ],
)
def test_passing_trouble_is_tried_again_with_the_same_id(world, sending, smtp_sink, fault):
    _, message = reply(world)
    for name, value in fault.items():
        setattr(smtp_sink, name, value)
    outgoing.send_queued()
    message.refresh_from_db()
    assert message.delivery == Delivery.RETRYING, message.delivery_note
    smtp_sink.clear()
    due_now()
    outgoing.send_queued()
    assert [one.message["Message-ID"] for one in smtp_sink.accepted] == [message.message_id]


@pytest.mark.row("TH5")
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"on_mail": "550 5.7.1 not from you"}, "550 5.7.1 not from you"),
        ({"on_rcpt": {"*": "550 5.1.1 no such user"}}, "550 5.1.1 no such user"),
        ({"on_data": "554 5.6.0 looks like spam"}, "554 5.6.0 looks like spam"),
    ],
)
def test_a_refusal_for_good_brings_the_thread_back_with_the_servers_words(world, sending, smtp_sink, fault, words):
    for name, value in fault.items():
        setattr(smtp_sink, name, value)
    thread, message = reply(world, then=Status.CLOSED)
    outgoing.send_queued()
    thread.refresh_from_db()
    message.refresh_from_db()
    assert (message.delivery, message.delivery_note, thread.status) == (Delivery.FAILED, words, Status.OPEN)
    assert Notice.objects.get(kind=NoticeKind.FAILED).agent == world.bob
    due_now()
    assert outgoing.send_queued() == 0


def test_a_server_that_wants_a_sign_in_is_the_mailboxs_fault_not_the_mails(world, sending, smtp_sink):
    smtp_sink.on_mail = "530 5.7.0 Authentication required"
    _, message = reply(world)
    outgoing.send_queued()
    message.refresh_from_db()
    sending.refresh_from_db()
    assert message.delivery == Delivery.RETRYING
    assert sending.smtp_error == "530 5.7.0 Authentication required"


def test_one_refused_recipient_is_told_and_the_others_get_it_once(world, sending, smtp_sink):
    smtp_sink.on_rcpt["ann@x.test"] = "550 5.1.1 ann left"
    thread, message = reply(world, cc=["ann@x.test"])
    outgoing.send_queued()
    message.refresh_from_db()
    copies = [one.recipients for one in smtp_sink.accepted if one.message["Message-ID"] == message.message_id]
    assert copies == [["john@example.com"]]
    assert message.delivery == Delivery.SENT
    assert message.delivery_note == "ann@x.test: 550 5.1.1 ann left"
    events = {event.kind: event.data for event in thread.events.all()}
    assert events[EventKind.SENT]["to"] == "john@example.com"
    assert events[EventKind.FAILED] == {"to": "ann@x.test", "reason": "550 5.1.1 ann left"}
    due_now()
    assert outgoing.send_queued() == 0


def test_without_a_mailbox_that_can_send_the_reply_waits_and_says_so(world):
    _, message = reply(world)
    outgoing.send_queued()
    message.refresh_from_db()
    assert (message.delivery, message.delivery_note) == (
        Delivery.RETRYING,
        "No mailbox can send for this contact yet.",
    )


@pytest.mark.row("IM26")
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls_is_used_verified_and_signed_in(world, tmp_path, security):
    certificate = tls.make(tmp_path, "sink", signed=True)
    sink = Sink(users={"shop": "right"})
    context = server_context(certificate)
    if security == "tls":
        sink.start(ssl_context=context, authenticator=sink.authenticate, auth_require_tls=False)
    else:
        sink.start(tls_context=context, require_starttls=True, authenticator=sink.authenticate, auth_required=True)
    sending = Mailbox(contact=world.service, smtp_host="localhost", smtp_port=sink.port, smtp_username="shop")
    sending.smtp_security, sending.ca_pem = security, ""
    sending.set_smtp_password("right")
    sending.save()
    try:
        _, message = reply(world)
        outgoing.send_queued()
        message.refresh_from_db()
        assert "certificate was not accepted" in message.delivery_note
        sending.ca_pem = certificate.ca_pem
        sending.save()
        due_now()
        outgoing.send_queued()
    finally:
        sink.stop()
    assert len(sink.accepted) == 1
    assert security == "tls" or sink.accepted[0].tls


def test_a_server_without_starttls_gets_nothing(world, sending, smtp_sink):
    sending.smtp_security = "starttls"
    sending.save()
    _, message = reply(world)
    outgoing.send_queued()
    message.refresh_from_db()
    assert message.delivery_note == "The server does not offer STARTTLS. Nothing was sent to it."
    assert smtp_sink.accepted == []


def test_two_senders_never_take_the_same_mail(world, sending, smtp_sink):
    reply(world)
    first, second = outbox.claim(), outbox.claim()
    assert first is not None
    assert second is None
    outgoing.deliver(first)
    outgoing.deliver(first)  # a late verdict of a lost claim changes nothing
    assert OutgoingMail.objects.get().state == OutgoingState.SENT


@pytest.mark.row("FO9")
def test_the_confirmation_leaves_as_an_automatic_mail_without_the_customers_words(world, sending, smtp_sink):
    make.thread(world.service, "a secret phrase")
    outgoing.send_queued()
    sent = smtp_sink.accepted[0]
    assert sent.message["Auto-Submitted"] == "auto-replied"
    assert b"secret phrase" not in sent.raw
    assert list(sent.message.iter_attachments()) == []
