"""Internal notes."""

import pytest

from helpdesk.models import Notice, OutgoingMail
from tests import make


@pytest.mark.row("TH7")
def test_a_note_is_seen_by_agents_and_sent_to_nobody(world, client):
    thread = make.thread(world.service)
    client.force_login(world.bob)
    client.post(f"/threads/{thread.pk}/note/", {"body": "Keep an eye on her @alice"})
    page = client.get(f"/threads/{thread.pk}/").content.decode()
    assert "msg--note" in page
    assert "Keep an eye on her" in page
    assert not OutgoingMail.objects.filter(kind="message").exists()
    assert not any("Keep an eye" in mail.text for mail in OutgoingMail.objects.exclude(kind="notice"))
    assert "Keep an eye" not in {message.text for message in thread.messages.public()}
    assert Notice.objects.get().agent == world.alice


@pytest.mark.row("TH7")
def test_a_note_leaves_status_and_wait_as_they_are(world, client):
    thread = make.thread(world.service)
    client.force_login(world.bob)
    client.post(f"/threads/{thread.pk}/note/", {"body": "hm"})
    thread.refresh_from_db()
    assert (thread.status, thread.needs_answer, thread.assignee) == ("open", True, None)


@pytest.mark.row("TH7")
def test_an_empty_note_is_refused_with_a_sentence(world, client):
    thread = make.thread(world.service)
    client.force_login(world.bob)
    refused = client.post(f"/threads/{thread.pk}/note/", {"body": " "})
    assert refused.status_code == 400
    assert "There is nothing to send" in refused.content.decode()
