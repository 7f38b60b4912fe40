"""What is in doubt, what waits for what, and how fast a mailbox may send."""

import pytest
from django.utils import timezone

from helpdesk import outbox
from helpdesk.mail import Bounce
from helpdesk.models import Delivery, EventKind, Message, OutgoingMail, OutgoingState, Status
from mailgateway import outgoing, routes
from mailgateway.models import Mailbox
from tests import make
from tests.servers.smtp_sink import Sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def sending(world, smtp_sink):
    """A mailbox that sends through the sink for service."""
    world.service.acknowledges = False
    world.service.save()
    return through(smtp_sink, world.service)


def through(sink: Sink, contact, **fields):
    box = Mailbox(contact=contact, name=contact.slug, smtp_host="127.0.0.1", smtp_port=sink.port, **fields)
    box.smtp_security = "none"
    box.save()
    return box


def reply(thread, by, text="On its way", **how) -> Message:
    message = thread.reply(text, by=by, **how)
    due()
    return message


def due() -> None:
    OutgoingMail.objects.filter(state=OutgoingState.QUEUED).update(not_before="2020-01-01T00:00Z")


def of(sink: Sink, message: Message) -> list:
    return [one for one in sink.accepted if one.message["Message-ID"] == message.message_id]


@pytest.mark.row("TH5")
def test_no_answer_to_the_final_dot_is_one_more_copy_at_most_and_then_the_agents_to_say(
    world, sending, smtp_sink, client
):
    smtp_sink.cut_at = "accepted"
    thread = make.thread(world.service)
    message = reply(thread, world.bob, then=Status.CLOSED)
    for _ in range(4):
        outgoing.send_queued()
        due()
    message.refresh_from_db()
    thread.refresh_from_db()
    assert (len(of(smtp_sink, message)), message.delivery, thread.status) == (2, Delivery.UNCERTAIN, Status.OPEN)
    assert world.bob.notices.count() == 1
    client.force_login(world.bob)
    page = client.get(f"/threads/{thread.pk}/").content.decode()
    assert "Perhaps sent" in page
    assert "It arrived" in page
    client.post(f"/threads/{thread.pk}/messages/{message.pk}/arrival/")
    message.refresh_from_db()
    assert (message.delivery, OutgoingMail.objects.get(message=message).state) == (Delivery.SENT, OutgoingState.SENT)
    assert thread.events.get(kind=EventKind.ARRIVED).actor == world.bob
    assert not thread.confirm_arrival(message, by=world.bob)
    client.force_login(world.charlie)
    assert client.post(f"/threads/{thread.pk}/messages/{message.pk}/arrival/").status_code == 404


@pytest.mark.row("TH5")
def test_a_mailbox_that_asks_sends_no_second_copy_by_itself(world, sending, smtp_sink, client):
    Mailbox.objects.update(when_unsure="ask")
    smtp_sink.cut_at = "accepted"
    thread = make.thread(world.service)
    message = reply(thread, world.bob)
    outgoing.send_queued()
    due()
    outgoing.send_queued()
    message.refresh_from_db()
    assert (len(of(smtp_sink, message)), message.delivery) == (1, Delivery.UNCERTAIN)
    smtp_sink.cut_at = ""
    client.force_login(world.bob)
    client.post(f"/threads/{thread.pk}/messages/{message.pk}/send-again/")
    outgoing.send_queued()
    message.refresh_from_db()
    assert (len(of(smtp_sink, message)), message.delivery) == (2, Delivery.SENT)
    assert thread.events.get(kind=EventKind.SENT_AGAIN).actor == world.bob


@pytest.mark.row("TH5")
def test_mails_of_a_thread_leave_in_order_and_a_refusing_reader_holds_up_nobody_for_ever(world, sending, smtp_sink):
    thread, other = make.thread(world.service), make.thread(world.service, sender="ann@example.com")
    smtp_sink.on_rcpt["john@example.com"] = "451 4.2.1 later"
    first, second, ann = (reply(one, world.bob, text) for one, text in ((thread, "1"), (thread, "2"), (other, "3")))
    outgoing.send_queued()
    assert [one.recipients for one in smtp_sink.accepted] == [["ann@example.com"]]
    waiting = OutgoingMail.objects.get(message=second)
    assert (waiting.attempts, waiting.is_waiting, ann.recipients["to"]) == (0, True, ["ann@example.com"])
    smtp_sink.clear()
    OutgoingMail.objects.filter(message=first).update(not_before=timezone.now())
    outgoing.send_queued()
    assert [one.message["Message-ID"] for one in smtp_sink.accepted] == [first.message_id, second.message_id]

    smtp_sink.clear()
    smtp_sink.on_rcpt["john@example.com"] = "451 4.2.1 later"
    reply(thread, world.bob, "4")
    fifth = reply(thread, world.bob, "5")
    outgoing.send_queued()
    OutgoingMail.objects.exclude(blocks_until=None).update(blocks_until=timezone.now())
    smtp_sink.clear()
    OutgoingMail.objects.filter(message=fifth).update(not_before=timezone.now())
    outgoing.send_queued()
    assert [one.message["Message-ID"] for one in smtp_sink.accepted] == [fifth.message_id]


