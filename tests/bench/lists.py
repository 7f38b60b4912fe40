"""What the lists of records cost: `python tests/bench/lists.py [--times 40] [--only ENGINE]`.

200,000 customers, 100,000 carts, a customer with 500 orders and 500 carts, on SQLite and PostgreSQL. A page takes at
most 15 queries, and 95 of 100 answers come within 150 ms. Exits with 1 where one does not.
"""

import argparse
import html
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench import databases  # noqa: E402 - found by the line above
from tests.bench.measuring import HEAD, Limit, load, measure, say, steadiness  # noqa: E402

LIMIT = Limit(p95=150, queries=15)
PAGES = {
    "customers, as the list opens": "/customers/",
    "customers by sales": "/customers/?sort=-sales",
    "customers by last visit": "/customers/?sort=-visited",
    "customers by name": "/customers/?sort=name",
    "customers by age": "/customers/?sort=-age",
    "customers with newsletter since 2026": "/customers/?newsletter=1&registered_from=2026-01-01",
    "customers with a tag and not another, by sales": "/customers/?tag=boda&tag=-pagado&sort=-sales",
    "customers disabled, over 60": "/customers/?active=0&age_from=60",
    "customers by name in the search box": "/customers/?q=luc%C3%ADa+torres",
    "customers by e-mail in the search box": "/customers/?q=c1321x99x@example.com",
    "carts, as the list opens": "/carts/",
    "carts live now": "/carts/?tab=live",
    "carts without customer": "/carts/?tab=nameless",
    "carts abandoned from 50, by total": "/carts/?state=abandoned&total_from=50&sort=-total",
    "carts processed, by activity": "/carts/?tab=processed&sort=-changed",
    "carts that may be reminded": "/carts/?consent=1",
    "carts by product in the search box": "/carts/?q=taza+luc%C3%ADa",
    "weeks of carts": "/carts/weeks/",
    "one cart": "/carts/1/",
    "customer with 500 orders and 500 carts": "/customers/1/",
    "their orders": "/customers/1/orders/",
}


def inside(options: argparse.Namespace) -> bool:
    """Build where needed, measure, print; whether all pages kept the limit."""
    bench = ROOT / "tests" / "bench"
    databases.open_kept("lists", options.inside, _build, bench / "records.py", bench / "copying.py")
    from django.db import connection

    from tests.bench import records

    records.wake_up()
    client, fits = _client(), True
    say(f"\n200,000 customers, 100,000 carts, {connection.vendor}, {load()}.\n")
    say(HEAD.format("page"))
    for name, path in {**PAGES, "customers by sales, 40 pages on": _deep(client, 40)}.items():
        figure = measure(lambda path=path: _get(client, path), times=options.times)  # type: ignore[misc]
        fits &= figure.fits(LIMIT)
        say(figure.line(name, LIMIT))
    say(steadiness())
    return fits


def _build() -> None:
    from tests.bench import records

    records.build()


def _client() -> Any:
    from django.test import Client

    from accounts.models import Agent

    client = Client(headers={"Accept-Language": "es"})
    client.force_login(Agent.objects.get(username="boss"), "django.contrib.auth.backends.ModelBackend")
    return client


def _get(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    text: str = answer.content.decode()
    return text


def _deep(client: Any, pages: int) -> str:
    """The address of a page so many pages behind the first, by sales."""
    path = "/customers/?sort=-sales"
    for _ in range(pages):
        found = re.search(r'href="([^"]+)" rel="next"', _get(client, path))
        assert found, path
        path = html.unescape(found[1])
    return path


if __name__ == "__main__":
    chosen = databases.options_of(__doc__, times=40)
    sys.exit(databases.on_each(chosen, lambda: inside(chosen)))
