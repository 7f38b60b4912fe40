"""One box for threads, customers, orders and carts: where results lead, and the page of them."""

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from helpdesk.models import Thread
from tests import make
from tests.helpdesk.search.seeker import customer_of, thread_of


@pytest.mark.row("SE1")
def test_one_box_finds_everything_in_groups_with_counts(world, bob):
    ana = make.customer("Ana Ruiz", "ana@example.com")
    order, cart = make.order(ana), make.cart(ana)
    thread = make.thread(sender="ana@example.com", sender_name="Ana Ruiz")
    assert bob.counts("ana") == {"Threads": "1", "Customers": "1", "Orders": "1", "Carts": "1"}
    links = bob.links("ana")
    assert links[:3] == [thread_of(thread), customer_of(ana), f"/orders/{order.pk}/"]
    assert len(links) == 4
    assert cart.pk
    assert bob.links("ana", **{"in": "orders"}) == [f"/orders/{order.pk}/"]


@pytest.mark.row("SE1")
def test_while_somebody_types_only_the_results_come(world, bob):
    make.thread(text="Una taza rota")
    html = bob.client.get("/search/", {"q": "taz"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    assert "<mark>taz</mark>a" in html


@pytest.mark.row("SE2")
def test_numbers_and_references_lead_there_at_once(world, bob):
    thread, order = make.thread(), make.order(world.john, "MK-10482")
    assert bob.jump(f"#{thread.pk}") == thread_of(thread)
    assert bob.jump(f"c{world.john.pk}") == customer_of(world.john)
    for typed in ("MK-10482", "mk10482", " mk 10482 ", "#MK-10482"):
        assert bob.jump(typed) == f"/orders/{order.pk}/", typed


@pytest.mark.row("SE2")
def test_what_does_not_exist_is_searched_for(world, bob):
    hidden = make.thread(world.accounting)
    for typed in ("#999999", f"#{hidden.pk}", "c999999", "MK-99999", "#", "c", "#" + "9" * 40):
        assert bob.jump(typed) == "", typed
    assert bob.client.get("/search/", {"q": f"#{hidden.pk}"}).status_code == 200


def test_a_link_of_ours_never_goes_on_to_the_one_thing_named(world, bob):
    make.order(world.john, "MK-10482")
    assert bob.links("MK-10482") == [f"/orders/{world.john.orders.get().pk}/"]


def test_nothing_found_names_the_nearest_reference(world, bob):
    order = make.order(world.john, "MK-10482")
    for typed in ("MK-01482", "MK-1482", "MK-10483", "MK-104822"):
        html = bob.page(typed)
        assert f"/orders/{order.pk}/" in html, typed
        assert "Was it" in html, typed
    assert "Was it" not in bob.page("MK-99999")


def test_what_strangers_wrote_is_shown_as_text(world, bob):
    make.thread(text="taza <script>alert(1)</script> <b>roja</b>", subject="<img src=x> taza", sender_name="<i>Eve</i>")
    html = bob.client.get("/search/", {"q": "taza", "in": "all"}).content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "<i>Eve" not in html
    assert "&lt;script&gt;" in html


def test_threads_can_be_narrowed_by_status_date_and_files(world, bob):
    closed, filed = make.thread(text="taza"), make.thread(text="taza", files=(make.file(),))
    closed.close(by=world.bob)
    assert bob.links("taza", status="closed") == [thread_of(closed)]
    assert bob.links("taza", files="1") == [thread_of(filed)]
    Thread.objects.filter(pk=filed.pk).update(active_at=timezone.now() - timezone.timedelta(days=20))
    assert bob.links("taza", since="7") == [thread_of(closed)]
    assert "Nothing here with these filters." in bob.page("taza", status="pending2")


def test_one_group_has_pages(world, bob):
    for n in range(27):
        make.customer(f"Ana Number{n}", f"ana{n}@example.com")
    first = bob.page("ana", **{"in": "customers"})
    assert first.count("data-result") == 25
    assert "page=2" in first
    assert bob.page("ana", **{"in": "customers", "page": "2"}).count("data-result") == 2


@pytest.mark.parametrize(
    "query",
    ["q=", "q=%00", "q=" + "a" * 5000, "q=%22%22", "q=*", "q=a&page=x", "q=a&in=x&status=x&since=x", "q=%27%3B--"],
)
def test_whatever_is_typed_the_page_comes(world, bob, query):
    assert bob.client.get(f"/search/?{query}").status_code == 200
    assert bob.client.get(f"/palette/?{query}", headers={"HX-Request": "true"}).status_code == 200


def test_the_page_asks_the_same_however_much_it_shows(world, bob):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            bob.page("taza")
        return len(captured)

    counter = itertools.count()

    def fill(times):
        for _ in range(times):
            someone = make.customer("Eva Taza", f"eva{next(counter)}@example.com")
            make.order(someone)
            make.cart(someone).lines.create(name="Taza")
            make.thread(text="taza", sender=someone.email)

    fill(4)
    asked()  # what is kept for all is asked for once
    few = asked()
    fill(4)
    assert asked() == few <= 40  # of which PostgreSQL needs some for its memory


def test_strangers_are_sent_to_the_door(client, world):
    for path in ("/search/?q=a", "/palette/?q=a"):
        assert client.get(path).status_code == 302
