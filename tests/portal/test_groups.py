"""Which contacts a visitor and a customer see in the form, by their groups."""

import pytest

from crm.models import CustomerGroup
from helpdesk.models import Thread
from tests.portal.test_shop_token import key, token  # noqa: F401 - a fixture


@pytest.fixture
def trade(world):
    group = CustomerGroup.objects.create(name="B2B")
    world.accounting.restrict_to([group])
    return group


def form(client, query=""):
    return client.get(f"/contact/{query}").content.decode()


@pytest.mark.row("GR5")
def test_a_contact_for_business_customers_is_absent_for_a_visitor(client, world, trade, fill):
    assert 'value="accounting"' not in form(client)
    page = fill(contact="accounting").content.decode()
    assert "This choice is not available." in page
    assert not Thread.objects.exists()


@pytest.mark.row("GR5")
def test_the_shops_token_of_a_member_opens_it(client, world, trade, fill):
    assert 'value="accounting"' not in form(client, f"?customer={token()}")
    world.john.groups.add(trade)
    assert 'value="accounting"' in form(client, f"?customer={token()}")
    fill(query=f"?customer={token()}", contact="accounting")
    assert Thread.objects.get().contact == world.accounting


@pytest.mark.row("GR5")
def test_whom_only_the_shop_knows_is_in_the_group_of_customers(client, world, trade):
    stranger = f"?customer={token(email='eve@example.com')}"
    assert 'value="accounting"' not in form(client, stranger)
    world.accounting.restrict_to([CustomerGroup.fixed("customer")])
    assert 'value="accounting"' in form(client, stranger)
    assert 'value="accounting"' not in form(client)
    world.accounting.restrict_to([CustomerGroup.fixed("visitor")])
    assert 'value="accounting"' in form(client)


@pytest.mark.row("GR5")
def test_a_contact_whose_only_group_is_deleted_opens_to_nobody(client, world, trade):
    trade.delete()
    assert 'value="accounting"' not in form(client)
