"""One box for threads, customers, orders and carts: what is found, by whom, and where it leads."""

import itertools
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.models import CustomerEmail, Visit
from helpdesk.models import DeskSettings, Message, Thread
from search import rebuilding
from tests import make

GROUPS = ("Threads", "Customers", "Orders", "Carts")


class Desk:
    """The search page as one agent sees it."""

    def __init__(self, client, agent):
        self.client = client
        client.force_login(agent, "django.contrib.auth.backends.ModelBackend")

    def page(self, q, **more):
        response = self.client.get("/search/", {"q": q, "in": "all", **more})
        assert response.status_code == 200, response
        return unescape(response.content.decode())

    def links(self, q, **more):
        """Where the results lead, in their order."""
        rows = re.findall(r'<li[^>]*data-result>.*?<a [^>]*href="([^"]+)"', self.page(q, **more), re.DOTALL)
        return [row for row in rows if not row.startswith("/search/")]

    def counts(self, q, **more):
        found = re.findall(r">(\w+) <span class=\"num\">\s*([^<]+?)\s*</span></a>", self.page(q, **more))
        return dict(found)

    def jump(self, q):
        """Where Enter goes; empty for the page of results."""
        response = self.client.get("/search/", {"q": q})
        return response.headers.get("Location", "")


@pytest.fixture
def alice(world, client):
    return Desk(client, world.alice)


@pytest.fixture
def bob(world, client):
    return Desk(client, world.bob)


def thread_of(thread):
    return f"/threads/{thread.pk}/"


def customer_of(customer):
    return f"/customers/{customer.pk}/"


# -- one box ------------------------------------------------------------------------------------------------------


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


# -- customers ----------------------------------------------------------------------------------------------------


@pytest.mark.row("SE3")
def test_names_are_found_in_any_order_without_accents_and_the_full_name_comes_first(world, bob):
    jose = make.customer("José Doe", "jd@example.com")
    for typed in ("doe john", "john doe", "DOE, John", "joh do"):
        assert customer_of(world.john) in bob.links(typed), typed
    assert customer_of(jose) in bob.links("jose")
    assert customer_of(jose) in bob.links("JOSÉ")
    longer = make.customer("John Doe Smith", "jds@example.com")
    links = bob.links("doe john", **{"in": "customers"})
    assert links == [customer_of(world.john), customer_of(longer)]


@pytest.mark.row("SE3")
def test_a_part_of_a_name_and_a_name_with_a_slip_are_found(world, bob):
    lucia = make.customer("Lucía Fernández", "lucia@example.com")
    for typed in ("ernand", "fernandes", "fernadez", "ferandnez", "lucai fernandez"):
        assert bob.links(typed, **{"in": "customers"}) == [customer_of(lucia)], typed
    assert bob.links("gonzalez", **{"in": "customers"}) == []


@pytest.mark.row("SE4")
@pytest.mark.row("AR6")
def test_every_address_of_a_customer_and_every_sender_is_found(world, bob):
    world.john.emails.create(address="john.at.work@office.example")
    assert customer_of(world.john) in bob.links("john.at.work@office.example")
    assert customer_of(world.john) in bob.links("office.example")
    stranger = make.thread(sender="nobody@elsewhere.example", sender_name="")
    assert bob.links("nobody@elsewhere.example") == [thread_of(stranger)]
    world.john.emails.filter(address__startswith="john.at").delete()
    assert bob.links("john.at.work@office.example") == []
    assert CustomerEmail.objects.count() == 1


@pytest.mark.row("SE6")
def test_a_customer_shows_the_phone_and_how_many_threads_are_open(world, bob):
    world.john.phone = "+34612345678"
    world.john.save()
    make.thread()
    make.thread().close(by=world.bob)
    make.thread(world.accounting)
    make.thread(subject="Another")
    html = bob.page("doe john", **{"in": "customers"})
    assert "+34612345678" in html
    assert "2 open threads" in html  # one is closed, one Bob may not see


@pytest.mark.row("SE7")
def test_the_erased_the_deleted_and_the_merged_are_not_found(world, bob):
    others = [make.customer(f"John Gone{n}", f"gone{n}@example.com") for n in range(3)]
    for one, field in zip(others, ("erased_at", "deleted_at"), strict=False):
        setattr(one, field, timezone.now())
        one.save()
    others[2].merged_into = world.john
    others[2].save()
    assert bob.links("john", **{"in": "customers"}) == [customer_of(world.john)]
    assert bob.links("john", **{"in": "customers", "erased": "1"}) == [customer_of(world.john)]
    assert bob.counts("john")["Customers"] == "1"


