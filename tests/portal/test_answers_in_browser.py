"""The form that answers first, in a real browser: the answer comes as the order is chosen, and what was typed stays."""

from typing import Any

import pytest
from playwright.sync_api import expect

from crm.models import Order
from helpdesk.models import Deflection, Thread
from tests import make
from tests.barriers import barriers
from tests.portal.test_pages_in_browser import shop  # noqa: F401 - a fixture
from tests.portal.test_shop_token import KEY, token

pytestmark = pytest.mark.browser


def test_the_answer_appears_as_the_order_is_chosen(shop: Any, settings: Any, page: Any) -> None:  # noqa: F811
    settings.SHOP_TOKEN_KEYS = [KEY]
    for reference, carrier in (("MK-77", "Swift Parcels"), ("MK-78", "Slow Parcels")):
        make.order(shop.john, reference, is_shipped=True, carrier=carrier)
    page.goto(f"/contact/?customer={token()}")
    page.locator("textarea").fill("Half a message")
    page.locator("select[name=order]").select_option("MK-77")
    page.get_by_text("with Swift Parcels").wait_for()
    assert page.locator("textarea").input_value() == "Half a message"
    assert not page.get_by_role("button", name="See how this order stands").is_visible()
    assert barriers(page) == []
    page.locator("select[name=order]").select_option("MK-78")
    page.get_by_text("with Slow Parcels").wait_for()
    page.get_by_role("link", name="I still need help").click()
    expect(page.locator("[name=message]")).to_be_focused()
    page.get_by_role("button", name="This answers me").click()
    page.get_by_role("heading", name="Thank you, that helps us too").wait_for()
    assert Deflection.objects.get().order == Order.objects.get(reference="MK-78")
    assert not Thread.objects.exists()
