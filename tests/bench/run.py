"""Measures what the desk costs beside its floors: `python tests/bench/run.py [--threads N] [--write]`.

CPU is that of this process and its children, server and SQLite together; each figure is the median of several
rounds that take turns, so that a busy machine slows both sides alike. A report, not a test.
"""

import argparse
import os
import random
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.measuring import HOME, cpu_seconds  # noqa: E402 - found by the line above

PAGE_LIMIT, INGEST_LIMIT, QUERY_LIMIT = 2.5, 2.0, 12
SEEN_LIMIT = 1000  # milliseconds from the mail server to the agent's screen, p95
ROUNDS, REQUESTS, MAILS = 7, 30, 100
PARTS = ("pages", "ingest", "seen")


@dataclass
class Figure:
    """What one side of a comparison costs: milliseconds of CPU and of time, queries."""

    cpu: float
    p50: float
    queries: int | None = None


def measure(work: Callable[[], object], times: int) -> Figure:
    """Milliseconds for one call: CPU on average, time by median."""
    clocks, before = [], cpu_seconds()
    for _ in range(times):
        begun = time.perf_counter()
        work()
        clocks.append(time.perf_counter() - begun)
    return Figure((cpu_seconds() - before) / times * 1000, statistics.median(clocks) * 1000)


def against(ours: Callable[[], object], floor: Callable[[], object], times: int) -> tuple[Figure, Figure]:
    """Both sides in turns; the median round of each."""
    for side in (ours, floor):
        measure(side, 3)
    rounds = [(measure(ours, times), measure(floor, times)) for _ in range(ROUNDS)]
    return middle([one for one, _ in rounds]), middle([one for _, one in rounds])


def middle(figures: list[Figure]) -> Figure:
    """The median of several rounds."""
    return Figure(statistics.median(one.cpu for one in figures), statistics.median(one.p50 for one in figures))


def prepare(threads: int) -> None:
    """Point Django at the kept shop, making it first where needed; a copy is measured, the kept one stays."""
    HOME.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "DATA_DIR": str(HOME),
        "DATABASE_URL": f"sqlite://{HOME}/run.sqlite3",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "ERROR",
        "ALLOWED_HOSTS": "testserver,127.0.0.1",
    }
    import django

    django.setup()
    from tests.bench import shop

    kept = HOME / f"{shop.key_of(threads)}.sqlite3"
    for rest in HOME.glob("run.sqlite3*"):
        rest.unlink()
    for folder in ("files", "mail"):
        shutil.rmtree(HOME / folder, ignore_errors=True)
    for stale in set(HOME.glob(f"{threads}-*.sqlite3")) - {kept}:
        stale.unlink()
    if not kept.exists():
        print(f"Making {threads:,} threads ...", flush=True)  # noqa: T201
        begun = time.monotonic()
        shop.build(threads)
        from django.db import connection

        connection.cursor().execute(f"VACUUM INTO '{kept}'")
        print(f"... in {time.monotonic() - begun:.0f} s", flush=True)  # noqa: T201
    else:
        shutil.copy(kept, HOME / "run.sqlite3")


def pages() -> list[tuple[str, Figure, Figure]]:
    """Queue page and thread page, each beside its floor."""
    from django.test import Client, override_settings

    from tests.bench import floor

    ours, bare, found = visitor(), visitor(), []

    def get(client: Client, path: str) -> None:
        response = client.get(path)
        assert response.status_code == 200, (path, response.status_code)

    with override_settings(MIDDLEWARE=floor.MIDDLEWARE):
        bare.handler.load_middleware()

    for name, path in (("queue page", "/"), ("thread page, 20 messages", "/threads/1/")):
        one, two = against(lambda p=path: get(ours, p), lambda p=path: get(bare, p), REQUESTS)  # type: ignore[misc]
        one.queries, two.queries = queries(lambda p=path: get(ours, p)), queries(lambda p=path: get(bare, p))  # type: ignore[misc]
        found.append((name, one, two))
    return found


def visitor() -> "Client":
    """A browser in which an agent is signed in."""
    from django.test import Client

    from accounts.models import Agent

    client = Client(headers={"Accept-Language": "es"})
    client.force_login(Agent.objects.get(username="agent0"), "django.contrib.auth.backends.ModelBackend")
    return client


