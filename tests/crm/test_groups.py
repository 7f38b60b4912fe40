"""Groups of customers: the fixed ones, the form, the members, and what deleting one does."""

import re
from decimal import Decimal

import pytest

from crm.models import CategoryDiscount, Customer, CustomerGroup, Departure, FixedGroupError, RecordSettings
from tests import make

FORM = {
    "names_en": "Wholesale",
    "names_es": "Mayorista",
    "description": "Shops and hotels",
    "discount": "20",
    "price_display": "without",
    "show_prices": "on",
    "badge": "B2B",
    "tone": "warn",
    "answer_hours": "2",
    "area_pages": ["threads", "orders"],
    "by-TOTAL_FORMS": "2",
    "by-INITIAL_FORMS": "0",
    "by-0-category": "Mugs",
    "by-0-discount": "25",
    "by-1-category": "",
    "by-1-discount": "",
}


@pytest.fixture
def alice(world, client):
    client.force_login(world.alice)
    return client


def html(answer):
    return answer.content.decode()


def fixed(key):
    return CustomerGroup.objects.get(key=key)


def member(group, name="Jane Roe", **fields):
    made = make.customer(name, f"{name.split()[0].lower()}@example.com", group=group, **fields)
    made.groups.add(group)
    return made


@pytest.mark.row("GR1")
def test_three_groups_are_there_from_the_first_day_and_cannot_be_deleted(world, alice):
    page = html(alice.get("/groups/"))
    for key in ("visitor", "guest", "customer"):
        group = fixed(key)
        assert f"/groups/{group.pk}/edit/" in page
        assert f"/groups/{group.pk}/delete/" not in page
        alice.post(f"/groups/{group.pk}/delete/")
        with pytest.raises(FixedGroupError):
            Departure.of(group).carry_out(by=world.alice)
    assert CustomerGroup.objects.exclude(key=None).count() == 3


@pytest.mark.row("GR1")
def test_the_team_says_into_which_group_people_go(world, alice):
    club = CustomerGroup.objects.create(name="Club")
    chosen = {"visitor_group": fixed("visitor").pk, "guest_group": fixed("guest").pk, "customer_group": club.pk}
    alice.post("/groups/usual/", chosen)
    assert RecordSettings.load().customer_group == club
    assert "Choose another one for them first." in html(alice.get(f"/groups/{club.pk}/delete/"))
    alice.post(f"/groups/{club.pk}/delete/")
    assert CustomerGroup.objects.filter(pk=club.pk).exists()


@pytest.mark.row("GR2")
def test_the_list_counts_as_many_as_the_list_of_members_shows(world, alice):
    club = CustomerGroup.objects.create(name="Club", discount=5)
    for number in range(3):
        member(club, f"Jane{number} Roe")
    member(club, "Gone Roe", deleted_at="2026-11-01T12:00Z")
    page = html(alice.get("/groups/"))
    assert f'<a href="/groups/{club.pk}/">3</a>' in page
    assert "−5 %" in page
    assert "1–3 of" in " ".join(html(alice.get(f"/groups/{club.pk}/")).split())


@pytest.mark.row("GR2")
def test_prices_are_hidden_and_shown_with_the_switch_of_the_row(world, alice):
    guests = fixed("guest")
    row = html(alice.post(f"/groups/{guests.pk}/prices/", {"on": "0"}, headers={"HX-Request": "true"}))
    guests.refresh_from_db()
    assert not guests.show_prices
    assert 'aria-checked="false"' in row
    assert guests.history.first().history_user == world.alice


@pytest.mark.row("GR3")
@pytest.mark.row("GR4")
def test_a_group_is_made_with_all_that_it_is(world, alice):
    answer = alice.post("/groups/new/", FORM)
    group = CustomerGroup.objects.get(names__es="Mayorista")
    assert answer.url == f"/groups/{group.pk}/edit/"
    assert (str(group), group.discount, group.price_display, group.show_prices) == ("Wholesale", 20, "without", True)
    assert (group.badge, group.tone, group.answer_hours, group.area_pages) == ("B2B", "warn", 2, ["threads", "orders"])
    assert [(one.category, one.discount) for one in group.category_discounts.all()] == [("Mugs", Decimal(25))]
    assert 'value="20"' in html(alice.get(answer.url))
    assert 'value="Mugs"' in html(alice.get(answer.url))
    alice.post(f"/groups/{group.pk}/edit/", {**FORM, "by-0-discount": "10"})
    assert re.search(r'name="by-0-discount" value="10"', html(alice.get(answer.url)))
    changed = {**FORM, "by-INITIAL_FORMS": "1", "by-0-category": "", "by-1-category": "Bowls", "by-1-discount": "10"}
    alice.post(f"/groups/{group.pk}/edit/", changed)
    assert [str(one) for one in group.category_discounts.all()] == ["Bowls −10 %"]
    assert CategoryDiscount.history.filter(history_user=world.alice).count() == 4


