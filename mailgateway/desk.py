"""The desk in one process: web pages, fetching and sending mail, and daily jobs, as tasks of one event loop."""

import asyncio
import contextlib
import errno
import importlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import uvicorn
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections
from django.utils.module_loading import import_string

from live import wire
from mailgateway import periodic
from mailgateway.daily import Daily
from mailgateway.fetching import Fetching
from mailgateway.lanes import Hangups, Lane
from mailgateway.loops import Gateway, Loop, Pace, Up
from mailgateway.models import Mailbox
from mailgateway.sending import Sending

log = logging.getLogger(__name__)
GRACE = 3.0  # seconds for views and loops to end by themselves
LAST_GRACE = 0.8  # and for those whose servers were hung up on


@dataclass
class Parts:
    """What this process does, and what it has to say once it is ready."""

    sock: socket.socket | None = None  # serve pages on it
    loops: bool = True
    practice: bool = False
    ready: str = ""
    pace: Pace = field(default_factory=Pace)


def bind(host: str, port: int) -> socket.socket:
    """The listening socket, before anything else begins. Raises CommandError with what to do instead."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=512
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CommandError(
                f"Port {port} on {host} is taken by another program. Stop it, or choose another: --port {port + 1}."
            ) from error
        raise CommandError(f"Cannot listen on {host} port {port}: {error.strerror or error}.") from error


class Web(uvicorn.Server):
    """uvicorn without its signal handling: it would end the process before our loops have ended."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are ours."""
        yield


def run(parts: Parts) -> None:
    """Serve until SIGINT or SIGTERM, then leave the process: threads that wait for servers are not waited for."""
    code = asyncio.run(_main(parts), debug=False)
    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # both of our kinds have it
    logging.shutdown()
    for one in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            one.flush()
    os._exit(code)


async def _main(parts: Parts) -> int:
    stop = asyncio.Event()
    _own_signals(stop)
    running = asyncio.get_running_loop()
    wire.attach(running)
    gateway = Gateway(stop, Hangups(), Lane("records"), parts.pace)
    if parts.practice:
        await _start_practice(running, gateway)
    web = _web() if parts.sock else None
    serving = asyncio.ensure_future(web.serve(sockets=[parts.sock])) if web and parts.sock else None
    loops = _loops(gateway) if parts.loops else []
    tasks = {asyncio.ensure_future(loop.run()) for loop in loops} | ({serving} if serving else set())
    if web:
        await _started(web, tasks)
    with contextlib.suppress(OSError):  # where it goes to a file, on a full disk
        sys.stdout.write(parts.ready + "\n")
        sys.stdout.flush()
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({stopping, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    return await _end(gateway, web, loops, tasks, died=not stop.is_set())


async def _end(
    gateway: Gateway, web: Web | None, loops: list[Loop], tasks: "set[asyncio.Task[None]]", *, died: bool
) -> int:
    """Each loop finishes the mail in hand and begins no other; then the servers are hung up on."""
    gateway.stop.set()
    for loop in loops:
        loop.stop.set()
    if web:
        web.should_exit = True
    _, late = await asyncio.wait(tasks, timeout=GRACE)
    gateway.hangups.hang_up()
    if late:
        _, late = await asyncio.wait(late, timeout=LAST_GRACE)
    for task in tasks - late:
        if not task.cancelled() and task.exception():
            log.error("A part of the desk failed", exc_info=task.exception())
            died = True
    return 1 if died else 0


def _own_signals(stop: asyncio.Event) -> None:
    """The first signal asks everybody to end, the second ends at once."""

    def halt() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()

    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, halt)


def _web() -> Web:
    config = uvicorn.Config(
        import_string(settings.ASGI_APPLICATION),
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=bool(settings.SECURE_PROXY_SSL_HEADER),
        timeout_graceful_shutdown=2,
    )
    return Web(config)


async def _started(web: Web, tasks: "set[asyncio.Task[None]]") -> None:
    while not web.started and not any(task.done() for task in tasks):
        await asyncio.sleep(0.01)


def _loops(gateway: Gateway) -> list[Loop]:
    fetching = Fetching(gateway)
    watchers: dict[str, Callable[[Up, asyncio.Event], object]] = {
        "mailboxes": fetching.watch,
        "outbox": Sending(gateway).watch,
        "jobs": Daily(gateway).watch,
        **periodic.watches(),
    }
    loops = {name: _loop(name, watch, gateway) for name, watch in watchers.items()}
    loops["mailboxes"].end = fetching.end
    return [*loops.values()]


def _loop(name: str, watch: Callable[[Up, asyncio.Event], object], gateway: Gateway) -> Loop:
    async def work(up: Up) -> None:
        await watch(up, loop.stop)  # type: ignore[misc]

    loop = Loop(name, work, gateway)
    return loop


async def _start_practice(running: asyncio.AbstractEventLoop, gateway: Gateway) -> None:
    """The practice mail server, in this loop; imported only here, since nobody else needs its packages."""
    server = importlib.import_module("mailgateway.practice.server")
    accounts = await gateway.records(lambda: sorted(set(Mailbox.objects.active().values_list("username", flat=True))))
    smtp_port, imap_port = settings.PRACTICE_SMTP_PORT, settings.PRACTICE_IMAP_PORT
    try:
        await server.start(running, smtp_port, imap_port, accounts, settings.PRACTICE_MAIL_PASSWORD)
    except OSError as error:
        raise CommandError(
            f"The practice mail server cannot listen on ports {smtp_port} and {imap_port}: {error.strerror or error}. "
            "Choose others with PRACTICE_SMTP_PORT and PRACTICE_IMAP_PORT."
        ) from error
