"""A practice mail server in a thread of its own, on free ports."""

import asyncio
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from mailgateway.practice import server
from tests import make
from tests.practice.ports import free_port


@pytest.fixture
def post(transactional_db, settings, tmp_path) -> Iterator[SimpleNamespace]:
    """The running server; `restart()` stops it and starts it again with the same folder."""
    settings.PRACTICE, settings.ROOT_URLCONF = True, "tests.practice.urls"
    settings.DATA_DIR = tmp_path
    settings.PRACTICE_SMTP_PORT, settings.PRACTICE_IMAP_PORT = free_port(), free_port()
    running = Serving(settings)
    yield SimpleNamespace(settings=settings, restart=lambda: (running.stop(), running.begin()))
    running.stop()


@pytest.fixture
def shop(post) -> SimpleNamespace:
    """Two contacts with the practice shop's addresses, an agent and a customer who can be played."""
    service = make.contact("service", email="hola@tallernorte.example")
    laura = make.customer("Laura Prueba", "laura@practica.example", language="es")
    return SimpleNamespace(service=service, bob=make.agent(contacts=(service,)), laura=laura)


class Serving:
    """The server's loop in a thread."""

    def __init__(self, settings) -> None:
        self.settings = settings
        self.begin()

    def begin(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        begun = asyncio.run_coroutine_threadsafe(self._start(), self.loop)
        self.running = begun.result(10)

    async def _start(self) -> server.Running:
        s = self.settings
        return await server.start(
            self.loop, s.PRACTICE_SMTP_PORT, s.PRACTICE_IMAP_PORT, ["ana@example.com"], s.PRACTICE_MAIL_PASSWORD
        )

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.running.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
