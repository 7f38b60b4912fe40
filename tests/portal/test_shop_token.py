"""Who the shop vouches for: the signed token behind ?customer=."""

import base64
import hashlib
import hmac
import json
import time

import pytest

from helpdesk.models import DeskSettings, Thread
from tests import make

KEY = "shared with the shop"


@pytest.fixture(autouse=True)
def key(settings):
    settings.SHOP_TOKEN_KEYS = [KEY]


def token(key=KEY, **facts):
    """As docs/embed.md tells the shop to make it."""
    facts = {"email": "john@example.com", "name": "John Doe", "expires": int(time.time()) + 600, **facts}
    body = base64.urlsafe_b64encode(json.dumps(facts).encode()).decode().rstrip("=")
    mac = hmac.new(key.encode(), body.encode(), hashlib.sha256).digest()
    return f"{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


@pytest.mark.row("FO14")
def test_it_fixes_the_address_and_lists_own_orders_with_their_products(client, world):
    make.order(world.john, "MK-77")
    make.order(make.customer("Eve", "eve@example.com"), "MK-99")
    page = client.get(f"/contact/?customer={token()}&order=MK-77").content.decode()
    assert 'value="john@example.com"' in page
    assert "disabled" in page.split('name="email"')[1].split(">")[0]
    assert '<option value="MK-77" selected>MK-77 · 1 Nov · €42.50</option>' in page
    assert '<optgroup label="MK-77">' in page
    assert "Taza Alba" in page
    assert "MK-99" not in page


@pytest.mark.row("FO14")
def test_the_posted_address_does_not_count_and_the_order_is_linked(client, world, fill):
    order = make.order(world.john, "MK-77")
    fill(query=f"?customer={token()}", email="eve@example.com", order="MK-77", product="MUG")
    thread = Thread.objects.get()
    assert (thread.email, thread.order, thread.product.name) == ("john@example.com", order, "Taza Alba")


@pytest.mark.row("FO14")
def test_it_may_expire_while_the_form_is_filled_in(client, world, fill):
    fill(query=f"?customer={token()}", after=3600, email="eve@example.com")
    assert Thread.objects.get().email == "john@example.com"


@pytest.mark.row("FO14")
def test_the_customers_id_in_the_shop_finds_them_under_another_address(client, world):
    world.john.shop_id = "c-12"
    world.john.save()
    make.order(world.john, "MK-77")
    page = client.get(f"/contact/?customer={token(email='new@example.com', customer='c-12')}").content.decode()
    assert "MK-77" in page
    assert 'value="new@example.com"' in page


@pytest.mark.row("FO14")
@pytest.mark.parametrize(
    "bad",
    [
        token(key="guessed"),
        token(expires=int(time.time()) - 1),
        token()[:-3],
        token().replace(".", "x."),
        token(email="no address"),
        token(email=["a@example.com"]),
        token(expires="soon"),
        "....",
        "é.ü",
        "",
    ],
)
def test_a_tampered_or_expired_token_is_ignored_silently(client, world, bad):
    make.order(world.john, "MK-77")
    response = client.get("/contact/", {"customer": bad})
    page = response.content.decode()
    assert response.status_code == 200
    assert "MK-77" not in page
    assert "john@example.com" not in page
    assert "errsum" not in page


def test_an_order_of_somebody_else_cannot_be_chosen(client, world, fill):
    make.order(world.john, "MK-77")
    make.order(make.customer("Eve", "eve@example.com"), "MK-99")
    page = fill(query=f"?customer={token()}", order="MK-99").content.decode()
    assert "Choose one of your orders." in page
    assert not Thread.objects.exists()


@pytest.mark.row("FO15")
def test_only_the_shops_own_site_may_frame_the_form(client, world):
    DeskSettings.objects.update_or_create(pk=1, defaults={"shop_url": "https://shop.test/es/"})
    framed, bare = client.get("/contact/?embed=1"), client.get("/contact/")
    assert "frame-ancestors https://shop.test;" in framed["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in framed
    assert "frame-ancestors 'none'" in bare["Content-Security-Policy"]
    assert bare["X-Frame-Options"] == "DENY"


@pytest.mark.row("FO15")
def test_the_confirmation_stays_in_the_frame(client, world, fill):
    DeskSettings.objects.update_or_create(pk=1, defaults={"shop_url": "https://shop.test/"})
    response = client.get(fill(query="?embed=1")["Location"])
    assert "frame-ancestors https://shop.test" in response["Content-Security-Policy"]
    assert 'target="_blank"' in response.content.decode()


def test_the_token_is_not_kept_as_the_page_it_came_from(client, world, fill):
    fill(query=f"?customer={token()}", headers={"Referer": f"http://testserver/contact/?customer={token()}"})
    assert Thread.objects.get().messages.get().page_url == "http://testserver/contact/"
