"""What goes over the wire, heard by a socket of the test: fixture `heard`."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from live import wire


class Ear:
    """A socket that remembers its pings."""

    def __init__(self) -> None:
        self.pings: list[str] = []

    def ping(self, what: str) -> None:
        """Remember it."""
        self.pings.append(what)


@pytest.fixture
def heard() -> Iterator[Callable[[str, str], bool]]:
    """heard.listen(group) before, heard(group, what) afterwards: whether the ping came within two seconds."""
    loop, ears = asyncio.new_event_loop(), {}
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def join(group: str) -> None:
        ears[group] = Ear()
        wire.join(group, ears[group])

    def came(group: str, what: str) -> bool:
        deadline = time.monotonic() + 2
        while what not in ears[group].pings and time.monotonic() < deadline:
            time.sleep(0.01)
        return what in ears[group].pings

    came.listen = lambda group: asyncio.run_coroutine_threadsafe(join(group), loop).result(2)  # type: ignore[attr-defined]
    yield came
    loop.call_soon_threadsafe(loop.stop)
    thread.join(2)
    loop.close()
    wire.sockets.clear()
    wire.loop = None
