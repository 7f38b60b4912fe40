"""What a shop sends is on open pages at once."""

import pytest
import requests
from playwright.sync_api import expect

from crm.models import Shop
from live import wire
from tests import make
from tests.browser import until

pytestmark = pytest.mark.browser
LIMIT = 2000  # ms that the row allows; a second is what a machine with nothing else to do needs at most


@pytest.mark.row("CV11", "CA7")
def test_a_cart_that_the_shop_changes_is_in_the_panel_and_on_the_customers_page_without_a_reload(
    world_live, sign_in, desk_url
):
    shop = Shop.objects.create(name="Taller Norte")
    world_live.john.source, world_live.john.shop_id = shop, "17"
    world_live.john.save()
    thread = make.thread(world_live.service, "Where is my order?")
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {shop.renew_token()}"

    def put(quantity: int) -> None:
        line = {"name": "Cuenco Bruma", "quantity": quantity, "unit_price": "15.00"}
        answer = session.put(f"{desk_url}/api/carts/5/", json={"customer": "17", "lines": [line]}, timeout=5)
        assert answer.status_code in (200, 201), answer.text

    put(1)
    page, said = sign_in(world_live.bob), "€15.00"
    for path, place, quantity in (
        (f"/threads/{thread.pk}/", ".pcard ~ div", 4),
        (f"/customers/{world_live.john.pk}/", "#carts", 7),
    ):
        page.goto(path)
        cart = page.locator(place).filter(has_text="Cuenco Bruma").first
        expect(cart).to_contain_text(said)
        until(page, lambda: wire.sockets.get(f"customer-{world_live.john.pk}"), "the page does not listen")
        put(quantity)
        said = f"€{15 * quantity}.00"
        expect(cart).to_contain_text(said, timeout=LIMIT)