@pytest.mark.row("GR3")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"names_en": "", "names_es": ""}, "Enter a name"),
        ({"names_en": "x" * 33}, "at most 32"),
        ({"discount": "101"}, "less than or equal to 100"),
        ({"by-1-category": "mugs", "by-1-discount": "3"}, "stands here twice"),
        ({"by-1-category": "Bowls"}, "How much, in percent?"),
        ({"by-1-discount": "7"}, "For which category?"),
        ({"answer_hours": "0"}, "greater than or equal to 1"),
        ({"price_display": "free"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(world, alice, wrong, said):
    page = html(alice.post("/groups/new/", {**FORM, **wrong}))
    assert said in page
    assert "Shops and hotels" in page
    assert CustomerGroup.objects.count() == 3


@pytest.mark.row("GR6")
def test_a_search_inside_a_group_stays_inside_the_group(world, alice):
    club = CustomerGroup.objects.create(name="Club")
    member(club, "Jane Inside")
    make.customer("Jane Outside", "jane.outside@example.com")
    page = html(alice.get(f"/groups/{club.pk}/?q=jane"))
    assert "Jane Inside" in page
    assert "Jane Outside" not in page
    assert "Nothing matches" in html(alice.get(f"/groups/{club.pk}/?q=outside"))
    assert f'action="/groups/{club.pk}/"' in page


@pytest.mark.row("GR7")
def test_whoever_loses_a_group_keeps_one_and_a_valid_main_one(world, alice):
    club, trade = CustomerGroup.objects.create(name="Club"), CustomerGroup.objects.create(name="Trade")
    alone, guest, both = member(club, "Alone Roe"), member(club, "Guest Roe", is_guest=True), member(club, "Both Roe")
    both.groups.add(trade)
    elsewhere = member(trade, "Else Roe")
    elsewhere.groups.add(club)
    only_main = make.customer("Main Roe", "main@example.com", group=club)
    page = html(alice.get(f"/groups/{club.pk}/delete/"))
    assert "5 people leave this group." in page
    assert "2 of them have no other group and join <b>Customer</b>." in page
    assert "1 of them has no other group and joins <b>Guest</b>." in page
    assert "The main group of 1 becomes <b>Trade</b>." in page
    alice.post(f"/groups/{club.pk}/delete/")
    assert not CustomerGroup.objects.filter(name="Club").exists()
    mains = {one.first_name: str(one.group) for one in Customer.objects.exclude(pk=world.john.pk)}
    assert mains == {"Alone": "Customer", "Guest": "Guest", "Both": "Trade", "Else": "Trade", "Main": "Customer"}
    for customer in (alone, guest, both, elsewhere, only_main):
        customer.refresh_from_db()
        assert customer.group in customer.groups.all()
    assert alone.history.first().group == fixed("customer")
    assert alone.history.first().history_user == world.alice
    told = [(event.kind, event.data["group"], event.by) for event in alone.events.order_by("kind")]
    assert told == [("grouped", "Customer", world.alice), ("ungrouped", "Club", world.alice)]
    assert alone.version == 2


@pytest.mark.row("GR7")
def test_the_preview_costs_the_same_for_many_members(world, alice, django_assert_max_num_queries):
    club = CustomerGroup.objects.create(name="Club")
    for number in range(30):
        member(club, f"Jane{number} Roe")
    RecordSettings.load()
    with django_assert_max_num_queries(9):
        assert Departure.of(club).people == 30


def test_agents_look_and_supervisors_change(world, client):
    client.force_login(world.bob)
    group = fixed("guest")
    assert "/edit/" not in html(client.get("/groups/"))
    assert client.get(f"/groups/{group.pk}/").status_code == 200
    for path in ("new", f"{group.pk}/edit", f"{group.pk}/delete", f"{group.pk}/prices", "usual"):
        assert client.post(f"/groups/{path}/", FORM).status_code == 403
    assert client.get("/groups/4711/").status_code == 404
