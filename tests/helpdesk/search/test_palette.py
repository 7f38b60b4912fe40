"""The palette and the filter of the queue ask the same words."""

from html import unescape

from helpdesk.settings_pages import PAGES
from tests import make
from tests.helpdesk.search.seeker import customer_of, thread_of


def palette(bob, q):
    return unescape(bob.client.get("/palette/", {"q": q}, headers={"HX-Request": "true"}).content.decode())


def test_the_palette_offers_the_best_of_each_kind_and_places(world, bob):
    thread, order = make.thread(), make.order(world.john, "MK-10482")
    html = palette(bob, "john")
    assert [thread_of(thread) in html, customer_of(world.john) in html, f"/orders/{order.pk}/" in html] == [True] * 3
    assert "/?assignee=me" in palette(bob, "min")
    assert "/settings/team/" not in palette(bob, ">team")
    assert "/customers/" in palette(bob, ">cust")
    assert "/statistics/staffing/" in palette(bob, ">next")
    only = palette(bob, "@john")
    assert customer_of(world.john) in only
    assert thread_of(thread) not in only
    assert f"/orders/{order.pk}/" in palette(bob, "#10482")
    assert palette(bob, f"#{thread.pk}").index(thread_of(thread)) < 200


def test_the_palette_of_a_supervisor_leads_to_the_settings(world, alice):
    assert "/settings/team/" in palette(alice, ">team")
    every = palette(alice, ">settings")
    assert [page.url for page in PAGES if page.url not in every] == []


def test_the_queue_is_narrowed_by_the_same_words(world, bob):
    found, other = make.thread(text="Llegó una taza rota"), make.thread(text="nada")
    html = bob.client.get("/", {"q": "tazas"}).content.decode()
    assert thread_of(found) in html
    assert thread_of(other) not in html
    assert thread_of(other) in bob.client.get("/", {"q": f"#{other.pk}"}).content.decode()
