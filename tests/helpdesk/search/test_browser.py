"""The palette and the search page by keyboard, in Chromium."""

import re

import pytest
from playwright.sync_api import expect

from tests import make
from tests.barriers import barriers

pytestmark = pytest.mark.browser


def test_the_palette_opens_from_anywhere_finds_and_goes(world_live, sign_in):
    thread = make.thread(text="Una taza rota", subject="Roto")
    page = sign_in(world_live.bob)
    field, options = page.locator("#palette-input"), page.locator("#palette-list [role=option]")
    page.focus("#q")
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.type("doe joh")
    expect(options.first).to_contain_text("John Doe")
    expect(page.locator("#palette-customers")).to_be_visible()
    assert barriers(page) == []
    count = options.count()
    for _ in range(count - 1):
        page.keyboard.press("ArrowDown")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-activedescendant", "palette-option-0")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/threads/{thread.pk}/")
    page.goto("/boxes/")
    page.keyboard.press("Control+k")
    expect(options.first).to_contain_text("Roto")  # the last place
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.goto(f"/threads/{thread.pk}/")
    page.keyboard.press("Control+k")
    page.keyboard.type(">assign to me")
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("taza")
    expect(page.locator("[data-search-all]")).to_be_visible()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/search/?in=all&q=taza")


def test_results_come_while_typing_and_the_keyboard_opens_them(world_live, sign_in):
    first, second = make.thread(text="taza uno"), make.thread(text="taza dos", subject="Otra")
    page = sign_in(world_live.bob, "/search/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("tazas")
    rows = page.locator("[data-result]")
    expect(rows).to_have_count(2)
    expect(page.locator("#search-count")).to_contain_text("2 results")
    assert barriers(page) == []
    page.keyboard.press("ArrowDown")
    expect(rows.first).to_have_class(re.compile("is-cursor"))
    page.keyboard.press("j")
    expect(rows.last).to_have_class(re.compile("is-cursor"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/threads/{first.pk}/")
    page.goto("/search/?in=all&q=taza")
    page.focus("#q")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/threads/{second.pk}/")
