"""Programs see what is forgotten, give parts of it to agents, and follow up in many threads at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from helpdesk.models import BulkFollowUp, Delegation, Notice, OutgoingMail, PredefinedReply
from helpdesk.review import jobs
from tests import make
from tests.helpdesk.test_api import api
from tests.helpdesk.test_api_letters import post

pytestmark = pytest.mark.django_db


@pytest.mark.row("WK1")
@pytest.mark.row("WK2")
def test_what_is_forgotten_is_listed_counted_and_given_to_an_agent(world):
    found = [make.thread(world.service, sender=f"p{n}@x.test") for n in range(3)]
    found[0].close(by=world.bob)
    page = api(world.bob).get("/api/review/threads/").json()
    assert [one["id"] for one in page["results"]] == [found[1].pk, found[2].pk]
    assert page["results"][0]["reasons"] == ["unanswered"]
    assert api(world.charlie).get("/api/review/threads/").json()["count"] == 0
    numbers = api(world.bob).get("/api/review/?days=2").json()
    assert (numbers["left"], numbers["by_group"]["unanswered"], numbers["given"]) == (2, 2, 0)
    body = {"threads": [one.pk for one in found[1:]], "to": world.bob.pk, "due_on": timezone.localdate().isoformat()}
    assert api(world.bob).post("/api/review/delegations/", body, format="json").status_code == 403
    made = post(world.alice, "review/delegations/", body, key="1")
    assert post(world.alice, "review/delegations/", body, key="1")["id"] == made["id"]
    assert (made["to"]["name"], made["given"], made["left"], made["is_late"]) == ("Bob Agent", 2, 2, False)
    assert Notice.objects.filter(agent=world.bob, kind="delegated").count() == 1
    assert "due_on" in post(world.alice, "review/delegations/", {**body, "due_on": "2001-01-01"}, expect=400)
    assert "threads" in post(world.alice, "review/delegations/", {**body, "threads": [999_999]}, expect=400)
    assert [one["id"] for one in api(world.bob).get("/api/review/delegations/").json()] == [made["id"]]
    assert api(world.bob).get(f"/api/review/threads/?of={made['id']}").json()["count"] == 2
    assert post(world.bob, f"threads/{found[1].pk}/skip/", {"reason": "phone"})["reason"] == "Spoken by phone"
    assert "note" in post(world.bob, f"threads/{found[2].pk}/skip/", {"reason": "other"}, expect=400)
    assert api(world.bob).get(f"/api/review/delegations/{made['id']}/").json()["left"] == 1
    assert api(world.charlie).get(f"/api/review/delegations/{made['id']}/").status_code == 404
    assert api(world.bob).post(f"/api/review/delegations/{made['id']}/end/").status_code == 403
    assert post(world.alice, f"review/delegations/{made['id']}/end/", expect=200)["ended_at"]
    post(world.alice, f"review/delegations/{made['id']}/end/", expect=409)
    assert Delegation.objects.count() == 1


@pytest.mark.row("WK3")
@pytest.mark.row("WK4")
def test_many_are_followed_up_by_one_call_and_a_carrier_is_chased(world):
    thread, nobody = make.thread(world.service), make.thread(world.service, sender="x@x.test")
    thread.link(by=world.bob, order=make.order(world.john, "MK-9"))
    reply = PredefinedReply.objects.create(title="Ask", bodies={"en": "<p>Is {{ order.reference }} there?</p>"})
    body = {"threads": [thread.pk, nobody.pk], "reply": reply.pk}
    made = post(world.bob, "review/follow-ups/", body, key="1")
    assert post(world.bob, "review/follow-ups/", body, key="1")["id"] == made["id"]
    BulkFollowUp.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert jobs.go_on() == 1
    told = api(world.bob).get(f"/api/review/follow-ups/{made['id']}/").json()
    assert {row["thread"]: row["state"] for row in told["rows"]} == {thread.pk: "written", nobody.pk: "left_out"}
    assert told["progress"]["written"] == 1
    assert post(world.bob, f"review/follow-ups/{made['id']}/stop/", expect=200)["progress"]["stopped"] == 0
    post(world.bob, f"review/follow-ups/{made['id']}/retry/", expect=409)
    assert api(world.charlie).get(f"/api/review/follow-ups/{made['id']}/").status_code == 404
    assert "threads" in post(world.charlie, "review/follow-ups/", body, expect=400)

    until = (timezone.now() + timedelta(days=3)).isoformat()
    asked = {"email": "claims@carrier.test", "text": "Where is MK-9?", "until": until}
    step = post(world.bob, f"threads/{nobody.pk}/chase/", asked)
    assert (step["kind"], step["reason"]) == ("chased", "claims@carrier.test")
    nobody.refresh_from_db()
    assert (nobody.status, nobody.wake_at.isoformat()) == ("pending2", until)
    assert "Where is my order?" in OutgoingMail.objects.get(message=step["message"]).text
    assert "until" in post(
        world.bob, f"threads/{nobody.pk}/chase/", {**asked, "until": "2001-01-01T09:00Z"}, expect=400
    )
    assert api(world.charlie).post(f"/api/threads/{nobody.pk}/chase/", asked, format="json").status_code == 404
