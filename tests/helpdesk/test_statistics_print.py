"""The week on paper."""

import re

import pytest

from tests.helpdesk.stories import Stage


@pytest.mark.browser
def test_a_week_is_printed_on_two_pages_without_what_is_for_the_screen(world_live, sign_in):
    Stage(world_live).play()
    page = sign_in(world_live.alice, "/statistics/?from=2025-03-24&to=2025-03-30")
    page.emulate_media(media="print")
    assert not page.locator(".nav, .tabbar, #bell").filter(visible=True).count()
    assert page.get_by_role("heading", level=1).is_visible()
    paper = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 2
