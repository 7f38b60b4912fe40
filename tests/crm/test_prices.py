"""How a customer sees prices, by their group."""

from decimal import Decimal

import pytest

from crm.models import CartItem, CategoryDiscount, CustomerGroup, OrderLine, PriceDisplay
from crm.prices import seen_in_cart, seen_in_order
from tests import make

MUGS = CartItem("Mug", 2, Decimal("12.10"), category="Mugs", tax_rate=Decimal(21))
VASE = CartItem("Vase", 1, Decimal("24.20"), category="Vases", tax_rate=Decimal(21))


@pytest.fixture
def trade(db):
    group = CustomerGroup.objects.create(name="Trade", discount=10, price_display=PriceDisplay.WITHOUT_TAX)
    CategoryDiscount.objects.create(group=group, category="mugs", discount=50)
    return group


@pytest.fixture
def cart(world):
    cart = make.cart(world.john)
    cart.replace_lines([MUGS, VASE])
    return cart


@pytest.mark.row("GR4")
def test_the_discount_of_a_category_replaces_the_general_one(trade):
    seen = seen_in_cart([MUGS, VASE], trade)
    assert [line.percent for line in seen.lines] == [50, 10]
    assert [line.unit for line in seen.lines] == [Decimal("5.00"), Decimal("18.00")]
    assert seen.total == Decimal("28.00")


def test_prices_stay_with_tax_where_the_shop_told_no_rate(trade):
    seen = seen_in_cart([CartItem("Card", 1, Decimal("3.00"))], trade)
    assert (seen.without_tax, seen.total) == (False, Decimal("2.70"))


def test_cents_are_rounded_for_each_piece(trade):
    assert seen_in_cart([CartItem("Pin", 3, Decimal("0.99"), tax_rate=Decimal(21))], trade).total == Decimal("2.22")


def test_what_was_sold_is_not_discounted_again(trade):
    line = OrderLine(name="Mug", category="Mugs", quantity=2, unit_price=Decimal("12.10"), tax_rate=Decimal(21))
    seen = seen_in_order([line], trade)
    assert (seen.total, seen.percents, seen.without_tax) == (Decimal("20.00"), [], True)


def test_who_is_in_no_group_sees_the_shops_prices():
    assert not seen_in_cart([MUGS], None).is_special


@pytest.mark.row("GR3")
@pytest.mark.row("GR4")
def test_the_panel_shows_what_the_customer_sees_and_says_so(world, client, trade, cart):
    CustomerGroup.objects.filter(pk=trade.pk).update(badge="B2B")
    world.john.group = trade
    world.john.save()
    thread = make.thread(world.service)
    client.force_login(world.bob)
    panel = " ".join(client.get(f"/threads/{thread.pk}/panel/").content.decode().split())
    for said in ("€28.00", "As Trade sees it:", "−50 %, −10 %, without VAT", "in the shop €48.40", "mugs −50 %"):
        assert said in panel, said
    assert "€28.00" in client.get(f"/customers/{world.john.pk}/panel/cart/").content.decode()
    cart.refresh_from_db()
    assert cart.total == Decimal("48.40")


@pytest.mark.row("GR3")
def test_hidden_prices_are_said_to_be_hidden(world, client, trade, cart):
    CustomerGroup.objects.filter(pk=trade.pk).update(show_prices=False)
    world.john.group = trade
    world.john.save()
    client.force_login(world.bob)
    assert "The shop shows no prices to Trade" in client.get(f"/customers/{world.john.pk}/panel/cart/").content.decode()
