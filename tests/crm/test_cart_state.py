"""Where a cart stands, by its last change and its order: the rule, the verbs and the job that stores it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from crm import jobs
from crm.models import Cart, CartIsOrdered, CartItem, CartLine, CartState, CartSums, RecordEvent, RecordSettings
from tests import make

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MUG = CartItem("Taza Bruma", 2, Decimal(14), product_ref="TB-300", tax_rate=Decimal(21))
APRON = CartItem("Delantal de lino", 1, Decimal("34.90"), product_ref="DL-MO", attributes="Mostaza")


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as moved:
        yield moved


@pytest.fixture
def cart(world, clock):
    made = make.cart(world.john)
    made.replace_lines([MUG])
    return made


def state_of(cart):
    return Cart.objects.get(pk=cart.pk).state


def after(clock, **time):
    clock.move_to(START + timedelta(**time))
    jobs.settle_carts()


@pytest.mark.row("CA3")
def test_a_cart_is_abandoned_a_day_after_its_last_change_and_active_again_with_the_next_item(cart, clock):
    after(clock, hours=23, minutes=59)
    assert state_of(cart) == CartState.ACTIVE
    after(clock, hours=24, minutes=1)
    assert state_of(cart) == CartState.ABANDONED
    cart.replace_lines([MUG, APRON])
    assert state_of(cart) == CartState.ACTIVE
    after(clock, hours=48)
    assert state_of(cart) == CartState.ACTIVE, "the day counts from the last change"
    after(clock, hours=48, minutes=2)
    assert state_of(cart) == CartState.ABANDONED
    cart.take_order(make.order(cart.customer))
    assert state_of(cart) == CartState.RECOVERED


@pytest.mark.row("CA3")
def test_a_cart_that_was_never_abandoned_is_ordered_and_never_comes_back(cart, clock):
    cart.take_order(make.order(cart.customer))
    assert state_of(cart) == CartState.ORDERED
    cart.replace_lines([APRON])
    after(clock, days=40)
    assert state_of(cart) == CartState.ORDERED


@pytest.mark.row("CA3")
def test_an_order_that_is_deleted_does_not_bring_its_cart_back(cart, clock):
    order = make.order(cart.customer)
    cart.take_order(order)
    order.delete()
    after(clock, days=3)
    assert state_of(cart) == CartState.ORDERED


@pytest.mark.row("CA3")
def test_an_order_after_we_wrote_is_recovered_though_the_cart_was_never_abandoned(cart, world):
    cart.note_contact(by=world.bob, how="thread")
    cart.take_order(make.order(cart.customer))
    assert state_of(cart) == CartState.RECOVERED
    assert RecordEvent.objects.get(kind="contacted").by == world.bob


@pytest.mark.row("CA3")
def test_the_threshold_is_the_teams_and_the_time_of_abandonment_is_told_by_the_rule(cart, clock):
    records = RecordSettings.fresh()
    records.abandoned_hours = 2
    records.save()
    after(clock, hours=5)
    kept = Cart.objects.get(pk=cart.pk)
    assert (kept.state, kept.abandoned_at) == (CartState.ABANDONED, START + timedelta(hours=2))


@pytest.mark.row("CA3")
def test_an_abandoned_cart_expires_and_a_change_brings_it_back(cart, clock):
    after(clock, days=30, minutes=1)
    assert state_of(cart) == CartState.EXPIRED
    cart.replace_lines([APRON])
    assert state_of(cart) == CartState.ACTIVE


@pytest.mark.row("CA3")
def test_a_cart_that_the_shop_tells_late_stands_where_the_rule_says_at_once(world, clock):
    cart = make.cart(world.john)
    cart.replace_lines([MUG], at=START - timedelta(days=2))
    assert (state_of(cart), cart.is_online) == (CartState.ABANDONED, False)


@pytest.mark.row("CA3")
def test_the_same_lines_again_are_no_change(cart, clock):
    clock.move_to(START + timedelta(hours=3))
    line = cart.lines.get()
    assert cart.replace_lines([MUG]) is False
    assert Cart.objects.get(pk=cart.pk).changed_at == START
    assert cart.lines.get().pk == line.pk
    assert cart.replace_lines([CartItem("Taza Bruma", 1, Decimal(14), product_ref="TB-300")]) is True
    assert Cart.objects.get(pk=cart.pk).changed_at == START + timedelta(hours=3)


@pytest.mark.row("CA3")
def test_settling_again_settles_nothing_and_asks_two_questions(cart, clock, django_assert_max_num_queries):
    clock.move_to(START + timedelta(hours=25))
    assert jobs.settle_carts() == 1
    RecordSettings.load()
    with django_assert_max_num_queries(2):
        assert jobs.settle_carts() == 0


@pytest.mark.row("CA6")
def test_what_was_taken_out_is_remembered_and_what_stays_keeps_its_time(cart, clock):
    clock.move_to(START + timedelta(minutes=5))
    cart.replace_lines([CartItem("Taza Bruma", 3, Decimal(14), product_ref="TB-300"), APRON])
    clock.move_to(START + timedelta(minutes=9))
    cart.replace_lines([APRON])
    told = [(one.name, one.before, one.after) for one in cart.changes.all()]
    assert told == [("Taza Bruma", 3, 0), ("Taza Bruma", 2, 3)]
    assert cart.lines.get().added_at == START + timedelta(minutes=5)


@pytest.mark.row("CA14")
def test_totals_are_written_with_the_lines(cart):
    cart.replace_lines([MUG, MUG, APRON], sums=CartSums(Decimal("6.29"), Decimal("2.50"), Decimal("4.90")))
    kept = Cart.objects.get(pk=cart.pk)
    assert (kept.item_count, kept.total_products) == (5, Decimal("90.90"))
    assert kept.total == Decimal("92.01")
    assert kept.total_tax == Decimal("9.72")
    assert cart.lines.count() == 2, "the same product twice is one line"


@pytest.mark.row("CA4")
def test_a_sign_of_life_shows_the_customer_online_for_half_an_hour_and_is_no_change(cart, clock):
    clock.move_to(START + timedelta(hours=2))
    assert not cart.is_online
    cart.see(page="Taza Bruma", step="Dirección")
    kept = Cart.objects.get(pk=cart.pk)
    assert (kept.is_online, kept.page, kept.step, kept.changed_at) == (True, "Taza Bruma", "Dirección", START)
    clock.move_to(START + timedelta(hours=2, minutes=31))
    assert not kept.is_online
    assert not Cart.objects.online().exists()


def test_one_order_has_one_cart_and_a_cart_keeps_its_first_order(cart, world):
    order = make.order(world.john)
    assert cart.take_order(order) is True
    assert cart.take_order(make.order(world.john)) is False
    with pytest.raises(ValueError, match=order.reference):
        make.cart().take_order(order)


def test_a_nameless_cart_gets_the_customer_of_its_order(world):
    cart = make.cart()
    cart.take_order(make.order(world.john))
    assert Cart.objects.get(pk=cart.pk).customer == world.john


@pytest.mark.row("CA5")
def test_only_a_cart_without_order_can_be_deleted(cart, world):
    other = make.cart(world.john)
    other.take_order(make.order(world.john))
    with pytest.raises(CartIsOrdered, match=str(other)):
        other.discard(by=world.bob)
    cart.discard(by=world.bob)
    assert list(Cart.objects.all()) == [other]
    assert not CartLine.objects.exists()
    assert RecordEvent.objects.get(kind="cart_deleted").by == world.bob


@pytest.mark.row("CA5")
def test_carts_without_order_are_not_kept_for_ever(cart, clock, world):
    ordered = make.cart(world.john)
    ordered.take_order(make.order(world.john))
    clock.move_to(START + timedelta(days=364))
    assert jobs.purge_carts() == 0
    clock.move_to(START + timedelta(days=366))
    assert jobs.purge_carts() == 1
    assert list(Cart.objects.all()) == [ordered]
    records = RecordSettings.fresh()
    records.cart_days = 0
    records.save()
    make.cart(changed_at=START)
    assert jobs.purge_carts() == 0


@pytest.mark.row("CA7")
def test_each_change_is_told_to_the_cart_its_customer_and_the_list(world, heard, django_capture_on_commit_callbacks):
    mine, nameless = make.cart(world.john), make.cart()
    groups = [f"cart-{mine.pk}", f"customer-{world.john.pk}", f"cart-{nameless.pk}", "carts"]
    for group in groups:
        heard.listen(group)
    with django_capture_on_commit_callbacks(execute=True):
        mine.replace_lines([APRON])
        nameless.see()
    assert all(heard(group, "cart") for group in groups)
