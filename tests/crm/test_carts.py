"""The list of carts: what it shows, by what it is narrowed, tabs, export, deleting many, and the weeks."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from crm import jobs
from crm.models import Cart, CartItem, RecordEvent
from tests import make

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday


def filled(of=None, price=20, ago=timedelta(), order=None, **fields):
    """A cart of one product, changed some time ago."""
    cart = make.cart(of, created_at=timezone.now() - ago, **fields)
    cart.replace_lines([CartItem("Taza Bruma", 1, Decimal(price))], at=timezone.now() - ago)
    if order:
        cart.take_order(order)
    return cart


@pytest.fixture
def listed(world, client):
    """listed("state=abandoned"): the ids that Bob's list shows, in its order."""
    client.force_login(world.bob)

    def ids(query=""):
        answer = client.get(f"{reverse('crm:carts')}?{query}")
        assert answer.status_code == 200
        return [row.pk for row in answer.context["page"].rows]

    return ids


@pytest.mark.row("CA1")
def test_the_list_shows_every_column_the_newest_cart_first(world, client):
    old = filled(world.john, ago=timedelta(days=2), carrier="Liebre")
    old.note_contact(by=world.bob)
    order = make.order(world.john)
    new = filled(world.john, price=30, order=order)
    new.see(page="Cuencos")
    client.force_login(world.bob)
    answer = client.get(reverse("crm:carts"))
    page = answer.content.decode().replace("\xa0", " ")
    assert [row.pk for row in answer.context["page"].rows] == [new.pk, old.pk]
    for words in (str(old), str(new), order.reference, "John Doe", "john@example.com", "Abandoned", "Ordered"):
        assert words in page
    for words in ("€20.00", "€30.00", "Liebre", "Online", "1× Taza Bruma"):
        assert words in page
    assert answer.context["page"].rows[1].contacted_at


@pytest.mark.row("CA2")
def test_state_and_value_narrow_the_list(world, listed):
    filled(world.john, price=49, ago=timedelta(days=2))
    dear = filled(world.john, price=50, ago=timedelta(days=2))
    filled(world.john, price=80)
    filled(world.john, price=90, order=make.order(world.john))
    assert listed("state=abandoned&total_from=50") == [dear.pk]


@pytest.mark.row("CA2")
def test_each_other_filter_finds_its_carts(world, listed):
    jane = make.customer("Jane Roe", "jane@example.com", newsletter=True)
    order = make.order(jane)
    hers = filled(jane, carrier="Liebre", order=order)
    nameless = filled(email="who@example.com", ago=timedelta(hours=2))
    nobody = filled(ago=timedelta(hours=3))
    nobody.note_contact(by=world.bob)
    for query, expected in (
        ("online=1", [hers.pk]),
        ("online=0", [nobody.pk, nameless.pk]),
        ("email=1", [nameless.pk, hers.pk]),
        ("email=0", [nobody.pk]),
        ("consent=1", [hers.pk]),
        ("consent=0", [nobody.pk, nameless.pk]),
        ("carrier=lieb", [hers.pk]),
        (f"order={order.reference}", [hers.pk]),
        ("who=roe", [hers.pk]),
        ("who=who@", [nameless.pk]),
        (f"id={nameless.pk}", [nameless.pk]),
        (f"customer={jane.pk}", [hers.pk]),
        ("contacted=1", [nobody.pk]),
        (f"changed_from={timezone.localdate() + timedelta(days=2)}", []),
        ("q=bruma", [nobody.pk, nameless.pk, hers.pk]),
        ("total_from=x", [nobody.pk, nameless.pk, hers.pk]),
        ("tab=nameless", [nobody.pk, nameless.pk]),
        ("tab=processed", [hers.pk]),
        ("tab=live", []),
    ):
        assert listed(query) == expected, query


@pytest.mark.row("CA4")
def test_the_live_tab_holds_who_is_in_the_shop_for_half_an_hour(world, listed, time_machine):
    time_machine.move_to(NOON, tick=False)
    cart = filled(world.john)
    assert listed("tab=live") == [cart.pk]
    time_machine.move_to(NOON + timedelta(minutes=31), tick=False)
    assert listed("tab=live") == []
    cart.see()
    assert listed("tab=live") == [cart.pk]


def test_tabs_count_what_they_show(world, client):
    filled(world.john)
    filled()
    filled(world.john, ago=timedelta(days=2))
    client.force_login(world.bob)
    tabs = client.get(reverse("crm:carts")).context["tabs"]
    assert [(str(tab.label), tab.count.n) for tab in tabs] == [
        ("All", 3), ("Live now", 2), ("Without customer", 1), ("Abandoned", 1), ("Processed", 0),
    ]  # fmt: skip


