"""What the pages of carts cost with 100,000 of them: `python tests/bench/carts.py [--carts N]`.

On SQLite; for PostgreSQL: `python tests/servers/postgres.py python tests/bench/carts.py`. A page takes at most 15
queries, and 95 of 100 answers come within 150 ms. Exits with 1 where one does not.
"""

import argparse
import os
import random
import statistics
import sys
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
HOME = ROOT / "var" / "bench"
CARTS, CUSTOMERS, ROUNDS = 100_000, 20_000, 40
QUERY_LIMIT, P95_LIMIT = 15, 150
PATHS = {
    "all carts": "/carts/",
    "live now": "/carts/?tab=live",
    "without customer": "/carts/?tab=nameless",
    "abandoned from 50, by total": "/carts/?state=abandoned&total_from=50&sort=-total",
    "processed, by activity": "/carts/?tab=processed&sort=-changed",
    "may be reminded": "/carts/?consent=1",
    "weeks": "/carts/weeks/",
    "one cart": "/carts/1/",
}


def main() -> int:
    """Build, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--carts", type=int, default=CARTS)
    wanted = parser.parse_args()
    HOME.mkdir(parents=True, exist_ok=True)
    file = HOME / "carts.sqlite3"
    if "DATABASE_URL" not in os.environ:
        for path in HOME.glob("carts.sqlite3*"):
            path.unlink()
    os.environ |= {
        "DATA_DIR": str(HOME),
        "DATABASE_URL": os.environ.get("DATABASE_URL", f"sqlite://{file}"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "0",
        "SECRET_KEY": "only-for-the-bench",
        "ALLOWED_HOSTS": "testserver",
    }
    import django

    django.setup()
    build(wanted.carts)
    return report()


def build(carts: int) -> None:
    """Customers, orders, and carts of three lines over the last two years."""
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.utils import timezone

    from accounts.models import Agent
    from crm.models import Cart, CartLine, Customer, CustomerEmail, Order
    from tests.bench.shop import insert

    call_command("migrate", verbosity=0)
    chance, now = random.Random(7), timezone.now()
    with transaction.atomic():
        Agent.objects.create(username="bench", name="Bench Agent", role=Agent.Role.SUPERVISOR)
        people = [
            Customer(pk=n, first_name=f"Ana{n}", last_name=f"Ruiz{n % 997}", newsletter=n % 3 == 0)
            for n in range(1, CUSTOMERS + 1)
        ]
        insert(Customer, people)
        insert(CustomerEmail, (CustomerEmail(customer=one, address=f"ana{one.pk}@example.com") for one in people))
        orders = [
            Order(
                pk=n,
                reference=f"MK-{n}",
                customer_id=n % CUSTOMERS + 1,
                state="Enviado",
                placed_at=now - timedelta(minutes=(carts - 4 * n) * 10),
            )
            for n in range(1, carts // 4 + 1)
        ]
        insert(Order, orders)
        insert(Cart, (_cart(n, carts, now, chance) for n in range(1, carts + 1)))
        lines = (
            CartLine(cart_id=n, name=f"Taza {place}", quantity=place, unit_price=Decimal(9))
            for n in range(1, carts + 1)
            for place in (1, 2, 3)
        )
        insert(CartLine, lines)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _cart(n: int, carts: int, now: object, chance: random.Random) -> object:
    from crm.models import Cart, CartState

    changed = now - timedelta(minutes=(carts - n) * 10)  # type: ignore[operator]
    order = n // 4 if n % 4 == 0 else None
    waiting = CartState.ACTIVE if carts - n < 144 else CartState.ABANDONED
    return Cart(
        pk=n,
        customer_id=None if n % 10 == 1 else n % CUSTOMERS + 1,
        order_id=order,
        state=CartState.ORDERED if order else waiting,
        total=Decimal(chance.randrange(500, 30000)) / 100,
        item_count=6,
        created_at=changed,
        changed_at=changed,
        seen_at=changed,
        abandoned_at=None if order or waiting == CartState.ACTIVE else changed + timedelta(hours=24),
    )


def report() -> int:
    """Each page some times; returns 1 where one is over a limit."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import Agent

    client = Client()
    client.force_login(Agent.objects.get(username="bench"), backend=settings.AUTHENTICATION_BACKENDS[-1])
    is_over = False
    print(f"{connection.vendor}: median and p95 in ms, queries")  # noqa: T201
    for name, path in PATHS.items():
        assert client.get(path).status_code == 200, path
        with CaptureQueriesContext(connection) as asked:
            client.get(path)
        queries = len(asked)  # now: the next request begins a new log
        times = sorted(_clock(client, path) for _ in range(ROUNDS))
        p95 = times[int(ROUNDS * 0.95) - 1]
        is_over |= queries > QUERY_LIMIT or p95 > P95_LIMIT
        print(f"{name:30} {statistics.median(times):6.0f} {p95:6.0f} {queries:4}", flush=True)  # noqa: T201
    return int(is_over)


def _clock(client: object, path: str) -> float:
    begun = time.perf_counter()
    client.get(path)  # type: ignore[attr-defined]
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    sys.exit(main())
