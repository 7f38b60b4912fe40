"""The link in a mail that brings a customer back to their cart."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import RecordSettings, Shop
from tests import make

pytestmark = pytest.mark.row("CA12")


@pytest.fixture
def cart(world):
    shop = Shop.objects.create(name="Taller", url="https://shop.example", restore_link="{shop}/cart/{id}")
    return make.cart(world.john, source=shop, shop_id="8852")


@pytest.fixture
def announced(monkeypatch):
    said = []
    monkeypatch.setattr("crm.models.cart_life.announce", lambda kind, data, **more: said.append((kind, data, more)))
    return said


def test_the_link_leads_to_the_cart_in_the_shop_and_tells_the_shop(cart, client, announced):
    answer = client.get(cart.restore_url())
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://shop.example/cart/8852")
    assert announced == [
        ("cart.restored", {"cart": cart.pk, "shop_id": "8852", "show_at_entry": True}, {"shop": cart.source})
    ]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_shop_hears_whether_the_last_cart_is_shown_at_sign_in(cart, client, announced):
    records = RecordSettings.fresh()
    records.show_cart_at_entry = False
    records.save()
    client.get(cart.restore_url())
    assert announced[0][1]["show_at_entry"] is False


def test_the_link_expires_after_two_weeks(cart, client, announced, time_machine):
    url = cart.restore_url()
    time_machine.move_to(timezone.now() + timedelta(days=14, minutes=1))
    answer = client.get(url)
    assert (answer.status_code, announced) == (410, [])
    assert "This link has expired" in answer.content.decode()


def test_a_link_that_we_did_not_sign_is_not_found(cart, client, announced):
    url = cart.restore_url()
    assert client.get(url.replace(f"/{cart.pk}:", f"/{cart.pk + 1}:")).status_code == 404
    assert client.get("/cart/8852/").status_code == 404
    assert client.post(url).status_code == 405
    assert announced == []


def test_an_ordered_or_deleted_cart_is_not_opened_again(cart, client, announced, world):
    url = cart.restore_url()
    cart.take_order(make.order(world.john))
    assert client.get(url).headers["Location"] == "https://shop.example"
    cart.order.delete()
    type(cart).objects.all().delete()
    assert client.get(url).status_code == 410
    assert announced == []


def test_without_an_address_of_the_shop_a_page_says_that_the_cart_waits(world, client):
    page = client.get(make.cart(world.john).restore_url()).content.decode()
    assert "Your cart is waiting for you" in page