@pytest.mark.row("CA15")
def test_the_filtered_carts_leave_as_a_file_and_text_stays_text(world, client):
    filled(world.john, price=20, ago=timedelta(days=2))
    filled(name="=1+1", price=60, ago=timedelta(days=2))
    client.force_login(world.bob)
    url = reverse("crm:carts_export")
    columns = ["id", "state", "customer", "total", "content"]
    answer = client.post(url, {"all": "1", "filters": "state=abandoned&total_from=50", "columns": columns})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))
    assert len(rows) == 2
    assert rows[1][1:] == ["Abandoned", "'=1+1", "1× Taza Bruma", "60.00"]
    event = RecordEvent.objects.get(kind="exported")
    assert (event.by, event.data["list"], event.data["rows"]) == (world.bob, "carts", 1)


@pytest.mark.row("CA5")
def test_many_are_deleted_after_asking_but_none_with_an_order(world, client):
    gone, stays = filled(world.john), filled(world.john, order=make.order(world.john))
    client.force_login(world.bob)
    page = client.get(reverse("crm:carts")).content.decode()
    assert f'value="{gone.pk}" form="selection">' in page
    assert f'value="{stays.pk}" form="selection" disabled>' in page
    url = reverse("crm:carts_deletion")
    asked = client.get(url, {"ids": [gone.pk, stays.pk]})
    assert (asked.context["count"], asked.context["stay"]) == (1, 1)
    client.post(url, {"ids": [gone.pk, stays.pk]})
    assert list(Cart.objects.all()) == [stays]
    assert RecordEvent.objects.filter(kind="cart_deleted", by=world.bob).count() == 1


def test_strangers_see_no_cart_and_delete_none(world, client):
    cart = filled(world.john)
    for name in ("carts", "carts_export", "carts_deletion", "carts_weeks"):
        assert client.get(reverse(f"crm:{name}")).status_code == 302
    assert client.post(reverse("crm:carts_deletion"), {"ids": [cart.pk]}).status_code == 302
    assert Cart.objects.count() == 1


@pytest.mark.row("CA13")
def test_the_weeks_numbers_are_those_of_the_lists_they_lead_to(world, client, listed, time_machine):
    time_machine.move_to(NOON - timedelta(days=9), tick=False)  # the week before last: Monday the 16th
    left = [filled(world.john) for _ in range(3)]
    time_machine.move_to(NOON - timedelta(days=7), tick=False)
    jobs.settle_carts()
    left[0].note_contact(by=world.bob)
    time_machine.move_to(NOON, tick=False)
    left[0].take_order(make.order(world.john, total=Decimal(80)), at=NOON)
    left[1].take_order(make.order(world.john, total=Decimal("20.50")), at=NOON)
    filled(world.john).take_order(make.order(world.john, total=Decimal(999)))
    this, before = client.get(reverse("crm:carts_weeks")).context["weeks"][:2]
    assert (before.abandoned, before.contacted, before.recovered) == (3, 1, 0)
    assert (this.abandoned, this.contacted, this.recovered) == (0, 0, 2)
    assert this.revenue == [(Decimal("100.50"), "EUR")]
    for week in (this, before):
        for what in ("abandoned", "contacted", "recovered", "ordered"):
            query = week.url(what).partition("?")[2]
            assert len(listed(query)) == getattr(week, what), query
    shown = Cart.objects.filter(pk__in=listed(this.url("recovered").partition("?")[2]))
    assert sum(cart.order.total for cart in shown) == Decimal("100.50")


@pytest.mark.row("CA14")
def test_the_list_asks_the_same_number_of_questions_for_many_carts(
    world, client, django_assert_max_num_queries, seconds_pass
):
    for n in range(60):
        filled(world.john if n % 2 else None, ago=timedelta(hours=n))
    client.force_login(world.bob)
    client.get(reverse("crm:carts"))
    seconds_pass()
    with django_assert_max_num_queries(15):
        client.get(reverse("crm:carts"))


@pytest.mark.row("CA9")
def test_nobody_is_offered_to_write_about_the_cart_of_who_must_not_be_contacted(world, client):
    loud, silent = filled(world.john), filled(make.customer("Ana", "ana@example.com", do_not_contact=True))
    client.force_login(world.bob)
    page = client.get(reverse("crm:carts")).content.decode()
    assert f"/carts/{loud.pk}/letter/" in page
    assert f"/carts/{silent.pk}/letter/" not in page
    assert f"/carts/{silent.pk}/deletion/" in page
