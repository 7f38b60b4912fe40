"""Measures the lists of records: `python tests/bench/records.py [--customers 200000]`.

A database of its own in var/bench, or the one that DATABASE_URL names (an empty PostgreSQL); prints the time of each
page as the middle and the 95th of a hundred, and its queries, beside what issue 3 allows.
"""

import argparse
import html
import itertools
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
HOME = ROOT / "var" / "bench"
MOST_QUERIES, MOST_MS, TIMES = 15, 150, 100
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIRST = "Ana Luis Marta Pau Nina Diego Julia Félix Emma Lucía Rubén Léa Ángel Sofía Hugo Vera".split()
LAST = "García Soto Prieto Sanz Gómez Ortiz Clarke Moreau Krüger Martí Vidal Ríos Fernández Torres Weiß Roux".split()
WORDS = ["VIP", "B2B", "boda", "feria", "pagado", "Club Barro", "Navidad"]

PAGES = {
    "list, as it opens": "/customers/",
    "by sales": "/customers/?sort=-sales",
    "by last visit": "/customers/?sort=-visited",
    "by name": "/customers/?sort=name",
    "by age": "/customers/?sort=-age",
    "newsletter since 2026": "/customers/?newsletter=1&registered_from=2026-01-01",
    "tag and not tag, by sales": "/customers/?tag=boda&tag=-pagado&sort=-sales",
    "disabled, over 60": "/customers/?active=0&age_from=60",
    "words in the search box": "/customers/?q=luc%C3%ADa+torres",
    "an e-mail in the search box": "/customers/?q=c199321@example.com",
}


def prepare(customers: int) -> None:
    """Django on the bench's database, filled the first time."""
    HOME.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DATABASE_URL", f"sqlite://{HOME}/records-{customers}.sqlite3")
    os.environ |= {"DATA_DIR": str(HOME), "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
    os.environ["ALLOWED_HOSTS"] = "testserver"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from crm.models import Customer

    if connection.vendor == "postgresql":
        make_database(connection)
    call_command("migrate", verbosity=0)
    if Customer.objects.count() < customers:
        begun = time.monotonic()
        build(customers)
        print(f"{customers:,} customers made in {time.monotonic() - begun:.0f} s", flush=True)  # noqa: T201


def make_database(connection: Any) -> None:
    """On a PostgreSQL that has nothing yet."""
    name = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")


def build(customers: int) -> None:
    """Customers with e-mails, groups, tags and totals, as a shop of ten years has them."""
    from django.db import connection, transaction

    from accounts.models import Agent
    from crm.models import Customer, CustomerEmail, CustomerGroup, CustomerTag
    from helpdesk.models import Contact, DeskSettings

    dice = random.Random(11)
    with transaction.atomic():
        DeskSettings.load()
        Contact.objects.create(slug="service", titles={"en": "Service"}, email="service@shop.test")
        Agent.objects.create(username="boss", name="Boss", role=Agent.Role.SUPERVISOR)
        groups = [CustomerGroup.fixed("customer"), CustomerGroup.fixed("guest")]
        tags = [CustomerTag.objects.create(name=word) for word in WORDS]
        insert(Customer, (one(n, dice, groups) for n in range(1, customers + 1)))
        ids = range(1, customers + 1)
        insert(CustomerEmail, (CustomerEmail(customer_id=n, address=f"c{n}@example.com", is_main=True) for n in ids))
        through = Customer.tags.through
        insert(through, (through(customer_id=n, customertag=tags[n % 7]) for n in ids if n % 5 == 0))
        insert(through, (through(customer_id=n, customertag=tags[(n + 2) % 7]) for n in ids if n % 15 == 0))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval('crm_customer_id_seq', %s)", [customers])
        cursor.execute("ANALYZE")


def one(n: int, dice: random.Random, groups: list[Any]) -> Any:
    """A customer; three of ten never bought, half have no birthday."""
    from crm.models import Customer

    orders = max(0, dice.randrange(10) - 3)
    return Customer(
        pk=n,
        first_name=dice.choice(FIRST),
        last_name=f"{dice.choice(LAST)} {dice.choice(LAST)}",
        language=dice.choice(["es", "es", "en", "fr", "de"]),
        group=groups[n % 8 == 0],
        birthday=date(1940 + dice.randrange(65), 1 + dice.randrange(12), 1 + dice.randrange(28)) if n % 2 else None,
        phone=f"+346{dice.randrange(10**8):08d}",
        newsletter=dice.random() < 0.4,
        partner_offers=dice.random() < 0.1,
        is_active=n % 50 != 0,
        order_count=orders,
        spent=Decimal(dice.randrange(1000, 90000)) / 100 * orders if orders else None,
        open_threads=int(dice.random() < 0.01),
        registered_at=NOW - timedelta(minutes=dice.randrange(10 * 365 * 24 * 60)),
        visited_at=NOW - timedelta(seconds=dice.randrange(365 * 86400)) if n % 4 else None,
    )


def insert(model: Any, rows: Iterable[Any]) -> None:
    """Many rows, some thousands at a time."""
    for batch in batches(rows, 5000):
        model._default_manager.bulk_create(batch, batch_size=500)


def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The rows in lists of that size."""
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def measure(client: Any, path: str, times: int) -> tuple[float, float, int]:
    """Milliseconds in the middle and at the 95th of a hundred, and the queries of one."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for _ in range(3):  # the first fills what is remembered
        assert client.get(path).status_code == 200, path
    clocks = []
    for _ in range(times):
        begun = time.perf_counter()
        client.get(path)
        clocks.append((time.perf_counter() - begun) * 1000)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return statistics.median(clocks), statistics.quantiles(clocks, n=20)[-1], len(captured)


def deep(client: Any, pages: int) -> str:
    """The address of a page so many pages behind the first, by sales."""
    path = "/customers/?sort=-sales"
    for _ in range(pages):
        found = re.search(r'href="([^"]+)" rel="next"', client.get(path).content.decode())
        assert found, path
        path = html.unescape(found[1])
    return path


def main() -> None:
    """Build where needed, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--times", type=int, default=TIMES)
    options = parser.parse_args()
    prepare(options.customers)
    from django.db import connection
    from django.test import Client

    from accounts.models import Agent

    client = Client(headers={"Accept-Language": "es"})
    client.force_login(Agent.objects.get(username="boss"), "django.contrib.auth.backends.ModelBackend")
    pages = {**PAGES, "by sales, 40 pages on": deep(client, 40)}
    lines = [
        f"{options.customers:,} customers, {connection.vendor}, load {os.getloadavg()[0]:.1f}.\n",
        "| customers' list | p50 ms | p95 ms | queries | |",
        "|---|---|---|---|---|",
    ]
    for name, path in pages.items():
        middle, late, queries = measure(client, path, options.times)
        fits = late <= MOST_MS and queries <= MOST_QUERIES
        lines.append(f"| {name} | {middle:.0f} | {late:.0f} | {queries} | {'ok' if fits else 'over'} |")
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    main()
