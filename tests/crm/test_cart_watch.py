"""Carts that nobody has: linked, unlinked, watched, and their pages."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm import watching
from crm.models import CartItem, CartMatch, CartWatch, Customer, Outcome, RecordEvent, RecordSettings
from tests import make


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


def lost(total="41.00", *, name="Jarra esmaltada", **fields):
    cart = make.cart(**fields)
    cart.replace_lines([CartItem(name, 1, Decimal(total))])
    return cart


def idle(cart, **ago):
    type(cart).objects.filter(pk=cart.pk).update(changed_at=timezone.now() - timedelta(**ago))


@pytest.mark.row("CA8")
def test_linking_is_told_in_the_customers_story_and_undone_exactly(world):
    cart = lost(is_charged=True)
    assert cart.link(world.john, by=world.bob, reasons=["The same device"])
    assert not cart.link(world.john, by=world.bob)
    event = RecordEvent.objects.get(customer=world.john, kind="cart_linked")
    assert (event.by, event.data["reasons"]) == (world.bob, ["The same device"])
    assert cart.watches.get().outcome == Outcome.FOUND
    assert cart.unlink(by=world.bob)
    cart.refresh_from_db()
    assert cart.customer is None
    assert RecordEvent.objects.filter(customer=world.john, kind="cart_unlinked").count() == 1
    assert cart.watches.get().closed_at is None


@pytest.mark.row("CA8")
def test_a_cart_of_somebody_is_not_given_to_somebody_else_and_the_shops_word_stays(world):
    eve, cart = make.customer("Eve Other", "eve@x.test"), lost()
    cart.link(eve, by=world.bob)
    with pytest.raises(ValueError, match="Eve Other"):
        cart.link(world.john, by=world.bob)
    own = make.cart(world.john)
    assert not own.unlink(by=world.bob)
    assert own.customer == world.john


@pytest.mark.row("CA8")
def test_a_charged_cart_above_the_amount_is_watched_at_once_for_seven_days(world):
    cart = lost(is_charged=True)
    watch = cart.watches.get()
    assert watch.due_on == timezone.localdate(cart.changed_at + timedelta(days=7))
    assert not lost("19.99", is_charged=True).watches.exists()
    assert not lost().watches.exists()  # somebody is still filling it


@pytest.mark.row("CA8")
def test_a_cart_left_without_a_name_is_watched_by_the_job_which_does_nothing_twice(world):
    cart, fresh, cheap = lost(), lost(), lost("5.00")
    for one in (cart, cheap):
        idle(one, hours=1)
    assert watching.watch()["begun"] == 1
    assert watching.watch() == {"begun": 0, "ended": 0}
    assert [one.watches.count() for one in (cart, fresh, cheap)] == [1, 0, 0]


def test_amount_and_days_are_the_teams(world):
    settings = RecordSettings.fresh()
    settings.watch_amount, settings.watch_days = Decimal(100), 3
    settings.save()
    assert not lost(is_charged=True).watches.exists()
    cart = lost("120.00", is_charged=True)
    assert cart.watches.get().due_on == timezone.localdate(cart.changed_at + timedelta(days=3))


@pytest.mark.row("CA8")
def test_watches_end_by_an_order_by_an_owner_or_because_nobody_wrote(world):
    ordered, owned, late, charged = lost(), lost(), lost(), lost(is_charged=True)
    CartWatch.objects.begin([ordered, owned, late])
    ordered.take_order(make.order())
    type(owned).objects.filter(pk=owned.pk).update(customer=world.john)  # the shop named them
    CartWatch.objects.filter(cart__in=[late, charged]).update(due_on=timezone.localdate() - timedelta(days=1))
    assert watching.watch()["ended"] == 3
    found = [one.watches.get().outcome for one in (ordered, owned, late, charged)]
    assert found == [Outcome.ORDERED, Outcome.FOUND, Outcome.NOBODY, ""]


@pytest.mark.row("CA8")
def test_the_page_lists_who_is_waited_for_the_first_due_on_top(world, bob):
    later, sooner, ended = lost(is_charged=True), lost("99.00", is_charged=True), lost("55.00", is_charged=True)
    CartWatch.objects.filter(cart=sooner).update(due_on=timezone.localdate() + timedelta(days=3))
    ended.link(world.john, by=world.bob, reasons=["Names the amount"])
    CartMatch.objects.create(cart=sooner, about="thread-7", sure="medium", chance=0.5)
    page = bob.get("/carts/watch/").content.decode()
    assert page.index(str(sooner)) < page.index(str(later)) < page.index(str(ended))
    for said in (
        "Charged, no order",
        "Somebody who wrote",
        "medium",
        "days left",
        "Found",
        "John Doe",
        "Names the amount",
    ):
        assert said in page, said


def test_the_page_takes_the_same_queries_for_many(world, bob, django_assert_max_num_queries):
    for _ in range(12):
        lost(is_charged=True)
    bob.get("/carts/watch/")
    with django_assert_max_num_queries(15):
        bob.get("/carts/watch/")


def test_without_any_the_page_says_what_would_come_here(world, bob):
    assert "No cart is waiting for its owner" in bob.get("/carts/watch/").content.decode()


def test_supervisors_alone_say_what_is_watched(world, bob, client):
    values = {"watch_amount": "50", "watch_days": "5"}
    assert bob.post("/carts/watch/settings/", values).status_code == 403
    client.force_login(world.alice)
    assert client.post("/carts/watch/settings/", values).status_code == 303
    settings = RecordSettings.fresh()
    assert (settings.watch_amount, settings.watch_days) == (50, 5)
    refused = client.post("/carts/watch/settings/", {"watch_amount": "much", "watch_days": "5"})
    assert refused.status_code == 400
    assert "much" in refused.content.decode()


@pytest.mark.row("CA8")
def test_a_carts_page_offers_customers_and_one_click_links(world, bob):
    cart = lost(name="Cuenco", email="john@example.com", is_charged=True)
    type(cart).objects.filter(pk=cart.pk).update(name="John Doe")
    page = bob.get(f"/carts/{cart.pk}/candidates/").content.decode()
    for said in ("Whose may it be?", "John Doe", "The same e-mail", "high", "Watch", f"/carts/{cart.pk}/threads/"):
        assert said in page, said
    bob.post(f"/carts/{cart.pk}/owner/", {"customer": world.john.pk})
    cart.refresh_from_db()
    assert cart.customer == world.john
    assert RecordEvent.objects.get(kind="cart_linked").data["reasons"]
    assert "Undo: it is not theirs" in bob.get(f"/carts/{cart.pk}/candidates/").content.decode()
    bob.post(f"/carts/{cart.pk}/owner/undo/")
    cart.refresh_from_db()
    assert cart.customer is None


def test_a_cart_is_linked_to_whoever_is_named_and_nobody_unknown(world, bob):
    cart = lost()
    answer = bob.post(f"/carts/{cart.pk}/owner/", {"customer": "nobody@x.test"}, follow=True)
    assert "No customer has the number or e-mail" in answer.content.decode()
    bob.post(f"/carts/{cart.pk}/owner/", {"customer": "John@Example.com"})
    cart.refresh_from_db()
    assert cart.customer == world.john


@pytest.mark.row("CA8")
def test_not_theirs_is_remembered(world, bob):
    cart = lost(email="john@example.com", is_charged=True)
    page = bob.get(f"/carts/{cart.pk}/").content.decode()
    assert page.index(f'hx-get="/carts/{cart.pk}/candidates/"') < page.index(
        'id="cart-content"'
    )  # the question comes first
    bob.post(f"/carts/{cart.pk}/refusal/", {"customer": world.john.pk})
    assert "Nobody on file fits" in bob.get(f"/carts/{cart.pk}/candidates/").content.decode()


def test_a_watch_is_begun_silenced_and_ended_with_a_word(world, bob):
    cart = lost()
    bob.post(f"/carts/{cart.pk}/watch/", {"do": "begin"})
    watch = cart.watches.get()
    bob.post(f"/carts/{cart.pk}/watch/", {"do": "alerts"})
    watch.refresh_from_db()
    assert not watch.alerts
    assert not watch.fire()
    bob.post(f"/carts/{cart.pk}/watch/", {"do": "refunded", "note": "The bank cancelled it"})
    watch.refresh_from_db()
    assert (watch.outcome, watch.note, watch.closed_by) == (Outcome.REFUNDED, "The bank cancelled it", world.bob)
    assert "The bank cancelled it" in bob.get("/carts/watch/").content.decode()


@pytest.mark.parametrize("path", ["carts/watch/", "carts/{}/candidates/", "carts/{}/threads/"])
def test_strangers_see_no_carts(world, client, path):
    assert client.get(f"/{path.format(lost().pk)}").status_code == 302


def test_words_of_the_shop_stay_text(world, bob):
    cart = lost(name="<script>alert(1)</script>", step="<b>pago</b>", is_charged=False)
    CartWatch.objects.begin([cart])
    for path in ("/carts/watch/", f"/carts/{cart.pk}/candidates/"):
        page = bob.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<b>pago" not in page


def test_a_customer_who_is_deleted_takes_no_cart_along(world):
    cart = lost()
    cart.link(world.john, by=world.bob)
    Customer.objects.filter(pk=world.john.pk).delete()
    cart.refresh_from_db()
    assert cart.customer is None
