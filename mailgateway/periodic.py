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

PATIENCE = 2.0  # seconds that a job waits at its beginning while the one before it runs
Watch = Callable[[Up, asyncio.Event], object]


class Periodic:
    """Runs one function again and again, whichever worker's turn it is.

    `path` names a function without parameters, `every` is in seconds. A job that takes longer than that may be
    begun by another worker meanwhile: what it must do once only, it claims by row.

    A connection to the database is kept by what runs all the time only, and the first runs come one `after` the
    other: thirty jobs that ask at the same moment would take a third of what PostgreSQL grants to all.
    """

    def __init__(self, path: str, every: float, *, after: "Periodic | None" = None) -> None:
        self.path, self.every, self.after = path, every, after
        self.has_begun, self.has_run = asyncio.Event(), asyncio.Event()
        self.lane = Lane(path, pause=0 if every >= PAUSE else PAUSE)

    async def watch(self, up: Up, stop: asyncio.Event) -> None:
        """Until told to stop; the run in hand is finished."""
        if self.after:
            await first_of(stop, self.after.has_begun)
            await first_of(stop, self.after.has_run, seconds=PATIENCE)
        self.has_begun.set()
        job: Callable[[], object] = import_string(self.path)  # a fault of it is no reason for the next one to wait
        while not stop.is_set():
            try:
                await self.lane(self._run, job)
            finally:
                self.has_run.set()
            await up()
            await first_of(stop, seconds=self.every)

    def _run(self, job: Callable[[], object]) -> None:
        if beats.is_turn(f"turn {self.path}", timedelta(seconds=self.every)):
            in_shops_zone(job)


def watches() -> dict[str, Watch]:
    """A watch for each job of the settings, by its path; they begin one after another, the most frequent first."""
    jobs: list[Periodic] = []
    for path, every in sorted(settings.PERIODIC_JOBS.items(), key=lambda job: job[1]):
        jobs.append(Periodic(path, every, after=jobs[-1] if jobs else None))
    return {job.path: job.watch for job in jobs}
