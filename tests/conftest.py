"""The world the tests live in: Alice supervises, Bob answers, Charlie must never get in, John Doe buys."""

from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from tests import make, sowing

pytest_plugins = [
    "tests.browser",
    "tests.heard",
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


# What these ask of is a mail server, Redis, a form or who may do what, not the database: SQLite's answer is enough.
ANSWERED_ONCE = (
    *(f"tests/accounts/{name}" for name in ("test_profile", "test_sign_in")),
    *(f"tests/crm/{name}" for name in ("test_settings_shops", "test_shop_api_hostile", "test_titles")),
    *(f"tests/helpdesk/{name}" for name in ("test_api_writes", "test_attachments", "test_message_frame")),
    *(
        "tests/config/test_migrations",
        "tests/flows/",
        "tests/helpdesk/test_settings_",
        "tests/live/test_redis",
        "tests/practice/",
    ),
    *(
        f"tests/mailgateway/{name}"
        for name in ("test_connection", "test_first_run", "test_imap", "test_mailbox_pages", "test_permission")
    ),
    "tests/mailgateway/test_receive_mail.py::test_every_mail_of_the_corpus",
    *(f"tests/portal/{name}" for name in ("test_contact_form", "test_guard", "test_thread_page")),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """--database-only: what asks nothing of the database is the same on every one, so once is enough."""
    parser.addoption("--database-only", action="store_true", help="only tests that use the database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the others, and say how many."""
    if not config.getoption("--database-only"):
        return
    asking = [one for one in items if uses_database(one) and not one.nodeid.startswith(ANSWERED_ONCE)]
    config.hook.pytest_deselected(items=[one for one in items if one not in set(asking)])
    items[:] = asking


def uses_database(item: pytest.Item) -> bool:
    """By mark or by fixture."""
    names = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or not names.isdisjoint({"db", "transactional_db"})


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Generator[None]:
    """The database of tests.sowing; tests that commit leave it as they found it, and quickly."""
    with django_db_blocker.unblock():
        sowing.finish()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: sowing.empty())
        yield


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """What one test put into the cache is not the next one's."""
    cache.clear()


@pytest.fixture
def world(db: None) -> SimpleNamespace:
    """The world inside a transaction that is rolled back."""
    return make_world()


@pytest.fixture
def world_live(desk_url: str) -> SimpleNamespace:
    """The world as a running desk sees it: committed."""
    return make_world()


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
