"""The gateway's loops: each is supervised, so that a fault in one never stops another."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mailgateway import beats, imap
from mailgateway.lanes import Hangups, Lane, first_of
from mailgateway.passing import is_away

log = logging.getLogger(__name__)
Up = Callable[[], Awaitable[None]]
Work = Callable[[Up], Awaitable[None]]


@dataclass(frozen=True)
class Pace:
    """How often things are done, in seconds."""

    look_again: float = 60  # a search without having been woken, also the longest IDLE
    renew: float = 15  # the lease of a mailbox, a third of its length
    stand_by: float = 5  # whether the mailbox that another worker fetches is free
    rows: float = 2  # mailboxes that were added, changed or taken out of use
    outbox: float = 1
    daily: float = 60  # whether the day's jobs are due
    back_off: float = 5  # after a fault; doubled each time
    back_off_most: float = 300
    grace: float = 3  # for a loop to end by itself


class Bell:
    """An event that the wire can ring: a socket without a browser."""

    def __init__(self) -> None:
        self.rung = asyncio.Event()

    def ping(self, what: str) -> None:
        """Ring."""
        self.rung.set()


@dataclass
class Gateway:
    """What all loops of a process share."""

    stop: asyncio.Event
    hangups: Hangups
    records: Lane  # short database work: beats, leases, which mailboxes there are
    pace: Pace = Pace()


class Loop:
    """Runs one piece of work again and again until told to stop; waits longer after each fault."""

    def __init__(self, name: str, work: Work, gateway: Gateway) -> None:
        self.name, self.work, self.gateway = name, work, gateway
        self.stop = asyncio.Event()
        self.hurry = asyncio.Event()  # somebody wants the next try now
        self.end: Callable[[], Awaitable[None]] | None = None  # what it began goes on after a fault, until here
        self._said_at = 0.0
        self._state = ""

    async def run(self) -> None:
        """Until `stop` is set. Ends within moments, unless the work waits for a server."""
        try:
            await self._again()
        finally:
            if self.end:
                await self.end()

    async def _again(self) -> None:
        pace, pause = self.gateway.pace, self.gateway.pace.back_off
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                await self.work(self.up)
            except Exception as error:  # noqa: BLE001 - that is what a supervisor is for
                if self.stop.is_set():
                    return
                pause = pace.back_off if time.monotonic() - began > 60 else pause
                waits = pause * random.uniform(0.8, 1.2)  # noqa: S311 - not a secret
                await self._fell(error, waits)
                self.hurry.clear()
                await first_of(self.stop, self.hurry, seconds=waits)
                pause = min(pause * 2, pace.back_off_most)

    async def up(self) -> None:
        """Say that all is well; written down three times a minute at most."""
        if self._state != "up" or time.monotonic() - self._said_at > 20:
            self._state, self._said_at = "up", time.monotonic()
            await self.gateway.records(beats.note, self.name, "up")

    async def _fell(self, error: Exception, pause: float) -> None:
        self._state = "waiting"
        if isinstance(error, imap.FAULTS) or is_away(error):
            self._warn(error)
        else:
            log.error("%s failed", self.name, exc_info=error)
        try:
            said = imap.words(error)
            await self.gateway.records(beats.note, self.name, "waiting", error=said, restarted=True, pause=pause)
        except Exception as fault:
            if is_away(fault):
                return  # its line is in the log already, or a moment from now
            log.exception("The state of %s could not be written down", self.name)

    def _warn(self, error: Exception) -> None:
        """A line in the log: a database that is away would else be told on pages, by thirty loops."""
        log.warning("%s: %s", self.name, " ".join(imap.words(error).split()))
