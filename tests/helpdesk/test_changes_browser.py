"""Choosing several threads in a real browser."""

import pytest
from playwright.sync_api import expect

from helpdesk.models import Thread
from tests import make
from tests.barriers import barriers


@pytest.mark.browser
@pytest.mark.row("CS6")
def test_threads_are_chosen_and_closed_by_keyboard_and_come_back(world_live, sign_in):
    for n in range(3):
        make.thread(world_live.service, subject=f"Question {n}", sender=f"p{n}@example.com")
    page = sign_in(world_live.bob)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    bar = page.get_by_role("form", name="With the selection")
    expect(bar).to_contain_text("2 selected")
    expect(bar.get_by_text("Tags", exact=True)).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    for _ in range(2):
        page.keyboard.press("x")
        page.keyboard.press("k")
    expect(bar).to_contain_text("2 selected")
    page.keyboard.press("e")
    expect(page.get_by_text("2 threads set to Closed.")).to_be_visible()
    expect(page.locator("#queue .row")).to_have_count(1)
    expect(page.locator(".nav [data-live-dot]")).to_be_visible()  # its scripts run
    page.keyboard.press("z")
    expect(page.locator("#queue .row")).to_have_count(3)
    assert set(Thread.objects.values_list("status", "reopened_count")) == {("open", 0)}
