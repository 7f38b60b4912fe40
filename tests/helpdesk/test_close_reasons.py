"""Why a thread was closed."""

import pytest

from helpdesk.models import CloseReason, DeskSettings, Event, Status, Thread
from tests import make

JSON = {"content_type": "application/json"}


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


@pytest.fixture
def delay(world):
    """The desk asks why, and knows one reason in use."""
    desk = DeskSettings.fresh()
    desk.asks_reason = True
    desk.save()
    CloseReason.add({"en": "Old"}).archive()
    return CloseReason.add({"en": "Delay", "es": "Retraso"})


def status(thread):
    return Thread.objects.get(pk=thread.pk).status


def given():
    return list(Event.objects.exclude(close_reason=None).values_list("close_reason", flat=True))


@pytest.mark.row("WK5")
def test_closing_requires_a_reason_where_the_desk_asks_for_one(world, bob, delay):
    thread = make.thread(world.service)
    path = f"/threads/{thread.pk}/status/"
    asked = bob.post(path, {"status": "closed", "next": "/?status=open"})
    assert status(thread) == Status.OPEN
    page = bob.get(asked["Location"]).content.decode()
    assert f'name="reason" value="{delay.pk}"' in page
    assert 'name="next" value="/?status=open"' in page
    assert "Old" not in page
    row = bob.post(path, {"status": "closed"}, headers={"HX-Request": "true"})
    assert row.headers["HX-Redirect"].startswith(f"/threads/{thread.pk}/choices/closing/")
    assert (
        bob.post(path, {"status": "closed", "reason": delay.pk, "next": "/?status=open"})["Location"] == "/?status=open"
    )
    assert (status(thread), given()) == (Status.CLOSED, [delay.pk])
    assert "Bob Agent: Open → Closed (Delay)" in bob.get(f"/threads/{thread.pk}/").content.decode()
    assert bob.post(path, {"status": "open"}).status_code == 303  # anything else asks for nothing


@pytest.mark.row("WK5")
def test_replying_and_closing_many_and_the_api_ask_too(world, bob, delay):
    one, two = make.thread(world.service), make.thread(world.service, sender="b@example.com")
    assert "Why it is closed" in bob.get(f"/threads/{one.pk}/").content.decode()
    words = {"body": "Here you are.", "then": "closed"}
    refused = bob.post(f"/threads/{one.pk}/reply/", words)
    assert refused.status_code == 400
    assert "Say why the thread is closed." in refused.content.decode()
    assert "Here you are." in refused.content.decode()
    assert bob.post(f"/threads/{one.pk}/reply/", {**words, "reason": delay.pk}).status_code == 303
    many = {"ids": [two.pk], "do": "status:closed"}
    assert "Say why the threads are closed." in bob.post("/changes/", many).content.decode()
    api = f"/api/threads/{two.pk}"
    assert "reason" in bob.post(f"{api}/status/", {"status": "closed"}, **JSON).json()
    assert "reason" in bob.post(f"{api}/replies/", {"text": "Bye", "then": "closed"}, **JSON).json()
    assert "reason" in bob.post("/api/thread-changes/", {"threads": [two.pk], "status": "closed"}, **JSON).json()
    assert [one["name"] for one in bob.get("/api/close-reasons/").json()] == ["Delay"]
    assert status(two) == Status.OPEN
    bob.post("/changes/", {**many, "do": f"status:closed:{delay.pk}"})
    assert (status(one), status(two), given()) == (Status.CLOSED, Status.CLOSED, [delay.pk] * 2)


@pytest.mark.row("WK5")
def test_customers_and_merges_are_not_asked(world, bob, delay):
    theirs, double, kept = (make.thread(world.service, sender=f"p{n}@example.com") for n in range(3))
    theirs.close(by=None, by_name="John Doe")
    double.merge_into(kept, by=world.bob)
    assert (status(theirs), status(double)) == (Status.CLOSED, Status.CLOSED)
    answered = make.thread(world.service, sender="p4@example.com")
    answered.close(by=world.bob, reason=delay)
    message = answered.reply("More", by=world.bob, then="open")
    assert answered.recall(message, by=world.bob)
    assert status(answered) == Status.CLOSED


@pytest.mark.row("WK5")
def test_supervisors_keep_the_list(world, client):
    client.force_login(world.alice)
    assert client.post("/settings/reasons/", {"labels_en": "", "labels_es": ""}).status_code == 200
    client.post("/settings/reasons/", {"labels_en": "Broken", "labels_es": "Rotura"})
    reason = CloseReason.objects.get()
    client.post("/settings/reasons/ask/", {"asks_reason": "on"})
    assert [str(one) for one in CloseReason.asked_for()] == ["Broken"]
    client.post(f"/settings/reasons/{reason.pk}/", {"labels_en": "Damaged", "labels_es": "Rotura"})
    page = client.get("/settings/reasons/").content.decode()
    assert 'value="Damaged"' in page
    assert reason.history.count() == 2
    client.post(f"/settings/reasons/{reason.pk}/", {"archive": "1"})
    assert CloseReason.asked_for() == []
    client.post(f"/settings/reasons/{reason.pk}/", {"restore": "1"})
    assert [str(one) for one in CloseReason.in_use()] == ["Damaged"]
    client.force_login(world.bob)
    assert client.get("/settings/reasons/").status_code == 403
