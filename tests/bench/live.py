"""How long a mail takes from Dovecot to an agent's open queue: the whole way, in a real browser."""

import imaplib
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from helpdesk.models import Contact
from mailgateway.models import Beat
from tests.browser import chromium_path
from tests.servers import desks, dovecot
from tests.servers.mails import mailbox, raw, until

ARRIVED = "text => [...document.querySelectorAll('#queue .row')].some(row => row.textContent.includes(text))"


def queue_latency(mails: int = 40) -> dict[str, float]:
    """Milliseconds from the end of the delivery until the row stands in the queue: p50, p95 and the longest.

    `notice` is the part of p50 that is Dovecot's own: it tells IDLE of a new mail up to half a second late. Needs
    Django set up on a database with the bench's shop, in which it leaves the mails.
    """
    contact = Contact.objects.get(slug="service")
    with dovecot.running() as server:
        account, port = server.account(), dovecot.free_port()
        box = mailbox(account, contact)
        desk = desks.Running(("desk", "--port", str(port))).wait_ready()
        try:
            until(lambda: Beat.objects.filter(pk=f"mailbox-{box.pk}", state="up").exists())
            with open_queue(port) as page:
                took = sorted(_one(page, account, f"Pedido urgente {box.pk}-{n}-") for n in range(mails))
        finally:
            desk.end()
            box.is_active = False
            box.save()
        said = _notice(server.account())
    return {
        "p50": statistics.median(took),
        "p95": took[int(len(took) * 0.95)],
        "longest": took[-1],
        "notice": said,
    }


@contextmanager
def open_queue(port: int) -> Iterator[Page]:
    """An agent's queue in Chromium, its socket open, the pointer elsewhere."""
    from tests.bench.run import visitor

    cookie = visitor().cookies["sessionid"].value
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu"])
        context = chromium.new_context(base_url=f"http://127.0.0.1:{port}", locale="es")
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": f"http://127.0.0.1:{port}"}])
        page = context.new_page()
        page.goto("/")
        page.mouse.move(2, 2)
        page.locator(".nav [data-live-dot]").wait_for(state="visible")
        yield page
        chromium.close()


def _one(page: Page, account: dovecot.Account, subject: str) -> float:
    account.append(raw("¿Dónde está?", Subject=subject))
    began = time.perf_counter()
    page.wait_for_function(ARRIVED, arg=subject, polling="raf", timeout=30_000)
    return (time.perf_counter() - began) * 1000


def _notice(account: dovecot.Account) -> float:
    """The median of what a client that does nothing but IDLE waits."""
    client, took = account.client(), []
    for n in range(9):
        client.send(f"X{n} IDLE\r\n".encode())
        _read_until(client, b"+")
        account.append(raw())
        began = time.perf_counter()
        while b"EXISTS" not in client.readline():
            pass
        took.append((time.perf_counter() - began) * 1000)
        client.send(b"DONE\r\n")
        _read_until(client, f"X{n} ".encode())
    client.shutdown()
    return statistics.median(took)


def _read_until(client: imaplib.IMAP4, beginning: bytes) -> None:
    while not client.readline().startswith(beginning):
        pass
