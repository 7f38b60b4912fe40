"""Lists of records: pages by place, counts, columns that an agent chose."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.test import RequestFactory

from accounts.models import Agent
from crm.lists.customers import CUSTOMERS
from crm.models import ColumnChoice, Customer
from crm.tables import Listing, counting, counts_of
from crm.tables.paging import Order, Place, all_of, page_of
from tests import make

SORTS = [one.key for one in CUSTOMERS.columns if one.sort]


@pytest.fixture
def crowd(db: None) -> list[int]:
    """230 customers with many equal and unknown values; their ids."""
    dice = random.Random(3)
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    Customer.objects.bulk_create(
        Customer(
            first_name=dice.choice(["Ana", "Eva", ""]),
            last_name=dice.choice(["Ruiz", "Soto", ""]),
            birthday=dice.choice([None, date(1990, 5, 1), date(1970, 1, 2)]),
            spent=dice.choice([None, Decimal("10.10"), Decimal("99.99")]),
            order_count=dice.randrange(3),
            newsletter=dice.random() < 0.3,
            visited_at=dice.choice([None, now - timedelta(days=dice.randrange(3), microseconds=dice.randrange(9))]),
        )
        for _ in range(230)
    )
    return sorted(Customer.objects.values_list("pk", flat=True))


def listing(query: str = "", agent: Agent | None = None) -> Listing:
    """The list of customers as an address asks for it."""
    request = RequestFactory().get(f"/customers/?{query}")
    request.user = agent or Agent()  # type: ignore[assignment]
    return Listing(request, CUSTOMERS, Customer.objects.present(), params=QueryDict(query))


@pytest.mark.row("CL3")
@pytest.mark.parametrize("key", SORTS)
@pytest.mark.parametrize("minus", ["", "-"])
def test_the_pages_of_a_sort_hold_every_row_once_forwards_and_backwards(crowd, key, minus):
    order, rows = listing(f"sort={minus}{key}").order, Customer.objects.present()
    place, seen, ends = None, [], []
    while True:
        page = page_of(rows, order, place, size=50)
        assert page.first == len(seen) + 1
        seen += [one.pk for one in page.rows]
        if page.behind is None:
            break
        place = Place.read(page.behind.token, rows, order.of(rows))
        ends.append(page.rows)
    assert sorted(seen) == crowd
    assert len(seen) == len(crowd)
    for expected in reversed(ends):
        page = page_of(rows, order, Place.read(page.before.token, rows, order.of(rows)), size=50)
        assert [one.pk for one in page.rows] == [one.pk for one in expected]
    assert page.before is None
    assert [one.pk for some in all_of(rows, order, size=70) for one in some] == seen


@pytest.mark.row("CL3")
def test_unknown_values_come_last_whichever_way_and_the_id_decides_between_equals(crowd):
    for sort, falls in (("sales", False), ("-sales", True)):
        found = [
            (one.spent, one.pk)
            for some in all_of(Customer.objects.all(), listing(f"sort={sort}").order)
            for one in some
        ]
        known = [pair for pair in found if pair[0] is not None]
        assert found[: len(known)] == sorted(known, reverse=falls)
        assert [pk for _spent, pk in found[len(known) :]] == sorted(
            (pk for spent, pk in found if spent is None), reverse=falls
        )


def test_a_row_that_comes_in_meanwhile_pushes_none_over_the_edge_of_a_page(crowd):
    rows, order = Customer.objects.all(), Order((), falls=True)
    first = page_of(rows, order, None, size=50)
    Customer.objects.create(first_name="New")
    second = page_of(rows, order, first.behind, size=50)
    assert [one.pk for one in second.rows] == sorted(crowd, reverse=True)[50:100]


def test_a_place_that_nobody_gave_out_leads_to_the_first_page_with_a_sentence(crowd):
    for token in ("x", "W10:1abc:def", "%00"):
        asked = listing(f"page={token}")
        assert asked.page.first == 1
        assert "not there any more" in asked.problems[0]


def test_counts_are_exact_and_large_ones_are_remembered(crowd, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(counting, "LIVE", 100)
    all_of_them, few = Customer.objects.all(), Customer.objects.filter(newsletter=True)
    n = few.count()
    with django_assert_num_queries(2):
        assert [(one.n, one.is_old) for one in counts_of([all_of_them, few, Customer.objects.none()])] == [
            (230, True),
            (n, False),
            (0, False),
        ]
    with django_assert_num_queries(0):
        counts_of([all_of_them])
    cache.clear()
    Customer.objects.create()
    assert counts_of([Customer.objects.all()])[0].n == 231


def test_columns_are_remembered_for_each_agent_and_can_be_as_at_first(world, client):
    client.force_login(world.bob)
    assert "Last visit" in heads(client)
    client.post("/lists/customers/columns/", {"columns": ["id", "sales", "nonsense"], "next": "/customers/?sort=id"})
    assert heads(client) == ["No.", "Customer", "Sales"]
    assert ColumnChoice.objects.of(world.alice, "customers") is None
    client.post("/lists/customers/columns/", {"reset": "1"})
    assert "Last visit" in heads(client)


def heads(client) -> list[str]:
    """The heads of the list's columns, as an agent reads them."""
    page = client.get("/customers/").content.decode()
    row = page.split("<thead", 1)[1].split("</tr>", 1)[0]
    found = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', row, re.DOTALL)
    return [re.sub(r"<.*?>", "", one, flags=re.DOTALL).strip() for one in found]


def test_the_address_of_a_list_keeps_what_it_was_asked_and_leaves_the_page_out(crowd):
    asked = listing("newsletter=1&sort=-sales&page=abc&tag=a&tag=-b&nonsense=1")
    assert asked.address() == "/customers/?tag=a&tag=-b&newsletter=1&sort=-sales"
    assert asked.address(sort="id") == "/customers/?tag=a&tag=-b&newsletter=1&sort=id"
    assert asked.clear_url == "/customers/?sort=-sales"


@pytest.mark.django_db
def test_sales_are_kept_to_the_cent_so_that_pages_find_them_again():
    buyer = make.customer()
    make.order(buyer, total=Decimal("10.00"), rate=Decimal("3"))
    buyer.orders.model.objects.add_up([buyer.pk])
    assert Customer.objects.filter(pk=buyer.pk, spent=Decimal("3.33")).exists()
