"""The world the tests live in: Alice supervises, Bob answers, Charlie must never get in, John Doe buys."""

import gc
import itertools
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import backends, cache
from django.core.cache.backends import locmem
from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone
from hypothesis import settings as hypothesis_settings

from tests import make, planting, sowing

pytest_plugins = [
    "tests.browser",
    "tests.heard",
    "tests.kill.points",
    "tests.servers.desks",
    "tests.servers.dovecot",
    "tests.servers.fake_imap",
    "tests.servers.listener",
    "tests.servers.oauth",
    "tests.servers.prestashop",
    "tests.servers.redis",
    "tests.servers.smtp_sink",
]

# A busy machine is no fault of the code: nothing here is timed.
hypothesis_settings.register_profile("desk", deadline=None)
hypothesis_settings.load_profile("desk")


# What another dialect of SQL, its locks or its index of words would answer otherwise: asked of PostgreSQL too by
# `make test`. CI asks all of it.
ASKED_TWICE = (
    *(f"tests/crm/test_{name}" for name in ("bulk", "carts.py", "customers_list", "identity", "matching", "tables")),
    *(f"tests/helpdesk/test_{name}" for name in ("intake", "leases", "outbox", "purge", "queue")),
    *(f"tests/helpdesk/search/test_{name}" for name in ("access", "customers", "page", "palette", "threads")),
    *(f"tests/mailgateway/test_{name}" for name in ("incoming.py", "faults_database", "same_moment")),
    "tests/crm/test_totals",
    "tests/search/",
)
EACH_ASKED_TWICE = ("tests/helpdesk/search/", "tests/search/")
# What a new shop on SQLite begins with, and its connections to its file.
OF_SQLITE = ("tests/config/test_migrations", "tests/config/test_spares", "tests/practice/test_run")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Two ways to run fewer tests."""
    parser.addoption("--database-only", action="store_true", help="what rests on SQL")
    parser.addoption("--each-row-once", action="store_true", help="a test of each row, and all that needs no database")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files that are not asked need not be read."""
    path = collection_path.relative_to(config.rootpath).as_posix()
    unasked = config.getoption("--database-only") and collection_path.is_file() and not path.startswith(ASKED_TWICE)
    return True if unasked else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the others, and say how many."""
    items[:] = spread(items)
    once = first_of_each_row(items)
    if connection.vendor != "sqlite":
        items[:] = [one for one in items if not one.nodeid.startswith(OF_SQLITE)]
    if config.getoption("--database-only"):
        kept = [one for one in first_of_each_test(items) if uses_database(one)]
    elif config.getoption("--each-row-once"):
        kept = [one for one in items if one in once or not uses_database(one)]
    else:
        return
    config.hook.pytest_deselected(items=[one for one in items if one not in set(kept)])
    items[:] = kept


def spread(items: list[pytest.Item]) -> list[pytest.Item]:
    """Files whose tests wait for browsers and servers evenly among the others, which use the time meanwhile."""
    files: dict[tuple[bool, Path], list[pytest.Item]] = defaultdict(list)
    for item in items:
        files[(waits(item), item.path)].append(item)
    many, seen = Counter(map(waits, items)), Counter[bool]()
    places = {}
    for key, some in files.items():
        places[key] = (seen[key[0]] + len(some) / 2) / many[key[0]]
        seen[key[0]] += len(some)
    return [item for key in sorted(files, key=places.__getitem__) for item in files[key]]


def waits(item: pytest.Item) -> bool:
    """For a browser or a server, by its mark."""
    return any(item.get_closest_marker(name) for name in ("browser", "imap"))


def first_of_each_row(items: list[pytest.Item]) -> set[pytest.Item]:
    """The first test that carries each row's mark; browsers and mail servers have marks of their own and come last."""
    first: dict[str, pytest.Item] = {}
    for item in sorted(items, key=waits):
        for mark in item.iter_markers("row"):
            for row in mark.args:
                first.setdefault(row, item)
    return set(first.values())


def first_of_each_test(items: list[pytest.Item]) -> list[pytest.Item]:
    """Of a test with many parameters the first, but where each is another question to the database."""
    first: dict[str, pytest.Item] = {}
    for item in items:
        name = item.nodeid if item.nodeid.startswith(EACH_ASKED_TWICE) else item.nodeid.partition("[")[0]
        first.setdefault(name, item)
    return list(first.values())


def uses_database(item: pytest.Item) -> bool:
    """By mark or by fixture."""
    names = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or not names.isdisjoint({"db", "transactional_db"})


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Python keeps its frames in pieces of 16 KB, which it asks of the system and gives back as calls come and go.

    A page is 150 calls deep here, and where two pieces meet each call costs five times as much: a tenth of the time of
    all tests. One frame that asks for much makes a piece that has room for all within it.
    """
    item.runtest = partial(with_room, item.runtest)  # type: ignore[method-assign]


def with_room(function: Callable[[], None]) -> None:
    """Call it."""
    function()


with_room.__code__ = with_room.__code__.replace(co_stacksize=34_000)  # words: half of a piece of 512 KB is left


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Generator[None]:
    """The database of tests.sowing; tests that commit leave it as they found it, and quickly."""
    with django_db_blocker.unblock():
        sowing.finish()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: sowing.empty())
        yield


@pytest.fixture(scope="session", autouse=True)
def rarely_collected() -> None:
    """What was imported stays; looking through it again and again took an eighth of the time of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """What one test put into the cache is not the next one's."""
    cache.clear()


@pytest.fixture
def seconds_pass(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Called, it makes what pages keep for some seconds run out; what is kept until it changes stays."""

    passed = itertools.count(15, 15)

    def pass_by() -> None:
        ahead = next(passed)
        for module in (locmem, backends.base):
            monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: time.time() + ahead))

    return pass_by


@pytest.fixture(autouse=True)
def in_the_shops_zone() -> Generator[None]:
    """A test's today is that of the pages and jobs, also between midnight there and in UTC."""
    with timezone.override("Europe/Madrid"):
        yield


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """The world inside a transaction that is rolled back."""
    return planting.planted(make_world)


@pytest.fixture
def world_live(desk_url: str) -> SimpleNamespace:
    """The world as a running desk sees it: committed."""
    return planting.planted(make_world)


def make_world() -> SimpleNamespace:
    """Two contacts; Bob belongs to service, Charlie to accounting only, Alice sees all; John is a customer."""
    service, accounting = make.contact("service"), make.contact("accounting")
    return SimpleNamespace(
        service=service,
        accounting=accounting,
        alice=make.supervisor(),
        bob=make.agent("Bob Agent", contacts=(service,)),
        charlie=make.agent("Charlie Elsewhere", contacts=(accounting,)),
        john=make.customer(),
    )
