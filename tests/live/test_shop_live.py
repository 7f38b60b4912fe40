"""What a shop sends is on the open pages within a second: the ping leaves with the commit, the fragment has it."""

import asyncio
import time

import pytest
from django.test import Client

from crm.models import Cart, Shop
from tests import make
from tests.live.test_sockets import application as application
from tests.live.test_sockets import socket
from tests.live.test_sockets import world as world
from tests.loops import run

pytestmark = pytest.mark.django_db(transaction=True)
GENEROUS = 10  # seconds; a machine with nothing else to do needs well under one


class Feed:
    """A shop that sends John's cart and record."""

    def __init__(self, john) -> None:
        self.shop = Shop.objects.create(name="Taller Norte")
        john.source, john.shop_id = self.shop, "17"
        john.save()
        self.token = self.shop.renew_token()

    def put(self, path: str, body: dict) -> None:
        answer = Client().put(
            f"/api/{path}", body, content_type="application/json", headers={"Authorization": f"Bearer {self.token}"}
        )
        assert answer.status_code in (200, 201), answer.content

    def put_cart(self, quantity: int) -> None:
        line = {"name": "Cuenco Bruma", "quantity": quantity, "unit_price": "15.00"}
        self.put("carts/5/", {"customer": "17", "currency": "EUR", "lines": [line]})


async def seconds_until(visitor, what: str, send, look) -> float:
    """From the beginning of the call until the page has the new content."""
    assert await visitor.connect()
    begun = time.monotonic()
    sending = asyncio.create_task(asyncio.to_thread(send))
    while what not in (await asyncio.wait_for(visitor.hears(), GENEROUS))["changed"]:
        pass
    assert await asyncio.to_thread(look)
    took = time.monotonic() - begun
    await sending
    await visitor.leave()
    return took


@pytest.mark.row("CV11", "CA6", "CA7")
def test_panel_customer_page_and_cart_page_have_what_the_shop_sent(world, application):
    feed, thread = Feed(world.john), make.thread(world.service)
    feed.put_cart(1)
    cart = Cart.objects.get()
    bob = Client()
    bob.force_login(world.bob)
    places = {
        "panel": (f"/ws/threads/{thread.pk}/", f"/customers/{world.john.pk}/panel/cart/"),
        "customer": (f"/ws/customers/{world.john.pk}/", f"/customers/{world.john.pk}/carts/"),
        "cart": (f"/ws/carts/{cart.pk}/", f"/carts/{cart.pk}/content/"),
    }
    for quantity, (page, (path, fragment)) in enumerate(places.items(), start=3):
        said = f"€{15 * quantity}.00"
        took = run(
            seconds_until,
            socket(application, path, world.bob),
            "cart",
            lambda quantity=quantity: feed.put_cart(quantity),
            lambda fragment=fragment, said=said: said in bob.get(fragment).content.decode(),
        )
        assert took < GENEROUS, page


@pytest.mark.row("CV11")
def test_what_the_shop_says_of_the_customer_is_in_panel_and_page_too(world, application):
    feed, thread = Feed(world.john), make.thread(world.service)
    bob = Client()
    bob.force_login(world.bob)
    voucher = {"customer": "17", "code": "GRACIAS10", "percent": "10"}
    order = {"reference": "MK-777", "state": "Pagado", "placed_at": "2026-11-16T09:00:00Z", "customer": "17"}
    other = order | {"reference": "MK-776"}
    cases = [
        (
            f"/ws/customers/{world.john.pk}/",
            "orders/8/",
            other,
            f"/customers/{world.john.pk}/orders/newest/",
            "MK-776",
        ),
        (f"/ws/customers/{world.john.pk}/", "vouchers/1/", voucher, f"/customers/{world.john.pk}/aside/", "GRACIAS10"),
        (f"/ws/threads/{thread.pk}/", "orders/9/", order, f"/threads/{thread.pk}/panel/", "MK-777"),
    ]
    for path, noun, body, fragment, said in cases:
        took = run(
            seconds_until,
            socket(application, path, world.bob),
            "customer",
            lambda noun=noun, body=body: feed.put(noun, body),
            lambda fragment=fragment, said=said: said in bob.get(fragment).content.decode(),
        )
        assert took < GENEROUS, noun
