"""What is done once a day, by whichever worker is first."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import StringIO

from django.core.management import call_command, get_commands
from django.utils import timezone

from helpdesk import orphans
from mailgateway import beats, incoming
from mailgateway.lanes import Lane, first_of
from mailgateway.loops import Gateway, Up
from mailgateway.models import Beat, Incoming

log = logging.getLogger(__name__)
JOBS = ("purge", "clearsessions")
LEFT_BEHIND = timedelta(minutes=5)


class Daily:
    """Calls the daily commands, and finishes piped mails whose process was killed."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.lane = Lane("daily")

    async def watch(self, up: Up, stop: asyncio.Event) -> None:
        """Look every minute whether something is due."""
        while not stop.is_set():
            await self.lane(finish_piped)
            if await self.lane(beats.is_todays_first, "daily"):
                await self.lane(do_jobs)
            await up()
            await first_of(stop, seconds=self.gateway.pace.daily)


def do_jobs() -> None:
    """Run the day's commands; one that fails does not keep the others."""
    Beat.objects.exclude(pk="daily").filter(at__lt=timezone.now() - beats.DAY).delete()
    for name in JOBS:
        if name in get_commands():
            _do(name, partial(call_command, name, stdout=StringIO()))  # the desk prints one line, when it is ready
    _do("sweep of files", orphans.sweep)
    _do("sweep of raw mails", incoming.sweep)


def _do(name: str, job: Callable[[], object]) -> None:
    try:
        job()
    except Exception:
        log.exception("The daily %s failed", name)


def finish_piped() -> None:
    """Mails that came by pipe have no mailbox loop to go on with them."""
    before = timezone.now() - LEFT_BEHIND
    for row in Incoming.objects.unfinished().filter(mailbox=None, received_at__lt=before):
        incoming.finish(row)
