"""A supervisor works off a Friday review of forty threads with the keyboard alone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from helpdesk.models import DeskSettings, Message, ReviewStep, Thread
from tests import make
from tests.barriers import barriers
from tests.browser import until

pytestmark = pytest.mark.browser


@pytest.mark.row("WK1")
@pytest.mark.parametrize("threads", [9, pytest.param(40, marks=pytest.mark.soak)])
def test_all_are_reviewed_by_keyboard_with_one_undone_and_the_list_stays_live(world_live, sign_in, threads):
    world_live.alice.language = "en"
    world_live.alice.save()
    DeskSettings.objects.update(undo_seconds=60)
    for n in range(threads):
        thread = make.thread(world_live.service, sender=f"p{n}@x.test", sender_name=f"Person {n}", subject=f"Case {n}")
        at = timezone.now() - timedelta(days=2, minutes=threads - n)
        Thread.objects.filter(pk=thread.pk).update(waiting_since=at, inbound_at=at, active_at=at)
        thread.messages.update(created_at=at)
    first = f"#review-row-{Thread.objects.earliest('pk').pk}"
    page = sign_in(world_live.alice)
    keys = page.keyboard
    page.locator("[data-socket]").wait_for()
    keys.press("g")
    keys.press("f")
    expect(page.locator(".rv__row")).to_have_count(threads)
    assert barriers(page) == []
    keys.press("j")
    expect(page.locator(f"{first} .rv__subj")).to_be_focused()
    keys.press("x")
    expect(page.locator("[data-selected]")).to_have_text("1 selected")
    make.thread(world_live.service, sender="late@x.test", subject="Late").announce()
    expect(page.locator(".rv__row")).to_have_count(threads + 1)  # it came by itself, and the tick stays
    expect(page.locator(f"{first} [name=ids]")).to_be_checked()
    keys.press("x")
    keys.press("Enter")

    subject = page.locator("#review-subject")
    expect(subject).to_have_text("Case 0")
    assert barriers(page) == []
    keys.press("ArrowDown")
    expect(subject).to_have_text("Case 1")
    keys.press("k")
    expect(subject).to_have_text("Case 0")
    keys.press("Enter")
    expect(subject).to_have_text("Case 1")
    expect(page.locator(".undo")).to_contain_text("Follow-up to Person 0 on its way")
    with page.expect_navigation():
        keys.press("z")
    expect(subject).to_have_text("Case 0")
    until(page, lambda: not ReviewStep.objects.in_force().exists())
    menus = {3: ("s", "1"), 4: ("c",), 5: ("h", "1"), 6: ("x", "2"), 7: ("s", "ArrowDown", "Enter")}
    for n in range(threads):
        expect(subject).to_have_text(f"Case {n}")
        for key in menus.get(n, ("Enter",)):
            keys.press(key)
    expect(subject).to_have_text("Late")
    keys.press("Enter")
    expect(page.locator("#review-empty")).to_contain_text("Nobody is waiting.")
    counted = [ReviewStep.objects.in_force().filter(kind=kind).count() for kind in ("sent", "snoozed", "closed")]
    assert counted == [threads - 5 + 1, 2, 1]
    assert ReviewStep.objects.in_force().get(kind="skipped").reason == "carrier"
    assert ReviewStep.objects.in_force().get(kind="handed").reason == "Bob Agent"
    assert Message.objects.filter(kind="reply", recalled_at=None).count() == threads - 5 + 1
