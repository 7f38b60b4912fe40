"""Choosing several threads in a real browser."""

import re

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
    row = page.locator("#queue .row")
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
    expect(page.locator(".nav [data-live-dot]")).to_be_visible()  # of this page too
    assert set(Thread.objects.values_list("status", "reopened_count")) == {("open", 0)}

    # One thread by a key, without choosing it: the list stays where it is, the way back comes below it.
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(page.get_by_text("1 thread set to Pending 2.")).to_be_visible()
    expect(row.nth(1)).to_have_class(re.compile("is-cursor"))
    expect(row.nth(1).locator(".row__st")).to_contain_text("Pending 2")
    page.keyboard.press("z")
    expect(page.get_by_text("Undone for 1 thread.")).to_be_visible()
    expect(row.nth(1).locator(".row__st")).to_contain_text("Open")

    # From one row to another, then all of them to somebody.
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(bar).to_contain_text("2 selected")
    page.keyboard.press("Shift+A")
    expect(bar).to_contain_text("3 selected")
    page.keyboard.press("a")
    expect(bar.get_by_role("button", name="Me", exact=False).first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 threads assigned: Bob Agent.")).to_be_visible()
    expect(page.locator(".nav [data-live-dot]")).to_be_visible()  # the list was loaded anew
    page.keyboard.press("?")
    for said in ("Assign to…", "Pending 1", "Select up to here", "Select all that is shown", "Undo"):
        expect(page.get_by_role("dialog").get_by_text(said, exact=True)).to_be_visible()


@pytest.mark.browser
@pytest.mark.row("CS6")
def test_tags_of_several_are_put_on_and_taken_off_by_keyboard(world_live, sign_in):
    one, two = (make.thread(world_live.service, sender=f"p{n}@example.com") for n in range(2))
    for thread, tags in ((one, ["late", "vip"]), (two, ["vip"])):
        thread.set_tags(tags, by=world_live.bob)
    page = sign_in(world_live.bob)
    for key in ("j", "x", "j", "x", "l"):
        page.keyboard.press(key)
    expect(page.locator("#tag-search")).to_be_focused()
    page.keyboard.press("Escape")  # opened again, it is fetched again, and what is typed meanwhile is not lost
    page.keyboard.press("l")
    page.keyboard.type("la")
    expect(page.locator("#tag-search")).to_have_value("la")
    page.fill("#tag-search", "")
    expect(page.get_by_role("checkbox", name="late")).to_have_attribute("aria-checked", "mixed")
    vip = page.get_by_role("checkbox", name="vip")
    expect(vip).to_have_attribute("aria-checked", "true")
    vip.click()
    expect(vip).to_contain_text("− removed from 2")
    page.fill("#tag-search", "Fair")
    page.keyboard.press("Enter")
    assert barriers(page) == []
    page.fill("#tag-search", "late")  # typed, and not entered: meant all the same
    page.get_by_role("button", name="Change the tags").click()
    expect(page.get_by_text("Tags of 2 threads: + Fair, + late, − vip.")).to_be_visible()
    assert [{tag.name for tag in thread.tags.all()} for thread in (one, two)] == [{"Fair", "late"}] * 2

    # Enter in an empty field does what was chosen, not what the bar's first button would do.
    page.keyboard.press("j")
    page.keyboard.press("l")
    page.locator("#tag-search").fill("Fair")
    page.get_by_role("checkbox", name="Fair").click()
    page.fill("#tag-search", "")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tags of 1 thread: − Fair.")).to_be_visible()
    assert not Thread.objects.filter(assignee__isnull=False).exists()
