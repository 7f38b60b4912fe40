"""The loops of periodic jobs: what settings.PERIODIC_JOBS names, each in a lane of its own."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from helpdesk.zone import in_shops_zone
from mailgateway import beats
from mailgateway.lanes import Lane, first_of
from mailgateway.loops import Up

Watch = Callable[[Up, asyncio.Event], object]


class Periodic:
    """Runs one function again and again, whichever worker's turn it is.

    `path` names a function without parameters, `every` is in seconds. A job that takes longer than that may be
    begun by another worker meanwhile: what it must do once only, it claims by row.
    """

    def __init__(self, path: str, every: float) -> None:
        self.path, self.every = path, every
        self.lane = Lane(path)

    async def watch(self, up: Up, stop: asyncio.Event) -> None:
        """Until told to stop; the run in hand is finished."""
        job: Callable[[], object] = import_string(self.path)
        while not stop.is_set():
            if await self.lane(beats.is_turn, f"turn {self.path}", timedelta(seconds=self.every)):
                await self.lane(in_shops_zone, job)
            await up()
            await first_of(stop, seconds=self.every)


def watches() -> dict[str, Watch]:
    """A watch for each job of the settings, by its path."""
    return {path: Periodic(path, every).watch for path, every in settings.PERIODIC_JOBS.items()}