def queries(work: Callable[[], object]) -> int:
    """How many queries one call makes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def ingest() -> list[tuple[str, Figure, Figure]]:
    """Mails through the whole gateway, beside parsing and one transaction.

    Old mail gets no confirmation of receipt; new mail does, once an hour to an address.
    """
    from django.utils.timezone import now

    from helpdesk.models import Contact
    from mailgateway import incoming
    from tests.bench import floor, mails

    contact = Contact.objects.get(slug="service")
    found = []
    old, new = ("ingest, each old mail", mails.NOW, False), ("ingest, each new mail, receipt confirmed", now(), True)
    for name, at, confirmed in (old, new):
        supply = iter(mails.many((ROUNDS * MAILS + 3) * 2, seed=random.randrange(10**9), at=at))

        def ours(supply: Iterator[bytes] = supply) -> None:
            taken = incoming.take(next(supply), mailbox=None, contact=contact)
            assert taken.delivered is not None, taken.reason
            assert taken.delivered.outcome == "created", taken.delivered

        def bare(supply: Iterator[bytes] = supply, *, confirmed: bool = confirmed) -> None:
            floor.store(floor.parse(next(supply)), contact.pk, confirmed=confirmed)

        found.append((name, *against(ours, bare, MAILS)))
    return found


def table(rows: list[tuple[str, Figure, Figure]]) -> str:
    """The report as a Markdown table."""
    lines = [
        "| | CPU ms | p50 ms | queries | floor CPU ms | floor queries | CPU / floor | limit | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, ours, floor in rows:
        page = ours.queries is not None
        limit = f"{PAGE_LIMIT} x, {QUERY_LIMIT} queries" if page else f"{INGEST_LIMIT} x"
        counts = (str(ours.queries), str(floor.queries)) if page else ("-", "-")
        lines.append(
            f"| {name} | {ours.cpu:.1f} | {ours.p50:.1f} | {counts[0]} | {floor.cpu:.1f} | {counts[1]} "
            f"| {ours.cpu / floor.cpu:.2f} | {limit} | {verdict(ours, floor)} |"
        )
    return "\n".join(lines)


def seen() -> str:
    """From Dovecot to an open queue, in words."""
    from tests.bench.live import queue_latency

    took = queue_latency()
    return (
        f"A mail from Dovecot to an agent's open queue in Chromium: p50 {took['p50']:.0f} ms, "
        f"p95 {took['p95']:.0f} ms, longest {took['longest']:.0f} ms; of p50, "
        f"{took['notice']:.0f} ms are Dovecot's own. "
        f"Limit: p95 {SEEN_LIMIT} ms: {'ok' if took['p95'] <= SEEN_LIMIT else 'over'}."
    )


def verdict(ours: Figure, floor: Figure) -> str:
    """Whether a figure keeps its limits: "ok" or "over"."""
    most = INGEST_LIMIT if ours.queries is None else PAGE_LIMIT
    return "ok" if ours.cpu <= most * floor.cpu and (ours.queries or 0) <= QUERY_LIMIT else "over"


def main() -> None:
    """Prepare, measure, print; with --write keep the table in docs/bench.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=20_000)
    parser.add_argument("--write", action="store_true", help="keep the table in docs/bench.md")
    parser.add_argument("--only", choices=PARTS, help="measure one part")
    options = parser.parse_args()
    prepare(options.threads)
    from helpdesk.models import Message

    wanted = {options.only} if options.only else set(PARTS)
    arrival = [seen()] if "seen" in wanted else []  # first: a desk has much to do with the mails that ingest() leaves
    rows = (pages() if "pages" in wanted else []) + (ingest() if "ingest" in wanted else [])
    report = [*([table(rows)] if rows else []), *arrival]
    head = f"{options.threads:,} threads, {Message.objects.count():,} messages, SQLite, {os.cpu_count()} cores, "
    head += f"load {os.getloadavg()[0]:.1f}."
    print("\n\n".join([head, *report]))  # noqa: T201
    if options.write:
        text = "\n\n".join(["# Figures", f"Made by `make bench WRITE=1`. {head}", *report])
        (ROOT / "docs" / "bench.md").write_text(f"{text}\n")


if __name__ == "__main__":
    main()