@pytest.mark.row("SE7")
def test_no_word_of_the_erased_is_left(world, alice, django_capture_on_commit_callbacks):
    world.john.phone = "+34612345678"
    world.john.save()
    world.john.addresses.create(line1="Calle Mayor 5", postcode="28013", city="Madrid", country="ES")
    make.order(world.john, delivery_name="John Doe", email="john@example.com")
    make.cart(world.john, name="John Doe", phone="612345678")
    make.thread(text="Yours, John Doe")
    with django_capture_on_commit_callbacks(execute=True):
        world.john.erase(by=world.alice)
    for kind in rebuilding.kinds():
        assert rebuilding.count(kind).agrees
        for row in kind.objects.all():
            assert not re.search("john|doe|612345678|mayor", row.words), row.words
    assert alice.links("john", erased="1", everywhere="1") == []


@pytest.mark.row("SE7")
def test_a_supervisor_may_ask_for_them(world, alice):
    gone = make.customer("John Gone", "gone@example.com", deleted_at=timezone.now())
    assert alice.links("gone", **{"in": "customers"}) == []
    assert alice.links("gone", **{"in": "customers", "erased": "1"}) == [customer_of(gone)]


@pytest.mark.row("SE9")
def test_phones_in_any_spelling_references_and_addresses_are_found(world, bob):
    world.john.phone = "+34612345678"
    world.john.save()
    world.john.addresses.create(line1="Calle Mayor 5", postcode="28013", city="Madrid", country="ES")
    for typed in ("612 34 56 78", "612345678", "+34 612 345 678", "0034 612345678", "345678", "calle mayor", "28013"):
        assert customer_of(world.john) in bob.links(typed, **{"in": "customers"}), typed
    order = make.order(None, "MK-777", delivery_name="Eva Luna", delivery_phone="699112233", tracking_number="ES0099XY")
    for typed in ("MK-777", "eva luna", "699 11 22 33", "es0099xy", "cuenco bruma"):
        assert f"/orders/{order.pk}/" in bob.links(typed), typed


def test_a_cart_is_found_by_what_lies_in_it_and_what_was_typed_into_it(world, bob):
    cart = make.cart(name="Eva Luna", email="eva@example.com", phone="699112233")
    cart.lines.create(name="Jarra esmaltada", quantity=2)
    for typed in ("jarras", "eva", "eva@example.com", "699 112 233", str(cart)):
        assert bob.counts(typed)["Carts"] == "1", typed
    assert "Jarra</mark> esmaltada ×2" in bob.page("jarra")


# -- threads ------------------------------------------------------------------------------------------------------


@pytest.mark.row("SE8")
def test_a_word_that_only_message_14_says_finds_the_thread(world, bob):
    thread = make.thread()
    for n in range(2, 21):
        thread.receive(make.mail("ornitorrinco" if n == 14 else f"more of it, {n}"))
    make.thread()
    assert bob.links("ornitorrinco") == [thread_of(thread)]


@pytest.mark.row("SE8")
def test_notes_and_names_of_files_are_found_and_it_says_where(world, bob):
    noted, filed = make.thread(subject="One"), make.thread(subject="Two", files=(make.file("presupuesto-tazas.pdf"),))
    noted.note("Mirar el lote de octubre", by=world.bob)
    assert bob.links("lote") == [thread_of(noted)]
    assert "note by Bob Agent:" in bob.page("lote")
    assert bob.links("presupuesto") == [thread_of(filed)]
    assert "attachment “<mark>presupuesto</mark>-tazas.pdf" in re.sub(r"\s+", " ", bob.page("presupuesto"))


def test_quotes_search_literally_and_plurals_are_found_without(world, bob):
    one, many = make.thread(text="Quiero una taza azul"), make.thread(text="Quiero dos tazas, azul la caja")
    assert set(bob.links("taza azul")) == {thread_of(one), thread_of(many)}
    assert bob.links('"taza azul"') == [thread_of(one)]
    assert bob.links('"azul taza"') == []


def test_the_newest_come_first(world, bob):
    threads = [make.thread(text=f"taza {n}") for n in range(4)]
    threads[1].receive(make.mail("otra taza"))
    assert bob.links("taza") == [thread_of(threads[n]) for n in (1, 3, 2, 0)]


def test_what_a_thread_is_about_follows_every_verb(world, bob):
    thread, other = make.thread(text="hola"), make.thread(text="adios")
    thread.rename("Nuevo ornitorrinco", by=world.bob)
    assert bob.links("ornitorrinco") == [thread_of(thread)]
    merge = thread.merge_into(other, by=world.bob)
    assert bob.links("hola") == [thread_of(other)]
    other.split(merge, by=world.bob)
    assert bob.links("hola") == [thread_of(thread)]
    reply = thread.reply("Va un armadillo", by=world.bob)
    assert bob.links("armadillo") == [thread_of(thread)]
    thread.recall(reply, by=world.bob)
    assert bob.links("armadillo") == []
    thread.link(order=make.order(world.john, "MK-555"), by=world.bob)
    assert thread_of(thread) in bob.links("MK-555")


# -- who may find what --------------------------------------------------------------------------------------------


