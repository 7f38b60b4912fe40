"""Notices that a real browser shows: asked for on a click, live, once in all pages, and silent while muted."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from helpdesk import notices
from helpdesk.models import NoticeKind
from tests import make
from tests.barriers import barriers
from tests.browser import until

# What Chromium would show outside of the page, where no test can look; permission begins as in a new browser.
SHOWN = """(() => {
  const key = "test-permission";
  window.asked = 0;
  window.Notification = class extends EventTarget {
    static get permission() { return localStorage.getItem(key) ?? "default"; }
    static async requestPermission() { window.asked += 1; localStorage.setItem(key, "granted"); return "granted"; }
    constructor(title, options) {
      super();
      const shown = JSON.parse(localStorage.getItem("test-shown") ?? "[]");
      localStorage.setItem("test-shown", JSON.stringify([...shown, `${title}: ${options.body}`]));
      this.body = options.body;
      window.last = this;
    }
    close() {}
  };
})()"""


def shown(page: Page) -> Any:
    return page.evaluate("JSON.parse(localStorage.getItem('test-shown') ?? '[]')")


@pytest.mark.browser
@pytest.mark.row("FO10")
def test_the_browser_tells_once_it_was_allowed_to_by_a_click(world_live, page, sign_in):
    page.add_init_script(SHOWN)
    page = sign_in(world_live.bob, "/settings/notices/")
    expect(page.get_by_text("This browser does not show notices yet.")).to_be_visible()
    assert barriers(page) == []
    assert page.evaluate("window.asked") == 0  # never by itself
    page.get_by_role("button", name="Allow it here").click()
    expect(page.get_by_text("This browser shows notices.")).to_be_visible()
    until(page, lambda: page.evaluate("localStorage.getItem('newest-notice') !== null"))
    page.get_by_role("button", name="Try one").click()
    example = ["This is how a notice looks: Nothing happened; you asked to see one."]
    until(page, lambda: shown(page) == example, "no example was shown")
    thread = make.thread(world_live.service, subject="Broken bowl")
    expect(page.locator(".nav [data-live-dot]")).to_be_visible()
    other = page.context.new_page()
    other.add_init_script(SHOWN)
    other.goto("/")
    expect(other.locator(".nav [data-live-dot]")).to_be_visible()
    thread.assign(world_live.bob, by=world_live.alice)
    told = "Alice Supervisor assigned a thread to you: Broken bowl"
    until(page, lambda: told in shown(page), "nothing was shown")
    expect(other.locator("#bell .nav__n")).to_have_text("1")
    other.locator("#bell-button").click()
    assert barriers(other) == []
    other.get_by_role("button", name="Mute for 1 h").click()
    expect(other.get_by_text("The browser is silent until")).to_be_visible()
    notices.tell(world_live.bob, NoticeKind.MENTIONED, thread, text="@bob")
    expect(other.locator("#bell .nav__n")).to_have_text("2")
    other.get_by_role("button", name="Show notices again").click()
    expect(other.get_by_role("button", name="Mute for 1 h")).to_be_visible()
    notices.tell(world_live.bob, NoticeKind.MENTIONED, thread, text="And now?", by_name="Alice")
    until(page, lambda: len(shown(page)) > 2, "unmuted, nothing was shown")
    assert shown(page)[1:] == [told, "Alice named you in a note: And now?"]  # by one of the two pages
    one = next(each for each in (page, other) if each.evaluate("window.last?.body") == "And now?")
    one.evaluate("window.last.dispatchEvent(new Event('click'))")
    one.wait_for_url(f"**/threads/{thread.pk}/")
