"""The same way for a customer without JavaScript who never uses mail: form, status page, answer there."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from helpdesk.models import DeskSettings, PredefinedReply, Thread
from portal import guard
from tests import make

pytestmark = pytest.mark.browser
BOWLS, PROMISE, THANKS = (
    "Two bowls arrived broken.",
    "Dear Emma, two new ones leave today.",
    "They are here, and a mug is missing.",
)


@pytest.fixture
def customer(browser: Browser, desk_url: str) -> Iterator[Page]:
    """Emma's browser: without JavaScript, and no session of the desk's."""
    context = browser.new_context(base_url=desk_url, locale="en-GB", java_script_enabled=False)
    yield context.new_page()
    assert not context.cookies()
    context.close()


@pytest.fixture
def queue(world_live, sign_in, monkeypatch) -> Page:
    """Bob's open queue, marked, with a thread in it; Emma may type as fast as this browser does."""
    monkeypatch.setattr(guard, "LEAST_SECONDS", 0)
    DeskSettings.objects.update_or_create(pk=1, defaults={"undo_seconds": 0})
    words = "<p>Dear {{ customer.first_name }}, two new ones leave today.</p>"
    PredefinedReply.objects.create(title="New ones", shortcut="new", bodies={"en": words})
    make.thread(world_live.service, subject="Another matter")
    page = sign_in(world_live.bob)
    watch(page)
    return page


def watch(page: Page) -> None:
    page.mouse.move(5, 5)
    expect(page.locator(".nav [data-live-dot]")).to_be_visible()
    page.evaluate("window.stayed = true")


def write(page: Page) -> None:
    page.goto("/contact/")
    page.get_by_label("Service").check()
    page.get_by_label(re.compile("^Your name")).fill("Emma Stone")
    page.get_by_label(re.compile("^Your e-mail")).fill("emma@example.com")
    page.get_by_label(re.compile("^Message")).fill(BOWLS)
    page.get_by_role("button", name="Send message").click()
    page.get_by_role("link", name="See how it is going").click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text(BOWLS)


@pytest.mark.row("FO1")
@pytest.mark.row("FO11")
@pytest.mark.row("CS1")
@pytest.mark.row("CS13")
@pytest.mark.row("ST6")
def test_a_form_is_answered_closed_and_answered_again(queue, customer, world_live):
    page = queue
    write(customer)
    expect(page.locator("#queue .row").first).to_contain_text(BOWLS)
    assert page.evaluate("window.stayed"), "it appeared by itself"
    thread = Thread.objects.get(email="emma@example.com")

    page.locator("#queue .row").first.get_by_role("link").click()
    page.locator(".ProseMirror").click()
    page.keyboard.type("/new")
    page.keyboard.press("Tab")
    expect(page.locator(".ProseMirror")).to_have_text(PROMISE)
    page.keyboard.press("Control+Shift+Enter")
    page.wait_for_url(re.compile("sent="))
    thread.refresh_from_db()
    assert (thread.status, thread.channel) == ("closed", "form")

    page.goto("/")
    expect(page.get_by_role("link", name="Another matter")).to_be_visible()
    watch(page)
    customer.reload()
    expect(customer.get_by_text(PROMISE)).to_be_visible()
    customer.get_by_label("Your reply").fill(THANKS)
    customer.get_by_role("button", name="Send reply").click()
    expect(customer.get_by_text("Your answer has been added.")).to_be_visible()

    top = page.locator("#queue .row").first
    expect(top).to_contain_text(THANKS)
    expect(top).to_have_class(re.compile("is-unread"))
    assert page.evaluate("window.stayed"), "it came back by itself"
    thread.refresh_from_db()
    assert (thread.status, thread.message_count) == ("open", 3)
