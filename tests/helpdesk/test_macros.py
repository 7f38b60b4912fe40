"""Predefined replies that do more than their text, and which of them are offered first."""

import pytest

from helpdesk.models import PredefinedReply, Status, ThreadTag
from tests import make


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


@pytest.fixture
def shipped(world):
    reply = PredefinedReply.objects.create(
        title="Shipped", shortcut="shipped", bodies={"en": "<p>It has left.</p>"}, then=Status.PENDING_1
    )
    reply.tags.add(ThreadTag.objects.create(name="shipped"))
    reply.assignee = world.bob
    reply.save()
    return reply


def state(thread):
    thread.refresh_from_db()
    return thread.status, [tag.name for tag in thread.tags.all()], str(thread.assignee)


DONE = (Status.PENDING_1, ["shipped"], "Bob Agent")


@pytest.mark.row("PM5")
def test_a_macro_sends_sets_the_status_tags_and_assigns_in_one_step(world, client, shipped):
    client.force_login(world.alice)
    thread = make.thread(world.service)
    sent = client.post(f"/threads/{thread.pk}/replies/send/", {"reply": shipped.pk})
    message = thread.messages.get(kind="reply")
    assert (message.text, sent["Location"]) == ("It has left.", f"/threads/{thread.pk}/?sent={message.pk}")
    assert state(thread) == DONE
    shipped.refresh_from_db()
    assert shipped.used_count == 1
    by_api = make.thread(world.service, sender="b@example.com")
    path, how = f"/api/threads/{by_api.pk}/macros/", {"content_type": "application/json"}
    assert client.post(path, {"reply": shipped.pk}, **how).status_code == 201
    assert state(by_api) == DONE
    shipped.bodies = {"en": "<p>{{ order.reference }} has left.</p>"}
    shipped.save()
    assert client.post(path, {"reply": shipped.pk}, **how).status_code == 409
    blocked = client.post(f"/threads/{thread.pk}/replies/send/", {"reply": shipped.pk}, follow=True).content.decode()
    assert "A value is missing" in blocked
    assert thread.messages.filter(kind="reply").count() == 1


@pytest.mark.row("PM5")
def test_put_into_the_text_it_does_the_same_when_that_is_sent(world, bob, shipped):
    thread = make.thread(world.service)
    said = bob.post(f"/threads/{thread.pk}/replies/use/", {"shortcut": "shipped"}).json()
    assert said["does"] == "When sent: Pending 1, + shipped, Bob Agent"
    bob.post(f"/threads/{thread.pk}/reply/", {"body": "It left today.", "then": "closed", "macro": said["macro"]})
    assert state(thread) == DONE
    plain = make.thread(world.service, sender="b@example.com")
    bob.post(f"/threads/{plain.pk}/reply/", {"body": "Hello", "then": "closed", "macro": "999"})
    assert state(plain) == (Status.CLOSED, [], "Bob Agent")


@pytest.mark.row("PM5")
def test_supervisors_say_what_a_reply_does_and_deleting_can_be_undone(world, client, shipped):
    client.force_login(world.alice)
    tag = ThreadTag.objects.get()
    words = {"title": "Shipped", "shortcut": "shipped", "body_en": "It left.", "body_format": "text"}
    client.post(f"/settings/replies/{shipped.pk}/", {**words, "then": "closed", "tags": [tag.pk], "assignee": ""})
    shipped.refresh_from_db()
    assert (shipped.then, shipped.assignee, list(shipped.tags.all())) == ("closed", None, [tag])
    number = shipped.pk
    shipped.delete()
    back = PredefinedReply.bring_back(number)
    assert (back.then, list(back.tags.all())) == ("closed", [tag])


@pytest.mark.row("PM4")
def test_the_first_three_change_with_the_contact_and_the_status(world, client):
    client.force_login(world.alice)
    replies = [PredefinedReply.objects.create(title=f"R{n}", bodies={"en": f"<p>{n}</p>"}) for n in range(6)]

    def first(thread):
        page = client.get(f"/threads/{thread.pk}/replies/", headers={"HX-Request": "true"}).content.decode()
        assert page.index("Fit here") < page.index("<hr>")
        shown = page[page.index("Fit here") : page.index("<hr>")]
        return sorted((f"R{n}" for n in range(6) if f"<span>R{n}<small>" in shown), key=shown.index)

    service = make.thread(world.service)
    accounting = make.thread(world.accounting, sender="b@example.com")
    waiting = make.thread(world.service, sender="c@example.com")
    waiting.set_status("pending1", by=world.alice)
    for thread, used in ((service, (5, 5, 5, 4, 4, 3)), (accounting, (0, 1, 1)), (waiting, (2, 2, 2, 2))):
        for n in used:
            client.post(f"/threads/{thread.pk}/replies/use/", {"reply": replies[n].pk})
    assert first(service) == ["R5", "R4", "R3"]
    assert first(accounting) == ["R1", "R0", "R2"]
    assert first(waiting) == ["R2", "R5", "R4"]
