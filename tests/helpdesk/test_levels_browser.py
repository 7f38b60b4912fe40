"""Targets and due times in a real browser: set, seen in queue and head, explained, and no barriers on the way."""

import re

import pytest
from playwright.sync_api import expect

from helpdesk import jobs
from helpdesk.models import Calendar, Target
from tests import make
from tests.barriers import barriers


@pytest.mark.browser
@pytest.mark.row("FO10")
def test_a_supervisor_sets_a_target_and_sees_what_is_due_and_why(world_live, sign_in):
    Calendar.objects.create(name="Always", week={str(day): [[0, 1440]] for day in range(7)})
    thread = make.thread(world_live.service, subject="Where is it?")
    page = sign_in(world_live.alice, "/settings/targets/")
    assert barriers(page) == []
    page.get_by_label("First answer", exact=True).fill("30 min")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The targets are saved.")).to_be_visible()
    assert Target.objects.get().first == 30
    jobs.follow_targets()
    page.goto("/?sort=due")
    expect(page.locator("#queue .row")).to_contain_text(re.compile(r"2\d min left"))
    assert barriers(page) == []
    page.goto(f"/threads/{thread.pk}/")
    page.locator("[data-menu=priority] summary").click()
    page.get_by_role("button", name="Urgent").click()
    expect(page.locator("[data-menu=priority] summary")).to_contain_text("Urgent")
    page.locator("a.due").click()
    expect(page.get_by_text("The clock starts")).to_be_visible()
    assert barriers(page) == []
    page.goto("/settings/notices/")
    assert barriers(page) == []
