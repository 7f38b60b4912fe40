"""The loop that sends: looks every second, and at once when the wire says that the outbox was filled."""

import asyncio
import time
from dataclasses import dataclass

from helpdesk import outbox, sent_copies
from helpdesk.mail import OutboundMail
from live import wire
from mailgateway import copies, outgoing, routes
from mailgateway.lanes import Lane, first_of
from mailgateway.loops import Bell, Gateway, Up
from mailgateway.routes import Route

RENEW = 30.0  # seconds; a quarter of the claim's two minutes


@dataclass(frozen=True)
class Rest:
    """A mailbox whose server is away: it is left alone until then, by time.monotonic(), for so many seconds."""

    until: float
    pause: float


class Sending:
    """Claims what is due and sends it: each mailbox on a way of its own, so that a server that hangs stops no other."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.lane = Lane("outbox")
        self.busy: dict[int, asyncio.Task[None]] = {}
        self.rests: dict[int, Rest] = {}

    async def watch(self, up: Up, stop: asyncio.Event) -> None:
        """Until told to stop: the mails in hand are finished, no other begun."""
        bell, changed = Bell(), Bell()
        wire.join("outbox", bell)
        wire.join("mailboxes", changed)
        try:
            while not stop.is_set():
                bell.rung.clear()
                if changed.rung.is_set():  # perhaps what was wrong with it
                    changed.rung.clear()
                    self.rests.clear()
                for route in await self.lane(due):
                    self._begin(route, stop, bell)
                await up()
                await first_of(stop, bell.rung, seconds=self.gateway.pace.outbox)
                self._look_back()
        finally:
            wire.leave(bell)
            wire.leave(changed)
        if self.busy:
            await asyncio.wait(self.busy.values())

    def _begin(self, route: Route, stop: asyncio.Event, bell: Bell) -> None:
        rest = self.rests.get(route.key)
        if route.key in self.busy or (rest and time.monotonic() < rest.until):
            return
        self.busy[route.key] = task = asyncio.ensure_future(self._send_due(route, stop))
        task.add_done_callback(lambda _task: bell.rung.set())

    def _look_back(self) -> None:
        """Forget the ways that came to their end. Raises what went wrong on one, such as a database away."""
        for key in [key for key, task in self.busy.items() if task.done()]:
            self.busy.pop(key).result()

    async def _send_due(self, route: Route, stop: asyncio.Event) -> None:
        lane = Lane(f"outbox-{route.key}")
        try:
            while not stop.is_set():
                if pause := await lane(route.pause):
                    await first_of(stop, seconds=pause)
                    continue
                mail = await lane(outbox.claim, **route.whose)
                if mail is None:
                    break
                if not await self._send(lane, mail):
                    self._rest(route)
                    break
                self.rests.pop(route.key, None)
            if not stop.is_set():
                await lane(copies.put, route, hangups=self.gateway.hangups)
        finally:
            lane.close()

    def _rest(self, route: Route) -> None:
        """Its server is away, and who waits behind the mail would do no better: one of them tries, now and then."""
        pace, last = self.gateway.pace, self.rests.get(route.key)
        pause = min(last.pause * 2, pace.back_off_most) if last else pace.back_off
        self.rests[route.key] = Rest(time.monotonic() + pause, pause)

    async def _send(self, lane: Lane, mail: OutboundMail) -> bool:
        """Send, and keep the claim for as long as the server takes; as outgoing.deliver."""
        sending = asyncio.ensure_future(lane(outgoing.deliver, mail, hangups=self.gateway.hangups))
        while not (await asyncio.wait([sending], timeout=RENEW))[0]:
            await self.gateway.records(outbox.renew, mail)
        return await sending


def due() -> list[Route]:
    """The ways on which something waits."""
    return routes.all_of(outbox.contacts_due() | sent_copies.contacts_wanted())
