"""Signed envelope senders: what comes back to one is joined to the mail that left with it, and to no other."""

from email.utils import localtime

import pytest

from helpdesk import tokens
from helpdesk.models import Delivery, Message, OutgoingMail, OutgoingState, Status, Thread
from mailgateway import incoming, outgoing
from mailgateway.models import Mailbox
from tests import make
from tests.servers.mails import raw

pytestmark = pytest.mark.django_db
REPORT = (
    "I'm sorry to have to inform you that your message could not be delivered.\n\n"
    "<john@example.com>: host mx.example.com said: 550 5.1.1 User unknown"
)


@pytest.fixture
def box(world, smtp_sink):
    """Service takes plus-addresses, confirms nothing, and sends through the sink."""
    world.service.plus_addresses, world.service.acknowledges = True, False
    world.service.save()
    how = {"smtp_host": "127.0.0.1", "smtp_port": smtp_sink.port, "smtp_security": "none"}
    return Mailbox.objects.create(contact=world.service, name="service", imap_host="localhost", uidvalidity=1, **how)


def reply(thread: Thread, by, text: str) -> Message:
    """A reply that has left."""
    message = thread.reply(text, by=by, then=Status.CLOSED)
    send()
    return message


def send() -> None:
    OutgoingMail.objects.filter(state=OutgoingState.QUEUED).update(not_before="2020-01-01T00:00Z")
    outgoing.send_queued()


def take(box, mail):
    return incoming.take(mail, mailbox=box, contact=box.contact)


@pytest.mark.row("IM24")
@pytest.mark.row("IM26")
def test_a_report_that_quotes_nothing_marks_the_very_mail_that_left_with_its_address(world, box, smtp_sink):
    thread = make.thread(world.service)
    first, second = reply(thread, world.bob, "It left today"), reply(thread, world.bob, "And arrives on Monday")
    paths = [one.sender for one in smtp_sink.accepted]
    assert [tokens.read_address(one).kind for one in paths] == [tokens.Kind.BOUNCE] * 2
    assert smtp_sink.accepted[0].message["From"].addresses[0].addr_spec == "service@shop.test"
    report = raw(
        REPORT, From="MAILER-DAEMON@mx.example.com", To=paths[0], Subject="Undelivered Mail Returned to Sender"
    )
    taken = take(box, report)
    assert (taken.delivered.outcome, taken.delivered.message_id) == ("bounce", first.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    thread.refresh_from_db()
    assert (first.delivery, second.delivery, thread.status) == (Delivery.FAILED, Delivery.SENT, Status.OPEN)
    forged = take(box, raw(f"{REPORT}.", From="MAILER-DAEMON@mx.example.com", To=paths[1].replace("+b.", "+b.1")))
    assert (forged.delivered.outcome, forged.delivered.thread_id) == ("bounce", 0)


@pytest.mark.row("IM24")
def test_an_away_message_to_the_envelope_joins_its_thread_and_opens_nothing(world, box, smtp_sink):
    thread = make.thread(world.service)
    reply(thread, world.bob, "It left today")
    to = smtp_sink.accepted[0].sender
    away = raw("Back on Monday", From="john@example.com", To=to, Subject="Away", Auto_Submitted="auto-replied")
    taken = take(box, away)
    thread.refresh_from_db()
    assert (taken.delivered.outcome, taken.delivered.thread_id, thread.status) == ("appended", thread.pk, Status.CLOSED)
    world.bob.unmailed = []
    world.bob.save()
    smtp_sink.clear()
    take(box, raw("A new matter", From="john@example.com", Date=localtime()))
    send()
    notice = next(one for one in smtp_sink.accepted if one.recipients == ["bob@shop.test"])
    away = raw("Bob is away", From="bob@shop.test", To=notice.sender, Auto_Submitted="auto-replied")
    assert take(box, away).reason == "answers-a-notice"


@pytest.mark.row("TH5")
@pytest.mark.parametrize("where", ["on_mail", "on_data"])
def test_where_a_server_wants_the_plain_address_the_mail_leaves_with_that_once(world, box, smtp_sink, where):
    smtp_sink.refuses_plus, thread = where, make.thread(world.service)
    message = reply(thread, world.bob, "It left today")
    message.refresh_from_db()
    assert [one.sender for one in smtp_sink.accepted] == ["service@shop.test"]
    assert (message.delivery, OutgoingMail.objects.get().attempts) == (Delivery.SENT, 0)


@pytest.mark.row("IM26")
def test_without_plus_addresses_or_room_for_one_the_plain_address_is_the_sender(world, box, smtp_sink):
    thread = make.thread(world.service)
    for at, (plus, address) in enumerate([(False, "service@shop.test"), (True, f"{'s' * 40}@shop.test")]):
        world.service.plus_addresses, world.service.email = plus, address
        world.service.save()
        reply(Thread.objects.get(pk=thread.pk), world.bob, f"Answer {at}")
        assert smtp_sink.accepted[-1].sender == address
