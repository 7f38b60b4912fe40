"""Clocks that jump, and mails that lie about the time: nothing waits for years, comes twice or changes its place.

See docs/kill.md, 17.
"""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from helpdesk import outbox, sent_copies
from helpdesk.models import Delivery, Message, OutgoingMail, OutgoingState, Thread
from mailgateway import beats, incoming, outgoing
from mailgateway.models import Incoming, Mailbox
from tests import make
from tests.servers.mails import raw

pytestmark = pytest.mark.django_db
YEARS = timedelta(days=50 * 365)
JUMPS = {"a day on": timedelta(days=1), "a day back": timedelta(days=-1), "fifty years back": -YEARS}


@pytest.fixture
def box(world, smtp_sink):
    where = {"smtp_host": "127.0.0.1", "smtp_port": smtp_sink.port, "smtp_security": "none"}
    return Mailbox.objects.create(contact=world.service, name="x", imap_host="localhost", uidvalidity=1, **where)


def take(box, mail, uid):
    return incoming.take(mail, mailbox=box, contact=box.contact, uidvalidity=1, uid=uid)


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_a_clock_that_jumps_loses_nothing_sends_nothing_twice_and_keeps_the_order(world, box, smtp_sink, jump):
    first = take(box, raw("first", Message_ID="<first@example.com>"), 1)
    thread = Thread.objects.get(pk=first.delivered.thread_id)
    before = thread.reply("An answer from before", by=world.bob)
    with time_machine.travel(timezone.now() + jump):
        take(box, raw("second", In_Reply_To=before.message_id), 2)
        after = Thread.objects.get(pk=thread.pk).reply("An answer from there", by=world.bob)
        for _ in range(3):
            outgoing.send_queued()
    for _ in range(3):
        take(box, raw("second", In_Reply_To=before.message_id, Message_ID="<again@example.com>"), 3)
        OutgoingMail.objects.filter(state=OutgoingState.QUEUED).update(not_before=timezone.now())
        outgoing.send_queued()
    written = ["first", before.text, "second", after.text, "second"]
    assert list(thread.messages.order_by("pk").values_list("text", flat=True)) == written, "by arrival"
    ids = [one.message["Message-ID"] for one in smtp_sink.accepted]
    assert len(ids) == len(set(ids))
    assert ids.index(before.message_id) < ids.index(after.message_id)
    assert not OutgoingMail.objects.exclude(state=OutgoingState.SENT).exists()


def test_what_was_put_off_before_the_clock_was_set_back_is_not_put_off_for_years(world, box, smtp_sink):
    message = make.thread(world.service).reply("Hello", by=world.bob)
    for state, column in (("queued", "not_before"), ("sending", "lease_until")):
        OutgoingMail.objects.update(state=state, **{column: timezone.now() + YEARS})
        assert outbox.contacts_due() == {world.service.pk}
    box.mails_a_minute, box.next_send_at = 60, timezone.now() + YEARS
    box.save()
    outgoing.send_queued()
    message.refresh_from_db()
    assert (message.delivery, len(smtp_sink.accepted)) == (Delivery.SENT, 2)
    Mailbox.objects.update(next_send_at=timezone.now() + YEARS, sent_folder="Sent")
    assert box.turn_to_send() == 0.0
    OutgoingMail.objects.update(copy="wanted", copy_at=timezone.now() + YEARS)
    assert sent_copies.contacts_wanted() == {world.service.pk}


def test_a_lease_ends_by_the_databases_clock_and_never_later_than_it_could(world, box):
    assert box.lease("first", seconds=45)
    for jump in JUMPS.values():
        with time_machine.travel(timezone.now() + jump):
            assert not box.lease("second", seconds=45), "this host's clock ends nobody's lease"
    Mailbox.objects.update(lease_until=timezone.now() + YEARS)
    assert box.lease("second", seconds=45), "no lease is as long as that: the database's clock was set back"
    assert not box.lease("first", seconds=45)


def test_jobs_have_their_turn_again_when_the_clock_was_set_back(world):
    assert beats.is_turn("plants", timedelta(minutes=5))
    assert not beats.is_turn("plants", timedelta(minutes=5))
    for jump in (timedelta(days=-1), -YEARS):
        with time_machine.travel(timezone.now() + jump):
            assert [beats.is_turn("plants", timedelta(minutes=5)) for _ in range(2)] == [True, False]


DATES = (
    *("Thu, 01 Jan 1970 00:00:00 +0000", "Wed, 01 Jan 2200 10:00:00 +0000", "Sun, 29 Feb 2026 10:00:00 +0100"),
    *("Sun, 25 Oct 2026 02:30:00 +0200", "Sun, 25 Oct 2026 02:30:00 +0100", "Sun, 29 Mar 2026 02:30:00 +0100"),
    *("Sat, 31 Dec 2016 23:59:60 +0000", "Mon, 01 Jan 0001 00:00:00 -2359", "Fri, 31 Dec 9999 23:59:59 +9999"),
)


def test_mails_dated_1970_2200_and_never_stand_in_the_order_of_their_arrival(world, box, client):
    for uid, date in enumerate(DATES, 1):
        assert take(box, raw(f"mail {uid}", Date=date), uid).delivered.outcome == "created"
    newest = Thread.objects.order_by("-pk").values_list("pk", flat=True)
    assert Incoming.objects.filter(state="done").count() == len(DATES)
    assert not Message.objects.filter(created_at__gt=timezone.now()).exists()
    client.force_login(world.bob)
    page = client.get("/").content.decode()
    places = [page.index(f"/threads/{pk}/") for pk in newest]
    assert places == sorted(places) or places == sorted(places, reverse=True)
