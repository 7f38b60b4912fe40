"""The loops that fetch: one for each mailbox in use, and one that starts and stops them as rows change."""

import asyncio
import contextlib
import hashlib
import logging

from helpdesk import leases
from live import wire
from mailgateway import beats, imap, incoming
from mailgateway.lanes import Lane, first_of, hang_up
from mailgateway.loops import Bell, Gateway, Loop, Up
from mailgateway.models import Mailbox
from mailgateway.visit import Visit

log = logging.getLogger(__name__)
TIDY_EVERY = 25  # mails of a long batch


class Fetcher:
    """Fetches one mailbox for as long as its connection holds."""

    def __init__(self, mailbox_id: int, gateway: Gateway) -> None:
        self.mailbox_id, self.gateway = mailbox_id, gateway
        self.token = leases.mint()  # of all its visits: if one cannot give its lease back, the next need not wait
        self.lane = Lane(f"mailbox-{mailbox_id}")
        self.loop = Loop(f"mailbox-{mailbox_id}", self.fetch, gateway)
        self.visit: Visit | None = None
        self.bell = Bell()
        self.bell.rung = self.loop.hurry  # waiting for mail or for the next try: the bell ends both

    async def fetch(self, up: Up) -> None:
        """One visit, from the lease to the good-bye. Raises when the server or the network fails."""
        visit, stop = Visit(self.mailbox_id, self.token), self.loop.stop
        if not await self.gateway.records(visit.lease):
            await first_of(stop, seconds=self.gateway.pace.stand_by)
            return
        lost = asyncio.Event()
        renewing = asyncio.ensure_future(self._renew(visit, lost))
        try:
            await self._stay(visit, up, lost)
        except incoming.Late:
            log.warning("Mailbox %s is another worker's by now", self.mailbox_id)
        except imap.FAULTS as error:
            await self.gateway.records(Mailbox(pk=self.mailbox_id).note_error, imap.words(error))
            raise
        finally:
            renewing.cancel()
            if visit.folder is not None:
                hang_up(visit.folder)
                self.gateway.hangups.discard(visit.folder)
                self.lane.later(visit.drop)
            await self.gateway.records(visit.release)

    async def _stay(self, visit: Visit, up: Up, lost: asyncio.Event) -> None:
        stop = self.loop.stop
        opening = asyncio.ensure_future(self.lane(visit.open))
        ended = asyncio.ensure_future(stop.wait())
        await asyncio.wait([opening, ended], return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if not opening.done():  # a server that does not even greet: the daemon thread may wait for it alone
            opening.cancel()
            return
        await opening
        self.gateway.hangups.add(visit.opened)
        while not stop.is_set() and not lost.is_set():
            await self._take_all(visit, lost)
            await up()
            if not stop.is_set():
                await self._wait(visit, lost)

    async def _take_all(self, visit: Visit, lost: asyncio.Event) -> None:
        uids = await self.lane(visit.todo)
        for count, uid in enumerate(uids, 1):
            if self.loop.stop.is_set() or lost.is_set():
                return
            await self.lane(visit.take, uid)
            if count % TIDY_EVERY == 0:
                await self.lane(visit.tidy)
        await self.lane(visit.tidy)
        await self.lane(visit.rest)

    async def _wait(self, visit: Visit, lost: asyncio.Event) -> None:
        """Until the server says something, or the bell rings, or it is time to look again."""
        if await self.lane(visit.begin_idle):
            await self.lane(visit.end_idle)
            return
        running, woken, sock = asyncio.get_running_loop(), asyncio.Event(), visit.opened.sock
        handle = sock.fileno() if sock else -1
        running.add_reader(handle, woken.set)
        try:
            await first_of(self.loop.stop, woken, lost, self.bell.rung, seconds=self.gateway.pace.look_again)
        finally:
            running.remove_reader(handle)
        self.bell.rung.clear()
        if not self.loop.stop.is_set():  # on the way out: hang up, without waiting for a server to agree
            await self.lane(visit.end_idle)

    async def _renew(self, visit: Visit, lost: asyncio.Event) -> None:
        while not lost.is_set():
            await asyncio.sleep(self.gateway.pace.renew)
            with contextlib.suppress(Exception):  # a database away for a moment: the lease is longer than that
                if not await self.gateway.records(visit.lease):
                    lost.set()


class Fetching:
    """Keeps one Fetcher running for each mailbox in use; a changed mailbox gets a new one."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.running: dict[int, tuple[str, Fetcher, asyncio.Task[None]]] = {}

    async def watch(self, up: Up, stop: asyncio.Event) -> None:
        """Look at the rows until told to stop. When that fails, as without a database, all fetchers go on."""
        bell = Bell()
        wire.join("mailboxes", bell)
        try:
            while not stop.is_set():
                await self._follow(await self.gateway.records(wanted))
                await up()
                await first_of(stop, bell.rung, seconds=self.gateway.pace.rows)
                bell.rung.clear()
        finally:
            wire.leave(bell)

    async def end(self) -> None:
        """End all fetchers."""
        await self._end(list(self.running))

    async def _follow(self, mailboxes: dict[int, str]) -> None:
        gone = [one for one, (settings, _, _) in self.running.items() if mailboxes.get(one) != settings]
        await self._end(gone)
        for one in gone:
            await self.gateway.records(beats.forget, f"mailbox-{one}")
        for one, settings in mailboxes.items():
            if one not in self.running:
                fetcher = Fetcher(one, self.gateway)
                wire.join(f"mailbox-{one}", fetcher.bell)
                self.running[one] = (settings, fetcher, asyncio.ensure_future(fetcher.loop.run()))

    async def _end(self, mailboxes: list[int]) -> None:
        ending = [self.running.pop(one) for one in mailboxes]
        for _, fetcher, _ in ending:
            wire.leave(fetcher.bell)
            fetcher.loop.stop.set()
        if not ending:
            return
        tasks = [task for _, _, task in ending]
        _, late = await asyncio.wait(tasks, timeout=self.gateway.pace.grace)
        if late:
            self.gateway.hangups.hang_up()
            await asyncio.wait(late, timeout=1)
        for _, fetcher, task in ending:
            task.cancel()
            fetcher.lane.close()


SETTINGS = (
    *("imap_host", "imap_port", "imap_security", "username", "password_locked", "folder", "afterwards", "move_to"),
    *("creates_threads", "fingerprint", "ca_pem", "contact_id", "sign_in", "grant__granted_at"),
)


def wanted() -> dict[int, str]:
    """The mailboxes in use, each with a digest of what its connection depends on."""
    return {
        row[0]: hashlib.sha256(repr(row).encode()).hexdigest()
        for row in Mailbox.objects.active().values_list("pk", *SETTINGS)
    }
