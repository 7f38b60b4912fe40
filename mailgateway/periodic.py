"""The loops of periodic jobs: what settings.PERIODIC_JOBS names, each in a lane of its own."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from helpdesk.zone import in_shops_zone
from mailgateway import beats
from mailgateway.lanes import PAUSE, Lane, first_of
from mailgateway.loops import Up

APART = 0.05  # seconds between the first runs of two jobs
Watch = Callable[[Up, asyncio.Event], object]


class Periodic:
    """Runs one function again and again, whichever worker's turn it is.

    `path` names a function without parameters, `every` is in seconds. A job that takes longer than that may be
    begun by another worker meanwhile: what it must do once only, it claims by row.

    A connection to the database is kept by what runs all the time only, and what runs seldom begins `after` so many
    seconds: thirty jobs that ask at the same moment would take a third of what PostgreSQL grants to all.
    """

    def __init__(self, path: str, every: float, *, after: float = 0) -> None:
        self.path, self.every, self.after = path, every, after
        self.lane = Lane(path, pause=0 if every >= PAUSE else PAUSE)

    async def watch(self, up: Up, stop: asyncio.Event) -> None:
        """Until told to stop; the run in hand is finished."""
        job: Callable[[], object] = import_string(self.path)
        await first_of(stop, seconds=self.after)
        while not stop.is_set():
            await self.lane(self._run, job)
            await up()
            await first_of(stop, seconds=self.every)

    def _run(self, job: Callable[[], object]) -> None:
        if beats.is_turn(f"turn {self.path}", timedelta(seconds=self.every)):
            in_shops_zone(job)


def watches() -> dict[str, Watch]:
    """A watch for each job of the settings, by its path; they begin one after another, the most frequent first."""
    jobs = enumerate(sorted(settings.PERIODIC_JOBS.items(), key=lambda job: job[1]))
    return {path: Periodic(path, every, after=n * APART).watch for n, (path, every) in jobs}
