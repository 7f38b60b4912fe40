"""A day without SMTP, many mails, and it is back: in order, no faster than allowed, none twice. docs/kill.md, 31."""

import asyncio
import time
from datetime import timedelta

import pytest
import time_machine
from django.db.models import Sum
from django.utils import timezone

from helpdesk.models import OutgoingMail, OutgoingState
from mailgateway import outgoing
from mailgateway.lanes import Hangups, Lane
from mailgateway.loops import Gateway, Loop, Pace
from mailgateway.models import Mailbox
from mailgateway.sending import Sending
from mailgateway.troubles import Trouble
from tests import make
from tests.conftest import make_world
from tests.loops import run

THREADS, EACH = 6, 4


def fill(world, port: int, **fields) -> Mailbox:
    """Some threads with some replies each, all due."""
    world.service.acknowledges = False
    world.service.save()
    where = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"}
    box = Mailbox.objects.create(contact=world.service, name="x", **where, **fields)
    threads = [make.thread(world.service, sender=f"c{n}@example.com") for n in range(THREADS)]
    for n in range(EACH):
        for thread in threads:
            thread.reply(f"Answer {n}", by=world.bob)
    OutgoingMail.objects.update(not_before=timezone.now())
    return box


def assert_in_order(sink) -> None:
    """Each once, and in each thread as they were written."""
    ids = [one.message["Message-ID"] for one in sink.accepted]
    assert len(ids) == len(set(ids)) == THREADS * EACH
    for thread in set(OutgoingMail.objects.values_list("thread", flat=True)):
        written = OutgoingMail.objects.filter(thread=thread).order_by("pk").values_list("message_id_header", flat=True)
        assert sorted(written, key=ids.index) == list(written)


@pytest.mark.django_db
@pytest.mark.row("TH5")
def test_after_a_day_without_smtp_all_leave_at_once_in_order_at_the_allowed_pace_and_none_twice(world, smtp_sink):
    smtp_sink.stop()
    fill(world, smtp_sink.port, mails_a_minute=2400)
    begin, rounds = timezone.now(), 12
    for turn in range(rounds):
        with time_machine.travel(begin + timedelta(hours=2 * turn)):
            outgoing.send_queued()
    tried = OutgoingMail.objects.aggregate(Sum("attempts"))["attempts__sum"]
    assert tried <= rounds, "one mail at a time finds out whether the server is back"
    assert Trouble.objects.get().times == tried
    assert not OutgoingMail.objects.exclude(state=OutgoingState.QUEUED).exists()
    last = begin + timedelta(hours=2 * (rounds - 1))
    assert OutgoingMail.objects.latest("not_before").not_before < last + timedelta(minutes=7), "none waits for hours"
    smtp_sink.start(smtp_sink.port)
    tried_last = OutgoingMail.objects.filter(attempts__gt=0).order_by("pk")
    tried_last.exclude(pk=tried_last[0].pk).update(not_before=begin + timedelta(days=1, minutes=5))
    tried_last.filter(pk=tried_last[0].pk).update(not_before=begin)
    with time_machine.travel(begin + timedelta(days=1)):
        began = time.perf_counter()
        outgoing.send_queued()
        took = time.perf_counter() - began
    assert_in_order(smtp_sink)
    assert took >= (THREADS * EACH - 1) * 60 / 2400
    assert (Mailbox.objects.get().smtp_error, Trouble.objects.get().ended_at is None) == ("", False)


@pytest.mark.django_db(transaction=True)
def test_the_loop_leaves_a_server_alone_that_is_away_and_takes_it_up_again_by_itself(smtp_sink):
    smtp_sink.stop()
    fill(make_world(), smtp_sink.port)
    tried: list[int] = []

    async def main() -> None:
        pace = Pace(outbox=0.02, back_off=0.05, back_off_most=0.2)
        gateway = Gateway(asyncio.Event(), Hangups(), Lane("records"), pace)
        sending = Sending(gateway)
        loop = Loop("outbox", lambda up: sending.watch(up, loop.stop), gateway)
        task = asyncio.ensure_future(loop.run())
        while not sending.rests or next(iter(sending.rests.values())).pause < pace.back_off_most:
            await asyncio.sleep(0.01)
        tried.append(await gateway.records(lambda: OutgoingMail.objects.aggregate(n=Sum("attempts"))["n"]))
        smtp_sink.start(smtp_sink.port)
        while await gateway.records(OutgoingMail.objects.exclude(state=OutgoingState.SENT).exists):
            await asyncio.sleep(0.01)
        loop.stop.set()
        await task
        gateway.records.close()

    run(main)
    assert tried[0] <= 5, "not each mail in turn"
    assert_in_order(smtp_sink)
