"""Carts in a real browser: what the shop says shows without reloading."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from crm.models import CartItem
from tests import make

pytestmark = pytest.mark.browser
MUG = CartItem("Taza Bruma", 2, Decimal(14))


@pytest.mark.row("CV11")
def test_a_cart_that_changes_shows_in_an_open_panel(world_live, sign_in):
    thread, cart = make.thread(world_live.service), make.cart(world_live.john)
    page = sign_in(world_live.bob, f"/threads/{thread.pk}/")
    expect(page.locator("#panel dl")).to_be_visible()
    expect(page.locator("[data-live-dot]").first).to_be_visible()
    cart.replace_lines([MUG])
    expect(page.locator("#panel")).to_contain_text("Taza Bruma")


@pytest.mark.row("CA7")
def test_the_cart_and_the_list_follow_the_shop(world_live, sign_in):
    cart = make.cart(world_live.john)
    cart.replace_lines([MUG])
    page = sign_in(world_live.bob, f"/carts/{cart.pk}/")
    expect(page.locator("[data-live-dot]").first).to_be_visible()
    cart.replace_lines([CartItem("Jarra esmaltada", 1, Decimal(36))])
    expect(page.locator(".line--new")).to_contain_text("Jarra esmaltada")
    expect(page.locator(".line--gone")).to_contain_text("Taza Bruma")
    expect(page.locator("#cart-hero")).to_contain_text("36.00")
    page.get_by_text("Without tax").click()
    expect(page.locator("#prices-net")).to_be_checked()
    page.goto("/carts/")
    expect(page.locator("[data-live-dot]").first).to_be_visible()
    cart.replace_lines([MUG])
    expect(page.locator("#list")).to_contain_text("2× Taza Bruma")
