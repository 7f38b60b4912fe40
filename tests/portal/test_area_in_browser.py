"""The private area in a real browser: without JavaScript on a phone, and for everybody's eyes and hands."""

import pytest

from helpdesk.models import DeskSettings, OutgoingMail, Status
from tests import make
from tests.barriers import barriers
from tests.portal.conftest import PASSWORD, link_in
from tests.portal.test_pages_in_browser import SMALL_TARGETS

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(world_live):
    """A shop with a customer who has everything that the area shows."""
    row = {"shop_name": "Taller Norte", "shop_url": "https://shop.test/", "undo_seconds": 0}
    DeskSettings.objects.update_or_create(pk=1, defaults=row)
    john = world_live.john
    john.language = "en"
    john.save()
    john.set_emails(["john@example.com", "a.very.long.address.of.john@subdomain.example.com"])
    john.set_password(PASSWORD)
    john.addresses.create(line1="Calle Mayor 1", city="Madrid", country="ES", postcode="28013")
    make.order(john, "MK-77", is_shipped=True, tracking_url="https://carrier.test/1")
    make.thread(world_live.service, subject="Two bowls broke").reply("Which?", by=world_live.bob, then=Status.PENDING_1)
    return world_live


def small(page):
    """Targets below 44 px: not links that fill their row, nor the hidden button that the Enter key takes."""
    return [one for one in page.evaluate(SMALL_TARGETS) if not any(word in one[0] for word in ("stretch", '"vh"'))]


@pytest.mark.row("AR28")
def test_a_link_leads_in_and_out_again_without_javascript_on_a_phone(shop, browser, desk_url):
    phone = {"width": 390, "height": 844}
    context = browser.new_context(base_url=desk_url, locale="en-GB", java_script_enabled=False, viewport=phone)
    page = context.new_page()
    page.goto("/area/orders/")
    page.get_by_label("E-mail or user name").fill("john@example.com")
    page.get_by_role("button", name="Mail me a link to sign in").click()
    page.get_by_role("heading", name="Look into your e-mail").wait_for()
    page.goto(link_in(OutgoingMail.objects.latest("pk")))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Two bowls broke").click()
    page.get_by_label("Your reply").fill("The blue ones.")
    page.get_by_role("button", name="Send reply").click()
    page.get_by_text("Your answer has been added.").wait_for()
    page.get_by_role("link", name="Your area").click()
    page.get_by_text("On it").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Come into your area").wait_for()
    page.goto("/area/messages/")
    page.get_by_role("heading", name="Come into your area").wait_for()
    context.close()


@pytest.mark.row("AR28")
@pytest.mark.parametrize("width", [390, 1440])
def test_every_page_is_readable_and_its_targets_are_large_enough(shop, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/area/sign-in/")
    assert (barriers(page), small(page)) == ([], [])
    page.get_by_label("E-mail or user name").fill("john@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/area/messages/")
    order = shop.john.orders.get().pk
    for path in ("messages", "orders", f"orders/{order}", "details", "access", "access/password", "access/username"):
        page.goto(f"/area/{path}/")
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert (path, barriers(page), small(page), wide) == (path, [], [], False)
