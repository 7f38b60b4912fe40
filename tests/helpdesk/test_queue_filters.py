"""The filters of the queue: each alone, two together, and what nobody knows."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from helpdesk.models import DeskSettings, Thread, ThreadTag
from tests import make, planting
from tests.conftest import make_world
from tests.helpdesk.test_queue import ids, moved


@pytest.fixture
def shelf(db) -> SimpleNamespace:
    """Three threads that differ in everything."""
    return planting.planted(make_shelf)


def make_shelf() -> SimpleNamespace:
    world = make_world()
    DeskSettings.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/Madrid"})
    now = timezone.now()
    delay = ThreadTag.objects.create(name="Late parcel")
    john = make.thread(world.service, "My jug is cracked", subject="Cracked jug", sender_name="Johnny")
    order = make.order(world.john, "MK-555")
    moved(john, order=order, language="en", waiting_since=now - timedelta(hours=30), active_at=now - timedelta(days=10))
    john.tags.add(delay)
    emma = make.thread(
        world.accounting,
        "Second invoice please",
        subject="Invoice",
        sender="emma@example.com",
        sender_name="Emma Clarke",
    )
    moved(emma, language="fr", order_text="MK-777")
    emma.assign(world.alice, by=world.alice)
    emma.mark_read(by=world.alice)
    leo = make.thread(world.service, "Still nothing", subject="Waiting", sender="leo@example.com", sender_name="Léo")
    leo.assign(world.bob, by=world.alice)
    leo.set_status("pending1", by=world.alice)
    leo.mark_read(by=world.alice)
    return SimpleNamespace(
        john=john,
        emma=emma,
        leo=leo,
        order=order,
        world=world,
        day=f"{timezone.localtime(now - timedelta(days=10)):%Y-%m-%d}",
    )


def names(shelf, response) -> set[str]:
    by_id = {shelf.john.pk: "john", shelf.emma.pk: "emma", shelf.leo.pk: "leo"}
    return {by_id[one] for one in ids(response)}


EVERYTHING = {"john", "emma", "leo"}
CASES = [
    ("", EVERYTHING),
    ("contact=service", {"john", "leo"}),
    ("contact=service&contact=accounting", EVERYTHING),
    ("status=open", {"john", "emma"}),
    ("status=pending1", {"leo"}),
    ("status=any", EVERYTHING),
    ("assignee=none", {"john"}),
    ("assignee=me", {"emma"}),
    ("assignee={bob}", {"leo"}),
    ("assignee=none&assignee={bob}", {"john", "leo"}),
    ("language=fr", {"emma"}),
    ("tag=Late+parcel", {"john"}),
    ("order=mk-555", {"john"}),
    ("order=MK-777", {"emma"}),
    ("order_id={order}", {"john"}),
    ("unread=1", {"john"}),
    ("waiting=24", {"john"}),
    ("from={today}", {"emma", "leo"}),
    ("to={day}", {"john"}),
    ("from={day}&to={day}", {"john"}),
    ("q=cracked", {"john"}),
    ("q=doe", {"john"}),
    ("q=clarke", {"emma"}),
    ("q=leo@example", {"leo"}),
    ("q=second+invoice", {"emma"}),
    ("q=%23{john}", {"john"}),
    ("contact=service&status=open", {"john"}),
    ("contact=service&assignee=me", set()),
    ("status=pending1&q=nothing", {"leo"}),
    ("folder=spam", set()),
]


@pytest.mark.row("CS5")
@pytest.mark.row("CS9")
@pytest.mark.parametrize(("query", "expected"), CASES)
def test_a_filter_shows_what_fits(shelf, client, query, expected):
    world = shelf.world
    client.force_login(world.alice)
    today = timezone.localdate().isoformat()
    filled = query.format(bob=world.bob.pk, order=shelf.order.pk, day=shelf.day, today=today, john=shelf.john.pk)
    response = client.get(f"/?{filled}")
    assert names(shelf, response) == expected
    assert "page-notice" not in response.content.decode()


@pytest.mark.row("CS9")
def test_an_order_lists_its_closed_threads_too(shelf, client):
    shelf.john.close(by=shelf.world.alice)
    client.force_login(shelf.world.alice)
    assert names(shelf, client.get("/?order=MK-555")) == {"john"}
    assert names(shelf, client.get(f"/?order_id={shelf.order.pk}")) == {"john"}
    assert names(shelf, client.get("/")) == {"emma", "leo"}


@pytest.mark.parametrize(
    "query",
    [
        "contact=nobody",
        "status=frozen",
        "assignee=99999999",
        "assignee=zebra",
        "assignee=" + "9" * 40,
        "language=klingon",
        "tag=never",
        "order_id=abc",
        "order_id=" + "9" * 30,
        "unread=maybe",
        "waiting=-3",
        "waiting=99999999",
        "waiting=²",
        "from=2026-02-30",
        "to=yesterday",
        "folder=attic",
        "sort=colour",
        "page=0",
        "page=99999999999999999999",
    ],
)
@pytest.mark.row("CS5")
def test_an_unknown_value_is_left_out_with_a_sentence(shelf, client, query):
    client.force_login(shelf.world.alice)
    response = client.get(f"/?{query}")
    assert response.status_code == 200
    assert "That filter was left out." in response.content.decode()
    assert names(shelf, response) == EVERYTHING


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%23" + "9" * 40, "order=%00x", "q=" + "a" * 5000, "nonsense=1", "q=%25_%27"]
)
def test_odd_text_never_breaks_the_page(shelf, client, query):
    client.force_login(shelf.world.alice)
    assert client.get(f"/?{query}").status_code == 200


def test_a_contact_that_is_not_the_agents_counts_as_unknown(shelf, client):
    client.force_login(shelf.world.bob)
    page = client.get("/?contact=accounting")
    assert names(shelf, page) == {"john", "leo"}
    assert "That filter was left out." in page.content.decode()


def test_clear_filters_leads_back_to_the_named_queue(shelf, client):
    client.force_login(shelf.world.alice)
    page = client.get("/?assignee=me&language=fr").content.decode()
    assert '<a class="btn btn--link hide-phone" href="/?assignee=me">Clear filters</a>' in page
    assert "Clear filters" not in client.get("/?assignee=me").content.decode()


def test_menus_put_values_in_and_take_them_out(shelf, client):
    client.force_login(shelf.world.alice)
    page = client.get("/?contact=service&page=1").content.decode()
    assert 'href="/?contact=service&amp;contact=accounting"' in page
    assert 'href="/?contact=service&amp;tag=Late+parcel"' in page
    assert "Contact: Service" in page


def test_what_is_seldom_filtered_by_stands_in_one_menu_until_it_is(shelf, client):
    client.force_login(shelf.world.alice)
    chip = '<details class="menu" data-menu="{}">'
    page, more = client.get("/").content.decode().split(chip.format("more"))
    for name in ("status", "contact", "tag", "order", "from"):
        assert chip.format(name) in page, name
    for name in ("assignee", "language", "priority"):
        assert chip.format(name) not in page, name
    for query in ("priority=urgent", "language=es", "unread=1"):
        assert f'href="/?{query}"' in more.split("</header>")[0], query
    page, more = client.get("/?priority=urgent&unread=1").content.decode().split(chip.format("more"))
    assert chip.format("priority") in page
    assert 'aria-current="true">Unread' in page
    assert "Priority: Urgent" not in more.split('class="bar__end"')[0]


def test_what_was_searched_stays_in_the_field(shelf, client):
    client.force_login(shelf.world.alice)
    assert 'value="cracked &lt;b&gt;"' in client.get("/?q=cracked+%3Cb%3E").content.decode()


def test_the_day_begins_in_the_shops_zone(shelf, client):
    moved(shelf.john, active_at="2026-07-01T22:30:00Z")  # already 2 July in Madrid
    client.force_login(shelf.world.alice)
    assert names(shelf, client.get("/?from=2026-07-02&to=2026-07-02")) == {"john"}
    assert names(shelf, client.get("/?from=2026-07-01&to=2026-07-01")) == set()
    assert Thread.objects.count() == 3
