"""Who is in charge."""

import pytest

from helpdesk.models import Notice
from tests import make


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


@pytest.mark.row("TH11")
def test_taking_a_thread_makes_me_its_assignee(world, bob):
    thread = make.thread(world.service)
    assert bob.post(f"/threads/{thread.pk}/assignment/", {"assignee": world.bob.pk}).status_code == 303
    thread.refresh_from_db()
    assert thread.assignee == world.bob
    assert not Notice.objects.exists()


@pytest.mark.row("TH17")
def test_assigning_tells_the_colleague_and_is_written_down(world, bob):
    thread = make.thread(world.service)
    bob.post(f"/threads/{thread.pk}/assignment/", {"assignee": world.alice.pk})
    assert Notice.objects.get().agent == world.alice
    assert thread.events.get(kind="assigned").sentence == "Bob Agent: assigned to Alice Supervisor"
    bob.post(f"/threads/{thread.pk}/assignment/", {"assignee": ""})
    thread.refresh_from_db()
    assert thread.assignee is None


def test_somebody_who_may_not_see_the_thread_is_refused_with_a_sentence(world, bob):
    thread = make.thread(world.service)
    refused = bob.post(f"/threads/{thread.pk}/assignment/", {"assignee": world.charlie.pk})
    assert refused.status_code == 400
    assert "This person cannot see the thread." in refused.content.decode()
    thread.refresh_from_db()
    assert thread.assignee is None


def test_the_menu_names_those_who_may_see_the_thread(world, bob):
    thread = make.thread(world.service)
    menu = bob.get(f"/threads/{thread.pk}/choices/assignee/").content.decode()
    assert "Alice Supervisor" in menu
    assert "Bob Agent" in menu
    assert "Charlie" not in menu