@pytest.mark.row("TH5")
def test_who_took_a_mail_never_gets_it_again_and_who_could_not_gets_it_later(world, sending, smtp_sink):
    smtp_sink.on_rcpt = {"ann@x.test": "451 greylisted", "eve@x.test": "550 no such user"}
    thread = make.thread(world.service)
    message = reply(thread, world.bob, cc=["ann@x.test", "eve@x.test"])
    outgoing.send_queued()
    message.refresh_from_db()
    assert (message.delivery, message.delivery_note) == (Delivery.RETRYING, "ann@x.test: 451 greylisted")
    assert thread.events.get(kind=EventKind.FAILED).data["to"] == "eve@x.test"
    smtp_sink.on_rcpt = {}
    due()
    outgoing.send_queued()
    message.refresh_from_db()
    assert [one.recipients for one in of(smtp_sink, message)] == [["john@example.com"], ["ann@x.test"]]
    assert message.delivery == Delivery.SENT


@pytest.mark.row("TH5")
def test_a_mail_is_tried_for_five_days_from_its_first_try_however_early_it_was_written(world, sending, smtp_sink):
    message = reply(make.thread(world.service), world.bob)
    smtp_sink.on_mail = "451 later"
    OutgoingMail.objects.update(created_at=timezone.now() - timezone.timedelta(days=9))
    outgoing.send_queued()
    assert OutgoingMail.objects.get(message=message).state == OutgoingState.QUEUED
    OutgoingMail.objects.update(first_try_at=timezone.now() - timezone.timedelta(days=5, minutes=1))
    due()
    outgoing.send_queued()
    assert OutgoingMail.objects.get(message=message).state == OutgoingState.FAILED


def test_a_mailbox_sends_no_faster_than_its_provider_allows(world, sending):
    assert [sending.turn_to_send() for _ in range(3)] == [0.0, 0.0, 0.0]
    sending.mails_a_minute = 30
    sending.save()
    assert sending.turn_to_send() == 0.0
    assert 1 < sending.turn_to_send() <= 2
    Mailbox.objects.update(next_send_at=timezone.now())
    assert sending.turn_to_send() == 0.0


def test_each_mailbox_sends_on_a_way_of_its_own_and_the_first_for_those_that_have_none(world, sending, smtp_sink):
    other = through(smtp_sink, world.accounting)
    without = make.contact("returns")
    for contact in (world.service, world.accounting, without):
        contact.acknowledges = True
        contact.save()
        make.thread(contact, sender=f"{contact.slug}@example.com")
    found = {route.mailbox: route.whose for route in routes.all_of(outbox.contacts_due())}
    assert found == {sending: {"but": [world.accounting.pk]}, other: {"only": [world.accounting.pk]}}
    assert [outbox.claim(**found[other]).contact_id, outbox.claim(**found[other])] == [world.accounting.pk, None]
    rest = [one.contact_id for one in iter(lambda: outbox.claim(**found[sending]), None)]
    assert sorted(rest) == [world.service.pk, without.pk]


def test_a_sender_that_lost_its_claim_does_not_end_the_mail(world, sending, smtp_sink):
    message = reply(make.thread(world.service), world.bob)
    late = outbox.claim()
    OutgoingMail.objects.update(lease_until="2020-01-01T00:00Z")
    outgoing.send_queued()
    outgoing.deliver(late)
    message.refresh_from_db()
    assert (len(of(smtp_sink, message)), message.delivery) == (1, Delivery.SENT)


@pytest.mark.row("IM24")
def test_a_bounce_brings_the_thread_back_with_the_phone_and_whatsapp_at_hand(world, sending, client):
    world.john.phone = "+34600000123"
    world.john.save()
    thread = make.thread(world.service)
    message = reply(thread, world.bob, then=Status.CLOSED)
    outgoing.send_queued()
    outbox.bounced(Bounce("john@example.com", "failed", "5.1.1", "no such user", (message.message_id,)), [])
    thread.refresh_from_db()
    client.force_login(world.bob)
    page = client.get(f"/threads/{thread.pk}/").content.decode()
    assert thread.status == Status.OPEN
    assert 'href="tel:+34600000123"' in page
    assert f"/customers/{world.john.pk}/whatsapp/" in page
