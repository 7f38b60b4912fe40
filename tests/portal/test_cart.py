"""The link in a mail that brings a customer back to their cart."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import Delivery, RecordSettings, Shop, Webhook
from tests import make

pytestmark = pytest.mark.row("CA12")


@pytest.fixture
def cart(world):
    shop = Shop.objects.create(name="Taller", url="https://shop.example", restore_link="{shop}/cart/{id}")
    return make.cart(world.john, source=shop, shop_id="8852")


@pytest.fixture
def told(cart):
    """What the shop was told: called, a list of data."""
    Webhook.objects.create(shop=cart.source, url="https://shop.example/hook", events=["cart.restored"])
    return lambda: [json.loads(one.body)["data"] for one in Delivery.objects.order_by("pk")]


def test_the_link_leads_to_the_cart_in_the_shop_and_tells_the_shop(cart, client, told):
    answer = client.get(cart.restore_url())
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://shop.example/cart/8852")
    assert told() == [{"cart": cart.pk, "shop_id": "8852", "show_at_entry": True}]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_shop_hears_whether_the_last_cart_is_shown_at_sign_in(cart, client, told):
    records = RecordSettings.fresh()
    records.show_cart_at_entry = False
    records.save()
    client.get(cart.restore_url())
    assert told()[0]["show_at_entry"] is False


def test_the_link_expires_after_two_weeks(cart, client, told, time_machine):
    url = cart.restore_url()
    time_machine.move_to(timezone.now() + timedelta(days=14, minutes=1))
    answer = client.get(url)
    assert (answer.status_code, told()) == (410, [])
    assert "This link has expired" in answer.content.decode()


def test_a_link_that_we_did_not_sign_is_not_found(cart, client, told):
    url = cart.restore_url()
    assert client.get(url.replace(f"/{cart.pk}:", f"/{cart.pk + 1}:")).status_code == 404
    assert client.get("/cart/8852/").status_code == 404
    assert client.post(url).status_code == 405
    assert told() == []


def test_an_ordered_or_deleted_cart_is_not_opened_again(cart, client, told, world):
    url = cart.restore_url()
    cart.take_order(make.order(world.john))
    assert client.get(url).headers["Location"] == "https://shop.example"
    cart.order.delete()
    type(cart).objects.all().delete()
    assert client.get(url).status_code == 410
    assert told() == []


def test_without_an_address_of_the_shop_a_page_says_that_the_cart_waits(world, client):
    page = client.get(make.cart(world.john).restore_url()).content.decode()
    assert "Your cart is waiting for you" in page
