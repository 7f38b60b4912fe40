"""Who is away, who stands in, and what becomes of their threads."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Absence
from helpdesk import jobs
from helpdesk.models import Thread
from tests import make

HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def dora(world):
    return make.agent("Dora Deputy", contacts=(world.service,))


def away(client, agent, **more):
    today = timezone.localdate()
    said = {"since": today.isoformat(), "until": (today + timedelta(days=3)).isoformat(), "threads": "keep"} | more
    return client.post(f"/settings/team/{agent.pk}/absence/", said)


@pytest.mark.row("FW7")
def test_assigning_to_an_absent_agent_warns_and_names_the_deputy(world, client, dora):
    client.force_login(world.alice)
    assert away(client, world.bob, deputy=dora.pk).status_code == 302
    thread = make.thread(world.service)
    menu = client.get(f"/threads/{thread.pk}/choices/assignee/").content.decode()
    assert "away until" in menu
    assert "Dora Deputy stands in" in menu
    head = client.post(f"/threads/{thread.pk}/assignment/", {"assignee": world.bob.pk}, **HTMX).content.decode()
    assert "Bob Agent is away until" in head
    assert re.search(rf'name="assignee" value="{dora.pk}">\s*Give it to Dora Deputy', head)
    client.post(f"/threads/{thread.pk}/assignment/", {"assignee": dora.pk})
    page = client.post(f"/threads/{thread.pk}/assignment/", {"assignee": world.bob.pk}, follow=True).content.decode()
    assert "Dora Deputy stands in." in page
    many = client.post("/changes/", {"ids": [thread.pk], "do": f"assignee:{world.bob.pk}"}, follow=True)
    assert "Bob Agent is away until" in many.content.decode()
    told = {one["name"]: one["absence"] for one in client.get("/api/agents/").json()}
    assert (told["Bob Agent"]["deputy"], told["Dora Deputy"]) == (dora.pk, None)
    assert "away until" in client.get("/settings/team/").content.decode()


@pytest.mark.row("FW7")
def test_open_threads_go_back_to_the_queue_or_to_the_deputy_and_nobody_is_taken_twice(world, client, dora):
    client.force_login(world.alice)
    mine, pending, later = (make.thread(world.service, sender=f"p{n}@example.com") for n in range(3))
    for thread in (mine, pending, later):
        thread.assign(world.bob, by=world.alice)
    pending.set_status("pending1", by=world.bob)
    away(client, world.bob, threads="queue")
    assert jobs.relieve_absent() == 2
    assert jobs.relieve_absent() == 0
    assert set(Thread.objects.filter(assignee=None)) == {mine, later}
    assert "Bob Agent is away: assigned to —" in [str(one) for one in mine.events.all()]
    away(client, world.bob, threads="deputy", deputy=dora.pk)
    pending.receive(make.mail("And now?", sender="p1@example.com"))  # a customer wrote meanwhile
    assert jobs.relieve_absent() == 1
    pending.refresh_from_db()
    assert pending.assignee == dora
    assert dora.notices.filter(kind="assigned").count() == 1


@pytest.mark.row("FW7")
def test_whoever_is_back_earlier_says_so_and_the_days_stay_in_the_list(world, client):
    client.force_login(world.bob)
    away(client, world.bob, note="Holidays")
    page = client.get(f"/settings/team/{world.bob.pk}/absence/").content.decode()
    assert "Back already" in page
    assert "Holidays" in page
    client.post(f"/settings/team/{world.bob.pk}/absence/", {"end": "1"})
    assert not Absence.objects.on(timezone.localdate()).exists()
    assert "ended" in client.get(f"/settings/team/{world.bob.pk}/absence/").content.decode()
    assert client.get(f"/settings/team/{world.alice.pk}/absence/").status_code == 403


def test_days_that_cannot_be_are_said_at_their_fields(world, client):
    client.force_login(world.alice)
    for wrong, said in (
        ({"until": "2020-01-01", "since": "2019-12-01"}, "This day has passed."),
        ({"since": "2999-01-02", "until": "2999-01-01"}, "The last day is before the first."),
        ({"threads": "deputy"}, "Choose who takes the threads over."),
        ({"since": "soon"}, "Enter a valid date."),
    ):
        assert said in away(client, world.bob, **wrong).content.decode()
    assert not Absence.objects.exists()
