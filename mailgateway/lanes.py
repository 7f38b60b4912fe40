"""Lanes: daemon threads that do blocking work in order, beside the event loop.

Neither sync_to_async nor the loop's own pool will do: the first shares one thread with every websocket,
the second is waited for when the process ends, however long a server keeps us hanging.
"""

import asyncio
import contextvars
import socket
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar

from django.db import connections

PAUSE = 5.0  # seconds without work
T = TypeVar("T")
Job = tuple[asyncio.AbstractEventLoop, "asyncio.Future[Any]", Callable[[], Any]]


class Lane:
    """One daemon thread; `await lane(function, ...)` runs it there, one after another.

    Without work for `pause` seconds it gives its connection to the database back.
    """

    def __init__(self, name: str, *, pause: float = PAUSE) -> None:
        self._pause = pause
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    async def __call__(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """The function's result or exception. Cancelling comes back at once; the thread goes on unseen."""
        loop, context = asyncio.get_running_loop(), contextvars.copy_context()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put((loop, future, lambda: context.run(function, *args, **kwargs)))
        return await future

    def later(self, function: Callable[[], None]) -> None:
        """Do this after the work in hand; nobody waits for it."""
        loop = asyncio.get_running_loop()
        self._jobs.put((loop, loop.create_future(), function))

    def close(self) -> None:
        """End the thread after the work in hand."""
        self._jobs.put(None)

    def _next(self) -> Job | None:
        """The next job. The database's connection is kept while there is work, and closed in the pauses."""
        try:
            return self._jobs.get(timeout=self._pause)
        except Empty:
            connections.close_all()
            return self._jobs.get()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            loop, future, work = job
            result, error = None, None
            try:
                result = work()
            except BaseException as caught:  # noqa: BLE001 - it belongs to whoever awaits
                error = caught
                connections.close_all()  # it may be the connection that is broken
            try:
                loop.call_soon_threadsafe(_settle, future, result, error)
            except RuntimeError:  # the loop has closed: nobody waits any more
                break
        connections.close_all()


def _settle(future: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


class Connected(Protocol):
    """Anything with a socket to a server."""

    @property
    def sock(self) -> socket.socket | None:
        """The socket; None before it connects and after it was closed."""


class Hangups:
    """The open connections to servers: hanging up wakes the threads that wait for an answer."""

    def __init__(self) -> None:
        self._open: set[Connected] = set()

    def add(self, connection: Connected) -> None:
        """Remember a connection, best before it connects."""
        self._open.add(connection)

    def discard(self, connection: Connected) -> None:
        """It was closed properly."""
        self._open.discard(connection)

    def hang_up(self) -> None:
        """Cut them all, without a word to the servers."""
        for connection in tuple(self._open):
            hang_up(connection)


def hang_up(connection: Connected) -> None:
    """Cut one connection, so that whoever reads from it wakes with an error."""
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:  # it was not connected, or is already gone
            return


async def first_of(*events: asyncio.Event, seconds: float | None = None) -> None:
    """Wait until one of the events is set, or the time is over if there is one."""
    waiters = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiters, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for waiter in waiters:
            waiter.cancel()
