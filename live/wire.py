"""The only way to open browsers: `send` a ping to a group, from any thread of any process.

A ping says what changed, never its content; the browser fetches what it may see. In one process the
pings go straight to that process's sockets. With REDIS_URL, one subscription per process carries
them between processes (Channels' in-memory layer is not used: it loses pings when many come at once).
"""

import asyncio
import logging
from collections import defaultdict
from typing import Protocol

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings

log = logging.getLogger(__name__)
CHANNEL_GROUP = "mostrador"

sockets: defaultdict[str, set["Socket"]] = defaultdict(set)
loop: asyncio.AbstractEventLoop | None = None
listener: asyncio.Task[None] | None = None


class Socket(Protocol):
    """What the wire needs of a consumer."""

    def ping(self, what: str) -> None:
        """Take note of a ping, on the event loop; must not block."""


def join(group: str, socket: Socket) -> None:
    """Send the group's pings to this socket too. Call on the event loop."""
    attach(asyncio.get_running_loop())
    sockets[group].add(socket)


def leave(socket: Socket) -> None:
    """Forget this socket in every group. Call on the event loop."""
    for group in [name for name, members in sockets.items() if socket in members]:
        sockets[group].discard(socket)
        if not sockets[group]:
            del sockets[group]


def attach(running: asyncio.AbstractEventLoop) -> None:
    """Tell the wire which loop the sockets live on; starts listening to other processes once."""
    global loop, listener  # noqa: PLW0603 - one wire per process
    if loop is not running:
        loop, listener = running, None
    if settings.REDIS_URL and (listener is None or listener.done()):
        listener = running.create_task(listen())


def send(group: str, what: str) -> None:
    """Ping a group. Never raises: a lost ping costs a poll, not a message.

    `what` is a short word with an id, such as "thread:12" or "queue".
    """
    if settings.REDIS_URL:
        _publish(group, what)
    elif loop is not None:
        try:
            loop.call_soon_threadsafe(deliver, group, what)
        except RuntimeError:  # the loop has closed: nobody is listening any more
            log.debug("No loop for ping %s to %s", what, group)


def _publish(group: str, what: str) -> None:
    message = {"type": "ping", "group": group, "what": what}
    try:
        if loop is not None and loop.is_running():
            loop.call_soon_threadsafe(lambda: asyncio.ensure_future(_publish_soon(message)))
        else:
            async_to_sync(_publish_now)(message)
    except Exception:  # noqa: BLE001 - Redis away: nobody here waits for a ping, and browsers elsewhere poll
        log.warning("Ping %s to %s was lost: Redis does not answer", what, group)


async def _publish_now(message: dict[str, str]) -> None:
    await get_channel_layer().group_send(CHANNEL_GROUP, message)


async def _publish_soon(message: dict[str, str]) -> None:
    try:
        await _publish_now(message)
    except Exception:  # noqa: BLE001 - Redis away: this process's own browsers hear it all the same
        log.warning("Ping %s to %s stays here: Redis does not answer", message["what"], message["group"])
        deliver(message["group"], message["what"])


def deliver(group: str, what: str) -> None:
    """Hand a ping to this process's sockets. On the event loop only."""
    for socket in tuple(sockets.get(group, ())):
        socket.ping(what)


async def listen() -> None:
    """Deliver what other processes send, for ever; comes back by itself when Redis was away."""
    while True:
        try:
            layer = get_channel_layer()
            channel = await layer.new_channel()
            await layer.group_add(CHANNEL_GROUP, channel)
            while True:
                message = await layer.receive(channel)
                deliver(message["group"], message["what"])
        except asyncio.CancelledError:
            raise
        except Exception:  # noqa: BLE001 - keep listening whatever Redis does
            log.warning("Lost the wire to Redis; trying again in 2 s")
            await asyncio.sleep(2)
