"""Supervision: a fault in one loop is noted and waited out, and never stops another."""

import asyncio
import itertools
import threading
import time

import psycopg
import pytest
from django.db import OperationalError

from mailgateway.lanes import Hangups, Lane
from mailgateway.loops import Gateway, Loop, Pace
from mailgateway.models import Beat
from mailgateway.passing import is_away
from tests.loops import run


def gateway() -> Gateway:
    return Gateway(asyncio.Event(), Hangups(), Lane("records"), Pace(back_off=0.02, back_off_most=0.1))


@pytest.mark.django_db(transaction=True)
def test_a_loop_that_falls_comes_back_and_the_other_never_notices(caplog):
    fell, ran = [], []

    async def main() -> None:
        shared = gateway()

        async def falling(up) -> None:
            fell.append(time.monotonic())
            if len(fell) < 4:
                raise RuntimeError("out of order")
            await up()
            await bad.stop.wait()

        async def steady(up) -> None:
            await up()
            ran.append(1)
            await good.stop.wait()

        bad, good = Loop("bad", falling, shared), Loop("good", steady, shared)
        tasks = [asyncio.ensure_future(loop.run()) for loop in (bad, good)]
        while len(fell) < 4:
            await asyncio.sleep(0.01)
        seen = await shared.records(lambda: Beat.objects.get(pk="bad"))
        while seen.state != "up":
            seen = await shared.records(lambda: Beat.objects.get(pk="bad"))
        assert (seen.restarts, seen.error) == (3, "")
        bad.stop.set()
        good.stop.set()
        await asyncio.gather(*tasks)
        shared.records.close()

    run(main)
    assert ran == [1]
    pauses = [later - earlier for earlier, later in itertools.pairwise(fell)]
    assert pauses[2] >= 0.08 * 0.8, "doubled twice; a busy machine only makes it longer"
    assert "out of order" in caplog.text


def test_a_lane_works_in_order_and_cancelling_does_not_wait_for_it():
    done: list[int] = []
    release = threading.Event()

    def work(n: int) -> int:
        if n == 0:
            release.wait(5)
        done.append(n)
        return n

    async def main() -> None:
        lane = Lane("test")
        slow = asyncio.ensure_future(lane(work, 0))
        await asyncio.sleep(0)
        began = time.monotonic()
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        assert time.monotonic() - began < 1
        release.set()
        assert await lane(work, 1) == 1
        with pytest.raises(ValueError, match="invalid literal"):
            await lane(int, "x")
        lane.close()

    run(main)
    assert done == [0, 1]


@pytest.mark.parametrize(
    ("cause", "is_line"),
    [
        (psycopg.errors.AdminShutdown, True),
        (psycopg.errors.TooManyConnections, True),
        (None, True),  # nobody answers
        (psycopg.errors.DeadlockDetected, False),
        (psycopg.errors.QueryCanceled, False),
    ],
)
def test_a_database_that_is_away_is_a_line_and_a_fault_of_ours_is_told_whole(cause, is_line):
    error = OperationalError("the database says so")
    error.__cause__ = cause and cause()
    assert is_away(error) == is_line
