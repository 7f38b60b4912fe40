"""What disappears in a PrestaShop is noticed once a day, marked, and never forgotten because of one short answer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import Address, Cart, CartState, Customer, PrestaShop, RecordEvent, Voucher
from tests.crm.prestashops import ask, run
from tests.servers.stock import ago, cart, order

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def imported(alice, connection) -> PrestaShop:
    """Read once, and swept."""
    ask(alice, connection, "import")
    return run(connection)


def next_day(connection: PrestaShop) -> None:
    PrestaShop.objects.update(swept_at=timezone.now() - timedelta(days=1, minutes=1))
    run(connection)


def drop(prestashop, resource: str, number: int) -> dict:
    """The shop deletes a row: nothing tells of it."""
    row = prestashop.row(resource, number)
    prestashop.tables[resource].remove(row)
    return row


def test_what_is_missing_two_days_running_is_gone_by_the_products_own_verbs(imported, alice, prestashop):
    row = drop(prestashop, "carts", 907)
    drop(prestashop, "customers", 41)
    drop(prestashop, "cart_rules", 1)
    drop(prestashop, "addresses", 5)
    next_day(imported)
    ines, lost = Customer.objects.get(shop_id="41"), Cart.objects.get(shop_id="907")
    assert (ines.gone_at, lost.gone_at, Voucher.objects.count()) == (None, None, 1)  # one short answer is no deletion
    next_day(imported)
    ines.refresh_from_db()
    lost.refresh_from_db()
    assert ines.gone_at is not None
    assert (ines.deleted_at, ines.erased_at, ines.first_name) == (None, None, "Inés")
    assert (lost.state, lost.lines.count()) == (CartState.EXPIRED, 1)
    assert Cart.objects.get(shop_id="898").gone_at is None  # it became an order
    assert not Voucher.objects.exists()
    assert RecordEvent.objects.get(kind="voucher_gone").data["voucher"] == "GRACIAS10"
    assert Address.objects.get().deleted_at is not None
    assert ines.history.first().history_change_reason == "Taller Norte"
    assert "Deleted in the shop" in alice.get(f"/customers/{ines.pk}/history/").content.decode()
    assert "Deleted in the shop" in alice.get(f"/customers/{ines.pk}/").content.decode()
    assert "Deleted in the shop" in alice.get(f"/carts/{lost.pk}/").content.decode()
    listed = alice.get("/customers/", {"gone_from": "2020-01-01"}).content.decode()
    assert f"row-{ines.pk}" in listed
    assert f"row-{Customer.objects.get(shop_id='42').pk}" not in listed
    prestashop.add("carts", **row | {"date_upd": ago(seconds=1)})
    run(imported)
    lost.refresh_from_db()
    assert (lost.gone_at, lost.state) == (None, CartState.ABANDONED)  # the shop has it again


def test_only_ids_are_asked_for_and_once_a_day(imported, prestashop):
    prestashop.asked.clear()
    run(imported)
    assert not [query for _path, query in prestashop.asked if query.get("display") == "[id]"]
    next_day(imported)
    swept = {path: query for path, query in prestashop.asked if query.get("display") == "[id]"}
    assert swept.keys() == {"customers", "addresses", "cart_rules", "carts"}
    assert swept["customers"]["filter[id]"] == "[41|42]"
    assert swept["carts"]["filter[id]"] == "[907]"  # what became an order is not asked for


def test_an_answer_without_anything_or_none_at_all_is_no_deletion(imported, prestashop):
    kept = prestashop.tables["customers"]
    prestashop.tables["customers"] = []
    for _day in range(3):
        next_day(imported)
    assert not Customer.objects.exclude(gone_at=None).exists()
    prestashop.tables["customers"] = [one for one in kept if one["id"] != 41]
    next_day(imported)
    prestashop.tables["customers"] = kept
    for _day in range(2):  # back in between: the count begins anew
        next_day(imported)
    assert not Customer.objects.exclude(gone_at=None).exists()


def test_a_customer_whom_the_shop_deleted_stays_with_their_orders_and_is_marked(imported, alice, prestashop):
    prestashop.row("customers", 41).update(deleted=1, date_upd=ago(seconds=1))
    run(imported)
    ines = Customer.objects.get(shop_id="41")
    assert (ines.deleted_at, ines.orders.count()) == (None, 1)
    assert ines.gone_at is not None
    prestashop.row("customers", 41).update(deleted=0, date_upd=ago(seconds=1))
    run(imported)
    ines.refresh_from_db()
    assert ines.gone_at is None


def test_many_carts_are_looked_through_in_windows(imported, prestashop):
    for number in range(2000, 2450):
        cart(prestashop, number, 0, (12, 0, 1), date_upd=ago(seconds=1))
    order(prestashop, 311, 42, 2001, 5)
    run(imported)
    prestashop.tables["carts"] = [one for one in prestashop.tables["carts"] if one["id"] != 2449]
    next_day(imported)
    next_day(imported)
    assert list(Cart.objects.exclude(gone_at=None).values_list("shop_id", flat=True)) == ["2449"]
