"""The queue in a real browser."""

import pytest

from tests import make


@pytest.mark.browser
@pytest.mark.row("CS1")
def test_an_agent_sees_the_queue_first(world_live, sign_in):
    make.thread(world_live.service, subject="Two bowls broken")
    page = sign_in(world_live.bob)
    assert page.get_by_role("link", name="Two bowls broken").is_visible()