def test_nobody_finds_or_counts_threads_of_other_contacts(world, client):
    make.thread(world.accounting, text="secreto ornitorrinco")
    moving = make.thread(world.service, text="ornitorrinco visible")
    desk = Desk(client, world.bob)
    assert desk.links("ornitorrinco") == [thread_of(moving)]
    assert desk.counts("ornitorrinco")["Threads"] == "1"
    moving.move_to(world.accounting, by=world.alice)
    assert desk.links("ornitorrinco") == []
    assert Desk(client, world.charlie).counts("ornitorrinco")["Threads"] == "2"
    assert Desk(client, make.agent("Nora Nowhere")).links("ornitorrinco") == []


def test_words_of_ours_cannot_be_typed(world, bob):
    make.thread(world.accounting, text="secreto")
    for typed in (f"xqc{world.accounting.pk}", "xqfdesk", "xqhere", "xqgone", "xqb0"):
        assert bob.links(typed) == [], typed


@pytest.mark.parametrize("folder", ["spam", "trash"])
def test_spam_and_the_bin_are_searched_only_on_request(world, alice, folder):
    thread = make.thread(text="ornitorrinco")
    thread.mark_spam(by=world.alice) if folder == "spam" else thread.trash(by=world.alice)
    html = alice.page("ornitorrinco")
    assert thread_of(thread) not in html
    assert "Search spam and trash too" in html
    assert alice.links("ornitorrinco", everywhere="1") == [thread_of(thread)]


@pytest.mark.row("SE5")
def test_an_address_finds_the_messages_sent_from_it_for_a_supervisor(world, alice):
    six, four = make.thread(ip="2001:db8::1"), make.thread(ip="203.0.113.7")
    for typed, found in (
        ("2001:db8::1", [six]),
        ("2001:DB8:0:0::1", [six]),
        ("2001:db8::/32", [six]),
        ("203.0.113.7", [four]),
        ("203.0.113.0/24", [four]),
        ("203.0.112.0/22", [four]),
        ("203.0.113.8", []),
        ("2001:db8::2", []),
    ):
        assert alice.links(typed, **{"in": "threads"}) == [thread_of(one) for one in found], typed


@pytest.mark.row("SE5")
def test_an_address_finds_customers_who_visited_and_carts_filled_from_it(world, alice):
    Visit.objects.create(customer=world.john, ip_address="203.0.113.7")
    make.cart(ip_address="203.0.113.9")
    for typed in ("203.0.113.7", "203.0.113.0/24", "203.0.112.0/21"):
        assert alice.links(typed, **{"in": "customers"}) == [customer_of(world.john)], typed
    assert alice.links("203.0.113.6", **{"in": "customers"}) == []
    assert alice.counts("203.0.113.8/31")["Carts"] == "1"


@pytest.mark.row("SE5")
def test_who_may_not_see_addresses_in_full_finds_nothing_by_them(world, bob):
    make.thread(ip="203.0.113.7")
    Visit.objects.create(customer=world.john, ip_address="203.0.113.7")
    for typed in ("203.0.113.7", "203.0.113.0/24", "xqi4cb007107", "xqi4"):
        assert bob.links(typed) == [], typed


@pytest.mark.row("SE5")
def test_an_address_that_was_forgotten_is_not_found_any_more(world, alice):
    from helpdesk.purging import forget_metadata

    make.thread(ip="203.0.113.7")
    Message.objects.update(created_at=timezone.now() - timezone.timedelta(days=DeskSettings.load().metadata_days + 1))
    assert forget_metadata() == 1
    assert alice.links("203.0.113.7") == []


# -- the page -----------------------------------------------------------------------------------------------------


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


# -- the palette and the queue ------------------------------------------------------------------------------------


def palette(bob, q):
    return unescape(bob.client.get("/palette/", {"q": q}, headers={"HX-Request": "true"}).content.decode())


def test_the_palette_offers_the_best_of_each_kind_and_places(world, bob):
    thread, order = make.thread(), make.order(world.john, "MK-10482")
    html = palette(bob, "john")
    assert [thread_of(thread) in html, customer_of(world.john) in html, f"/orders/{order.pk}/" in html] == [True] * 3
    assert "/?assignee=me" in palette(bob, "min")
    assert "/settings/team/" not in palette(bob, ">team")
    only = palette(bob, "@john")
    assert customer_of(world.john) in only
    assert thread_of(thread) not in only
    assert f"/orders/{order.pk}/" in palette(bob, "#10482")
    assert palette(bob, f"#{thread.pk}").index(thread_of(thread)) < 200


def test_the_palette_of_a_supervisor_leads_to_the_settings(world, alice):
    assert "/settings/team/" in palette(alice, ">team")


def test_the_queue_is_narrowed_by_the_same_words(world, bob):
    found, other = make.thread(text="Llegó una taza rota"), make.thread(text="nada")
    html = bob.client.get("/", {"q": "tazas"}).content.decode()
    assert thread_of(found) in html
    assert thread_of(other) not in html
    assert thread_of(other) in bob.client.get("/", {"q": f"#{other.pk}"}).content.decode()
