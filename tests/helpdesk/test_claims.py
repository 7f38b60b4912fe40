"""Carts without an owner beside the thread that asks for them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.models import CartItem, CartMatch, Customer, RecordEvent
from helpdesk import seeking
from helpdesk.claims import candidates_of, claim
from helpdesk.models import Draft, Notice, PredefinedReply, Thread
from tests import make

SCENE = "Hola, ayer hice un pedido: una jarra esmaltada y dos tazas Bruma. Me cobraron 64,90 €. ¿Dónde está mi pedido?"


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


@pytest.fixture
def cart(world):
    made = make.cart(is_charged=True)
    made.replace_lines([CartItem("Jarra esmaltada 1 L", 1, Decimal("36.90")), CartItem("Taza Bruma", 2, Decimal(14))])
    type(made).objects.filter(pk=made.pk).update(changed_at=timezone.now() - timedelta(days=1))
    made.refresh_from_db()
    return made


@pytest.fixture
def thread(cart):
    return make.thread(
        text=SCENE, sender="ana@nowhere.test", sender_name="Ana Ruiz", subject="¿Mi pedido?", language="es"
    )


def panel(client, thread):
    return client.get(f"/threads/{thread.pk}/panel/").content.decode()


@pytest.mark.row("CA8")
def test_a_new_thread_of_a_stranger_shows_the_cart_with_reasons(world, bob, thread, cart):
    page = panel(bob, thread)
    for said in (
        f"Cart {cart}, without customer",
        "Names the amount",
        "Names what is in it",
        "It is theirs: link",
        "high",
    ):
        assert said in page, said
    assert cart.customer is None  # never by itself


@pytest.mark.row("CA8")
def test_one_click_links_cart_thread_and_a_guest_and_one_more_takes_it_back(world, bob, thread, cart):
    bob.post(f"/threads/{thread.pk}/cart/", {"cart": cart.pk})
    thread.refresh_from_db()
    cart.refresh_from_db()
    guest = Customer.objects.for_email("ana@nowhere.test")
    assert (thread.cart, thread.customer, cart.customer) == (cart, guest, guest)
    assert (guest.name, guest.is_guest) == ("Ana Ruiz", True)
    linked = RecordEvent.objects.get(kind="cart_linked")
    assert linked.by == world.bob
    assert any("64.90" in reason for reason in linked.data["reasons"])
    assert "set cart to" in " ".join(event.sentence for event in thread.events.all())
    assert f"{cart}" in bob.get(f"/threads/{thread.pk}/").content.decode()
    bob.post(f"/threads/{thread.pk}/cart/undo/")
    thread.refresh_from_db()
    cart.refresh_from_db()
    assert (thread.cart, cart.customer) == (None, None)
    assert f"Cart {cart}, without customer" in panel(bob, thread)


@pytest.mark.row("CA8")
def test_the_customers_cart_is_theirs_after_the_click(world, bob, cart):
    thread = make.thread(text=SCENE)
    bob.post(f"/threads/{thread.pk}/cart/", {"cart": cart.pk})
    cart.refresh_from_db()
    assert cart.customer == world.john


@pytest.mark.row("CA8")
def test_not_theirs_is_remembered_for_the_thread_and_for_the_customer_in_any(world, bob, cart):
    thread = make.thread(text=SCENE)
    bob.post(f"/threads/{thread.pk}/cart/refusal/", {"cart": cart.pk})
    assert "without customer" not in panel(bob, thread)
    assert "without customer" not in panel(bob, make.thread(text=SCENE))
    assert "is not theirs" in " ".join(event.sentence for event in thread.events.all())
    stranger = make.thread(text=SCENE, sender="ana@nowhere.test")
    assert f"Cart {cart}, without customer" in panel(bob, stranger)


@pytest.mark.row("CA8")
def test_the_reply_we_found_it_is_filled_with_the_carts_facts(world, bob, thread, cart):
    claim(thread, cart.pk, by=world.bob)
    page = panel(bob, thread)
    assert "Reply “we found it”" in page
    for said in ("Lo hemos encontrado", "64,90", "1 × Jarra esmaltada 1 L, 2 × Taza Bruma"):
        assert said in page, said
    bob.post(f"/threads/{thread.pk}/cart/reply/")
    draft = Draft.objects.get(thread=thread, agent=world.bob)
    assert "Hola, Ana" in draft.text
    assert "{{" not in draft.text


def test_the_teams_own_text_goes_first(world, bob, thread, cart):
    bodies = {"es": "<p>¡Aquí está, {{ cart.number }}!</p>"}
    PredefinedReply.objects.create(title="x", shortcut="cart-found", bodies=bodies)
    claim(thread, cart.pk, by=world.bob)
    assert f"¡Aquí está, {cart}!" in panel(bob, thread)


def test_a_thread_with_an_order_or_about_another_matter_is_offered_nothing(world, bob, cart):
    about = make.thread(text=SCENE)
    about.link(by=None, order=make.order(world.john))
    assert candidates_of(about) == []
    assert "without customer" not in panel(bob, make.thread(text="Do you open on Sundays?"))


def test_an_order_that_is_named_goes_before_guesses(world, bob, cart):
    make.order(world.john, reference="MK-10482")
    page = panel(bob, make.thread(text=f"{SCENE} MK-10482"))
    assert "MK-10482 is named" in page
    assert "without customer" not in page


def test_only_a_cart_that_was_offered_can_be_linked(world, bob, thread):
    other = make.cart()
    assert bob.post(f"/threads/{thread.pk}/cart/", {"cart": other.pk}).status_code == 404
    assert bob.post(f"/threads/{thread.pk}/cart/", {"cart": "x"}).status_code == 404


def test_a_thread_without_an_address_says_what_to_do(world, bob, thread, cart):
    Thread.objects.filter(pk=thread.pk).update(email="")
    answer = bob.post(f"/threads/{thread.pk}/cart/", {"cart": cart.pk}, headers={"HX-Request": "true"})
    assert "create a customer first" in answer.content.decode()


def test_who_may_not_see_the_thread_may_not_link_for_it(world, client, thread, cart):
    client.force_login(world.charlie)
    for path in ("cart/", "cart/undo/", "cart/refusal/", "cart/reply/"):
        assert client.post(f"/threads/{thread.pk}/{path}", {"cart": cart.pk}).status_code == 404
    assert "¿Mi pedido?" not in client.get(f"/carts/{cart.pk}/threads/").content.decode()


@pytest.mark.row("CA8")
def test_the_watch_fires_when_the_complaint_arrives_and_the_contacts_agents_are_told_once(
    world, thread, cart, heard, django_capture_on_commit_callbacks
):
    heard.listen(f"agent-{world.bob.pk}")
    heard.listen(f"thread-{thread.pk}")
    with django_capture_on_commit_callbacks(execute=True):
        assert seeking.seek() == 1
    assert cart.watches.get().fired_at is not None
    notices = Notice.objects.filter(thread=thread, kind="cart")
    assert {notice.agent for notice in notices} == set(thread.contact.people())
    assert world.charlie not in {notice.agent for notice in notices}
    assert f"Cart {cart}, €64.90. Certainty: high." in {notice.text for notice in notices}
    assert heard(f"agent-{world.bob.pk}", "notices")
    assert heard(f"thread-{thread.pk}", f"thread:{thread.pk}")
    assert seeking.seek() == 0


@pytest.mark.row("CA8")
def test_each_new_message_is_looked_at_again(world, cart):
    thread = make.thread(text="Hello?", sender="ana@nowhere.test")
    assert seeking.seek() == 1
    assert not CartMatch.objects.exists()
    thread.receive(make.mail(SCENE, sender="ana@nowhere.test"))
    assert seeking.seek() == 1
    assert CartMatch.objects.get().cart == cart


def test_a_silent_watch_tells_nobody(world, thread, cart):
    cart.watches.get().set_alerts(False)
    seeking.seek()
    assert not Notice.objects.filter(kind="cart").exists()
    assert CartMatch.objects.filter(cart=cart, about=f"thread-{thread.pk}").exists()


@pytest.mark.row("CA8")
def test_the_carts_page_shows_the_threads_that_fit_and_links_from_there(world, bob, thread, cart):
    seeking.seek()
    page = bob.get(f"/carts/{cart.pk}/threads/").content.decode()
    for said in ("¿Mi pedido?", "Ana Ruiz", "Names the amount", f"/threads/{thread.pk}/cart/"):
        assert said in page, said
    answer = bob.post(f"/threads/{thread.pk}/cart/refusal/", {"cart": cart.pk, "next": f"/carts/{cart.pk}/candidates/"})
    assert answer.headers["Location"] == f"/carts/{cart.pk}/candidates/"
    assert "No message fits so far" in bob.get(f"/carts/{cart.pk}/threads/").content.decode()


@pytest.mark.row("TH10")
def test_orders_made_with_a_strangers_address_stand_beside_the_thread(world, bob):
    order = make.order(None, email="ana@nowhere.test")
    assert order.reference in panel(bob, make.thread(sender="ana@nowhere.test"))
    made = make.order(None, email="john@example.com")
    assert made.reference in panel(bob, make.thread())


@pytest.mark.row("TH10")
def test_the_order_in_question_comes_before_cart_customer_and_earlier_threads(world, bob):
    order = make.order(world.john)
    make.cart(world.john).replace_lines([CartItem("Cuenco")])
    make.thread(subject="An older matter")
    thread = make.thread()
    thread.link(by=None, order=order)
    page = panel(bob, thread)
    places = [page.index(part) for part in (order.reference, "Live cart", ">Customer<", "An older matter", "History")]
    assert places == sorted(places)
    for part in ("orders", "cart", "customer", "threads", "history"):
        assert f'data-remember="{part}"' in page, part


@pytest.mark.row("TH15")
def test_the_cart_card_copies_inserts_and_opens(world, bob):
    cart = make.cart(world.john)
    cart.replace_lines([CartItem("Cuenco <b>", 2, Decimal(14))])
    page = panel(bob, make.thread())
    assert f'data-copy="{cart}"' in page
    assert "&lt;li&gt;2 × Cuenco &amp;lt;b&amp;gt;&lt;/li&gt;" in page
