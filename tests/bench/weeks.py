"""The statistics of a year: `python tests/bench/weeks.py [--messages N] [--days N] [--only ENGINE]`.

Makes a year of threads with reopenings, merges and both changes of the clock, counts them, and checks that the roll-ups
are exactly what messages and events add up to. 95 of 100 weekly pages come within 300 ms and 20 queries; an export of
100,000 threads does not grow in memory. With fewer
`--days` the same messages are denser: 100,000 in 36 days are as many a week as 1,000,000 in a year. Exits with 1 where
a limit is not kept.
"""

import argparse
import random
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path = [str(ROOT), *(path for path in sys.path if Path(path).resolve() != Path(__file__).parent)]

from tests.bench import databases  # noqa: E402 - found by the line above
from tests.bench.measuring import HEAD, Limit, load, measure, say  # noqa: E402

LIMIT = Limit(p95=300, queries=20)
YEAR_LIMIT = Limit(p95=3000, queries=20)
END = datetime(2025, 10, 31, tzinfo=UTC)
A_THREAD = 4  # messages on average
EXPORTED = 100_000
MEMORY = 64  # MB that an export may grow by
BATCH = 5_000


def build(messages: int, days: int) -> None:
    """People, contacts, orders, threads with all that happened in them; then everything is counted."""
    from accounts.models import Agent
    from crm.models import Order
    from helpdesk.models import Contact, ThreadTag
    from helpdesk.statistics import counting

    chance = random.Random(5)
    contacts = [Contact.objects.create(slug=f"c{n}", titles={"en": f"C{n}"}) for n in range(4)]
    agents = [Agent.objects.create(username=f"agent{n}", name=f"Agent {n}") for n in range(8)]
    Agent.objects.create(username="boss", name="Boss", role=Agent.Role.SUPERVISOR)
    tags = [ThreadTag.objects.create(name=f"tag {n}") for n in range(8)]
    carriers = ["Sendero", "Correo", "Liebre"]
    orders = Order.objects.bulk_create(
        [
            Order(reference=f"MK-{n}", placed_at=_moment(chance, days), carrier=chance.choice(carriers), total=10)
            for n in range(messages // 10)
        ],
        batch_size=BATCH,
    )
    threads = iter(range(messages // A_THREAD))
    while batch := list(islice(threads, BATCH)):
        _write(batch, chance, days, contacts, agents, tags, orders)
    begun = time.monotonic()
    counting.keep()
    say(f"Counted {messages} messages in {time.monotonic() - begun:.0f} s ({load()}).")


def _moment(chance: random.Random, days: int) -> datetime:
    return END - timedelta(seconds=chance.randrange(days * 86_400))


def _write(
    batch: list[int], chance: random.Random, days: int, contacts: Any, agents: Any, tags: Any, orders: Any
) -> None:
    from helpdesk.models import Event, Message, Thread

    threads = Thread.objects.bulk_create(
        [
            Thread(
                subject=f"Subject {n}",
                contact=contacts[min(chance.randrange(8), 3)],
                email=f"someone{n}@example.com",
                name=f"Someone {n}",
                order=chance.choice(orders) if chance.random() < 0.5 else None,
                created_at=_moment(chance, days),
            )
            for n in batch
        ]
    )
    through = Thread.tags.through
    through.objects.bulk_create(
        [through(thread=one, threadtag=chance.choice(tags)) for one in threads if chance.random() < 0.4]
    )
    said: list[Message] = []
    done: list[tuple[Any, ...]] = []
    for thread in threads:
        story = list(_story(thread, chance, chance.choice(agents)))
        said += [Message(thread=thread, home=thread, kind=kind, author=by, created_at=at) for kind, at, by, _ in story]
        done += [(thread, kind, at, by, status) for kind, at, by, status in story]
    Message.objects.bulk_create([one for one in said if one.kind != "status"], batch_size=BATCH)
    Event.objects.bulk_create([_event(*one) for one in done], batch_size=BATCH)
    Thread.objects.bulk_update(threads, ["status"], batch_size=BATCH)
    for one, other in zip(threads[::50], threads[1::50], strict=False):  # one of fifty was merged into another
        Message.objects.filter(thread=one).update(thread=other)
        Thread.objects.filter(pk=one.pk).update(merged_into=other)


def _event(thread: Any, kind: str, at: datetime, by: Any, status: str) -> Any:
    from helpdesk.models import Event

    names = {"customer": "received", "reply": "replied", "status": "status"}
    data = {"frm": thread.status, "to": status} if kind == "status" else {}
    if kind == "status":
        thread.status = status
    holder = {"closed": "nobody", "pending1": "customer"}.get(status, "us")
    return Event(thread=thread, kind=names[kind], at=at, actor=by, holder=holder, status=thread.status, data=data)


def _story(thread: Any, chance: random.Random, agent: Any) -> Iterator[tuple[str, datetime, Any, str]]:
    """Questions and answers; most are closed in the end, one of ten is opened again, one of thirty waits."""
    at = thread.created_at
    yield "customer", at, None, ""
    if chance.random() < 0.03:
        return
    for _round in range(chance.choice((1, 1, 2, 2, 3))):
        at += timedelta(minutes=chance.expovariate(1 / 300))
        yield "reply", at, agent, ""
        yield "status", at, agent, "pending1"
        if chance.random() < 0.6:
            at += timedelta(minutes=chance.expovariate(1 / 700))
            yield "customer", at, None, ""
            yield "status", at, None, "open"
    at += timedelta(minutes=chance.expovariate(1 / 300))
    yield "reply", at, agent, ""
    yield "status", at, agent, "closed"
    if chance.random() < 0.1:
        at += timedelta(minutes=chance.expovariate(1 / 2000))
        yield "customer", at, None, ""
        yield "status", at, None, "open"


def inside(options: argparse.Namespace) -> bool:
    """Measure on one database; whether all limits were kept."""
    databases.open_kept(
        f"statistics-{options.messages}-{options.days}",
        options.inside,
        lambda: build(options.messages, options.days),
        Path(__file__),
    )
    from django.core.management import call_command
    from django.test import Client

    from accounts.models import Agent
    from helpdesk.models import Fact

    client = Client()
    client.force_login(Agent.objects.get(username="boss"))
    say(
        f"\n{options.messages:,} messages in {options.days} days, {Fact.objects.count():,} facts, "
        f"{options.inside}, {load()}.\n"
    )
    say(HEAD.format("statistics"))
    pages = (
        ("a week", "from=2025-10-20&to=2025-10-26", LIMIT, 40),
        ("a week of one contact", "from=2025-10-13&to=2025-10-19&contact=c3", LIMIT, 20),
        ("a year", "from=2024-11-01&to=2025-10-31", YEAR_LIMIT, 5),
    )
    kept = True
    for name, query, limit, times in pages:
        figure = measure(lambda query=query: client.get(f"/statistics/?{query}"), times=times)  # type: ignore[misc]
        say(figure.line(name, limit))
        kept &= figure.fits(limit)
    kept &= _export(client)
    begun = time.monotonic()
    call_command("check_statistics")
    say(f"Checked in {time.monotonic() - begun:.0f} s.")
    return kept


def _export(client: Any) -> bool:
    """All threads, at most a hundred thousand; memory is looked at after the first pieces and at the end."""
    begun, rows, size, early = time.monotonic(), 0, 0, 0
    asked = {"filters": "figure=active:2024-11-01:2025-10-31", "kind": "csv"}
    for n, piece in enumerate(client.post("/statistics/export/", asked).streaming_content):
        rows, size = rows + piece.count(b"\n"), size + len(piece)
        early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss if n == 10 else early
        if rows > EXPORTED:
            break
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - (early or 0)) / 1024 if early else 0
    passed = time.monotonic() - begun
    fits = grown < MEMORY
    say(
        f"\nExport of {rows:,} threads: {passed:.0f} s, {size / 1e6:.0f} MB, memory grew by {grown:.0f} MB: "
        f"{'ok' if fits else 'over'} (limit {MEMORY} MB)."
    )
    return fits


if __name__ == "__main__":
    chosen = databases.options_of(__doc__, messages=1_000_000, days=364)
    sys.exit(databases.on_each(chosen, lambda: inside(chosen)))
