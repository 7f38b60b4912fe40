"""A real desk on loopback and a real Chromium: fixtures `desk_url`, `browser`, `page`, `sign_in`."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect, sync_playwright

from accounts.models import Agent
from live import wire

PASSWORD = "correct horse battery"
PATIENCE = 20  # seconds; a busy machine is no fault of the page
expect.set_options(timeout=PATIENCE * 1000)
# Playwright's sync API runs a loop in the test's thread; the ORM calls of a test are still its own.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


class Desk(uvicorn.Server):
    """uvicorn in a thread of the test's process, so that pings reach its sockets."""

    def install_signal_handlers(self) -> None:
        """Signals belong to pytest."""


@pytest.fixture
def desk_url(transactional_db: None) -> Iterator[str]:
    """The address of a running desk with websockets, on the test's own database."""
    from config.asgi import application

    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    server = Desk(uvicorn.Config(application, lifespan="off", log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{sock.getsockname()[1]}"
    server.should_exit = True
    thread.join(5)
    wire.sockets.clear()
    wire.loop = None


def chromium_path() -> str:
    """Debian's Chromium, without its window where that is installed: it draws the same and costs a fifth less."""
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert path, "Chromium is missing: apt-get install chromium-headless-shell"
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; a machine without it fails, it does not skip."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        args = [*flags, "--disable-component-update"]
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=args)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser, desk_url: str) -> Iterator[Page]:
    """A page in a context of its own; the test fails if its console says anything bad."""
    size: ViewportSize = {"width": 1440, "height": 900}
    context = browser.new_context(base_url=desk_url, locale="en-GB", viewport=size, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE * 1000)
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            said.append(f"{message.type}: {message.text}")

    opened = context.new_page()
    opened.on("console", listen)
    opened.on("pageerror", lambda error: said.append(f"exception: {error}"))
    yield opened
    context.close()
    assert not said, said


def until(page: Page, condition: Callable[[], object], what: str = "it did not happen") -> None:
    """Wait, no longer than PATIENCE, while the page goes on; the test fails with `what` if it stays false."""
    for _ in range(PATIENCE * 40):
        if condition():
            return
        page.wait_for_timeout(25)
    pytest.fail(what)


@pytest.fixture
def sign_in(page: Page, desk_url: str) -> Callable[..., Page]:
    """sign_in(agent, path="/") opens the desk as that agent. The form of it is tested where signing in is."""

    def enter(agent: Agent, path: str = "/") -> Page:
        client = Client()
        client.force_login(agent, settings.AUTHENTICATION_BACKENDS[-1])
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": desk_url}])
        page.goto(path)
        return page

    return enter
