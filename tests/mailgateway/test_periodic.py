"""Periodic jobs: each worker asks, one of them does it, and a job that fails is tried again."""

import asyncio
import threading
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from helpdesk.models import DeskSettings
from mailgateway import beats, periodic
from mailgateway.lanes import Hangups, Lane
from mailgateway.loops import Gateway, Loop, Pace
from tests.loops import run

did: list[str] = []
second_began = threading.Event()


def take_long() -> None:
    """A job that is at work while the next one could begin."""
    did.append("together" if second_began.wait(0.5) else "alone")


def come_second() -> None:
    """The job after it."""
    second_began.set()


def water_the_plants() -> None:
    """A job for the tests; the first time it fails."""
    did.append(timezone.get_current_timezone_name())
    if len(did) == 1:
        raise RuntimeError("no water")


@pytest.mark.django_db
def test_a_turn_is_one_callers_only_until_the_time_is_over():
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        assert [beats.is_turn("plants", timedelta(minutes=1)) for _ in range(3)] == [True, False, False]
        clock.shift(58)
        assert not beats.is_turn("plants", timedelta(minutes=1))
        clock.shift(2)
        assert [beats.is_turn("plants", timedelta(minutes=1)) for _ in range(2)] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_a_job_of_the_settings_is_done_and_after_a_fault_again(settings):
    desk = DeskSettings.load()
    desk.time_zone = "Atlantic/Canary"
    desk.save()
    settings.PERIODIC_JOBS = {f"{__name__}.water_the_plants": 0.02}
    did.clear()

    async def main() -> None:
        shared = Gateway(asyncio.Event(), Hangups(), Lane("records"), Pace(back_off=0.02))
        [(name, watch)] = periodic.watches().items()
        loop = Loop(name, lambda up: watch(up, loop.stop), shared)
        task = asyncio.ensure_future(loop.run())
        while len(did) < 3:
            await asyncio.sleep(0.01)
        loop.stop.set()
        await task
        shared.records.close()

    run(main)
    assert len(did) >= 3
    assert set(did) == {"Atlantic/Canary"}  # its today is the shop's


@pytest.mark.django_db(transaction=True)
def test_jobs_begin_one_after_another_however_slow_the_machine(settings):
    settings.PERIODIC_JOBS = {"nobody.knows": 40, f"{__name__}.take_long": 50, f"{__name__}.come_second": 60}
    did.clear()
    second_began.clear()

    async def up() -> None: ...

    async def main() -> None:
        stop = asyncio.Event()
        tasks = [asyncio.ensure_future(watch(up, stop)) for watch in periodic.watches().values()]
        await asyncio.to_thread(second_began.wait, 20)
        stop.set()
        assert isinstance((await asyncio.gather(*tasks, return_exceptions=True))[0], ModuleNotFoundError)

    run(main)
    assert did == ["alone"]
