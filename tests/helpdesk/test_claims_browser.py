"""The panel in a browser: a click links, the reply is put in, sections stay closed, the live cart keeps up."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from crm.models import CartItem
from tests import make

pytestmark = pytest.mark.browser

SCENE = "Hola, hoy hice un pedido: una jarra esmaltada y una taza Bruma. Me cobraron 50,90 €. ¿Dónde está?"


@pytest.mark.row("CA8")
@pytest.mark.row("TH10")
@pytest.mark.row("CV11")
def test_a_cart_is_linked_answered_and_seen_to_change_without_leaving_the_thread(world_live, page, sign_in):
    cart = make.cart(is_charged=True)
    cart.replace_lines([CartItem("Jarra esmaltada", 1, Decimal("36.90")), CartItem("Taza Bruma", 1, Decimal(14))])
    thread = make.thread(world_live.service, SCENE, sender="ana@nowhere.test", sender_name="Ana Ruiz", language="es")
    sign_in(world_live.bob, f"/threads/{thread.pk}/")
    panel = page.locator("#panel")
    panel.get_by_role("button", name="It is theirs: link").click()
    expect(panel.get_by_text("The cart it is about")).to_be_visible()
    panel.get_by_role("button", name="Reply “we found it”").click()
    expect(page.locator("#composer")).to_contain_text("Lo hemos encontrado")
    expect(page.locator("#composer")).to_contain_text("50,90")

    panel.get_by_text("Customer", exact=True).click()
    expect(panel.locator("details[data-remember=customer]")).not_to_have_attribute("open", "")
    page.reload()
    expect(panel.locator("details[data-remember=customer]")).not_to_have_attribute("open", "")
    expect(panel.locator("details[data-remember=claimed]")).to_have_attribute("open", "")

    cart.refresh_from_db()
    cart.replace_lines([CartItem("Tetera Norte", 1, Decimal(58))])
    expect(panel.locator("details[data-remember=cart]")).to_contain_text("Tetera Norte")
