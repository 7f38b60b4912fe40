"""A PrestaShop that is connected in the settings, and what tests do with it."""

import pytest
from django.utils import timezone

from crm.models import PrestaShop, RecordSettings, Shop
from crm.prestashop import running
from tests.servers import stock
from tests.servers.prestashop import KEY, PrestaShopServer

SETTINGS = "/settings/shops/"
BOTH = pytest.mark.parametrize("in_json", [False, True], ids=["xml", "json"], indirect=True)


@pytest.fixture
def in_json(request) -> bool:
    """Whether the shop is asked for JSON; tests that are BOTH run with either."""
    return getattr(request, "param", False)


@pytest.fixture
def alice(client, world):
    client.force_login(world.alice)
    return client


@pytest.fixture
def shop(settings, world) -> Shop:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    RecordSettings.decide(by=None, business=True)
    return Shop.objects.create(name="Taller Norte", url="https://shop.example", time_zone="Europe/Madrid")


@pytest.fixture
def connection(alice, shop, prestashop, in_json) -> PrestaShop:
    stock.sell(prestashop)
    assert alice.post(f"{SETTINGS}{shop.pk}/prestashop/", form_of(prestashop, in_json=in_json)).status_code == 303
    return PrestaShop.objects.get()


def form_of(prestashop: PrestaShopServer, *, in_json: bool = False) -> dict[str, str]:
    """The form of the settings."""
    form = {"address": prestashop.url, "key": KEY, "cart_days": "90", "reads_threads": "on"}
    return {f"prestashop-{name}": value for name, value in (form | ({"in_json": "on"} if in_json else {})).items()}


def ask(alice, connection: PrestaShop, what: str) -> PrestaShop:
    assert alice.post(f"{SETTINGS}{connection.shop_id}/prestashop/task/", {"do": what}).status_code == 303
    return run(connection)


def run(connection: PrestaShop) -> PrestaShop:
    """All turns until there is nothing to do."""
    PrestaShop.objects.update(next_at=timezone.now(), leased_until=None)
    while running.read_shops():
        PrestaShop.objects.exclude(task="").update(next_at=timezone.now())
    connection.refresh_from_db()
    return connection


def counts(connection: PrestaShop, task: str) -> dict[str, tuple[int, int, int, int]]:
    steps = connection.steps.filter(task=task)
    return {one.resource: (one.created, one.changed, one.unchanged, one.refused) for one in steps}


def page_of(alice, connection: PrestaShop) -> str:
    return alice.get(f"{SETTINGS}{connection.shop_id}/").content.decode()
