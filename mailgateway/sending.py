"""The loop that sends: looks every second, and at once when the wire says that the outbox was filled."""

import asyncio

from helpdesk import outbox
from helpdesk.mail import OutboundMail
from live import wire
from mailgateway import outgoing
from mailgateway.lanes import Lane, first_of
from mailgateway.loops import Bell, Gateway, Up

RENEW = 30.0  # seconds; a quarter of the claim's two minutes


class Sending:
    """Claims what is due and sends it, one after another."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.lane = Lane("outbox")

    async def watch(self, up: Up, stop: asyncio.Event) -> None:
        """Until told to stop: the mail in hand is finished, no other begun."""
        bell = Bell()
        wire.join("outbox", bell)
        try:
            while not stop.is_set():
                bell.rung.clear()
                await self._send_due(stop)
                await up()
                await first_of(stop, bell.rung, seconds=self.gateway.pace.outbox)
        finally:
            wire.leave(bell)

    async def _send_due(self, stop: asyncio.Event) -> None:
        while not stop.is_set() and (mail := await self.lane(outbox.claim)) is not None:
            await self._send(mail)

    async def _send(self, mail: OutboundMail) -> None:
        """Send, and keep the claim for as long as the server takes."""
        sending = asyncio.ensure_future(self.lane(outgoing.deliver, mail, hangups=self.gateway.hangups))
        while not (await asyncio.wait([sending], timeout=RENEW))[0]:
            await self.gateway.records(outbox.renew, mail)
        await sending
