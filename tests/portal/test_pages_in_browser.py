"""Customers' pages in a real browser: with and without JavaScript, light and dark, on a phone."""

import re

import pytest
from playwright.sync_api import expect

from helpdesk import links
from helpdesk.models import DeskSettings, Thread
from portal import guard
from tests import make
from tests.barriers import barriers

pytestmark = pytest.mark.browser
TARGETS = "a:not(.skip), button, input[type=text], input[type=email], select, textarea, .choice label, .consent, .att"
SMALL_TARGETS = f"""() => [...document.querySelectorAll("{TARGETS}")]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().height])
  .filter(([, height]) => height < 44)"""


@pytest.fixture
def shop(world_live, monkeypatch):
    """A shop with a privacy text; its form may be sent as fast as this browser types."""
    monkeypatch.setattr(guard, "LEAST_SECONDS", 0)
    texts = {"en": "We keep your words for two years."}
    row = {"shop_name": "Taller Norte", "shop_url": "https://shop.test/", "undo_seconds": 0, "privacy_texts": texts}
    DeskSettings.objects.update_or_create(pk=1, defaults=row)
    world_live.service.descriptions = {"en": "Orders, deliveries, exchanges and questions about products"}
    world_live.service.save()
    return world_live


def fill_in(page, message="Two bowls arrived broken."):
    page.get_by_label("Service").check()
    page.get_by_label(re.compile("^Your e-mail")).fill("emma@example.com")
    page.get_by_label(re.compile("^Message")).fill(message)
    page.get_by_label(re.compile("I have read the privacy text")).check()


@pytest.mark.row("FO1")
@pytest.mark.row("FO13")
def test_a_message_is_sent_and_answered_without_javascript_and_cookies(shop, browser, desk_url):
    context = browser.new_context(base_url=desk_url, locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto("/contact/")
    page.get_by_label("Service").check()
    page.get_by_label(re.compile("^Your e-mail")).fill("emma@")
    page.get_by_label(re.compile("^Message")).fill("Two bowls arrived broken.")
    page.get_by_label(re.compile("I have read the privacy text")).check()
    page.set_input_files("#id_files", {"name": "bowls.txt", "mimeType": "text/plain", "buffer": b"in pieces"})
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("link", name="Write your full e-mail").wait_for()
    page.get_by_label(re.compile("^Your e-mail")).fill("emma@example.com")
    assert page.get_by_label(re.compile("bowls.txt")).is_checked()
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("heading", name="Message sent").wait_for()
    page.get_by_role("link", name="See how it is going").click()
    page.get_by_label("Your reply").fill("And a mug.")
    page.get_by_role("button", name="Send reply").click()
    page.get_by_text("Your answer has been added.").wait_for()
    thread = Thread.objects.get()
    assert [one.text for one in thread.messages.all()] == ["Two bowls arrived broken.", "And a mug."]
    assert (thread.folder, thread.messages.first().attachments.get().name) == ("desk", "bowls.txt")
    assert not context.cookies()
    context.close()


@pytest.mark.row("FO1")
def test_files_are_listed_taken_out_and_sent(shop, page):
    page.goto("/contact/")
    files = [{"name": name, "mimeType": "text/plain", "buffer": b"words"} for name in ("first.txt", "second.txt")]
    for file in files:
        page.set_input_files("#id_files", file)
    page.get_by_role("button", name="Remove first.txt").click()
    fill_in(page)
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("heading", name="Message sent").wait_for()
    assert [one.name for one in Thread.objects.get().messages.get().attachments.all()] == ["second.txt"]


@pytest.mark.row("FO7")
def test_a_double_click_is_one_message(shop, page):
    page.goto("/contact/")
    fill_in(page)
    page.get_by_role("button", name="Send message").dblclick()
    page.get_by_role("heading", name="Message sent").wait_for()
    assert Thread.objects.get().message_count == 1


def test_order_fields_go_where_they_are_not_asked_for(shop, page):
    shop.accounting.asks_order = False
    shop.accounting.save()
    page.goto("/contact/")
    page.get_by_label("Service").check()
    expect(page.get_by_label(re.compile("^Order"))).to_be_visible()
    page.get_by_label("Accounting").check()
    expect(page.get_by_label(re.compile("^Order"))).to_be_hidden()


def test_errors_take_the_focus_and_lead_to_their_fields(shop, page):
    page.goto("/contact/")
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("alert").wait_for()
    assert page.title().startswith("Error: Write to us")
    assert page.evaluate("document.activeElement.className") == "errsum"
    page.get_by_role("link", name="Write your message.").click()
    expect(page.locator("#id_message")).to_be_focused()


@pytest.mark.parametrize("width", [1440, 390])
def test_all_pages_are_accessible_and_fit(shop, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 30
    thread = make.thread(shop.service, "Two bowls broke", language="en", files=(make.file("a.png", png, "image/png"),))
    thread.reply("I am sorry. We send two new ones.", by=shop.bob)
    token = links.portal_token(thread, proven=True)
    page.goto("/contact/")
    assert not barriers(page)
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("alert").wait_for()
    addresses = [page.url, f"/t/{token}/"]
    for address in addresses:
        if address != page.url:
            page.goto(address)
        assert not barriers(page)
        assert not page.evaluate(SMALL_TARGETS)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/contact/")
    fill_in(page)
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("heading", name="Message sent").wait_for()
    assert not barriers(page)
    assert not page.evaluate(SMALL_TARGETS)
