"""What is asked for by number and is none: "²" counts as a digit and is no number, and some numbers are too long."""

import pytest

from helpdesk.models import PredefinedReply
from tests import make
from tests.helpdesk.test_api import api

pytestmark = pytest.mark.django_db

ODD = ["²", "x", "-1", "9" * 5000]


@pytest.fixture
def bob(client, world):
    client.force_login(world.bob)
    return client


@pytest.mark.parametrize("odd", ODD)
def test_a_page_of_a_thread_after_a_message_that_is_none(world, bob, odd):
    thread = make.thread(world.service)
    assert bob.get(f"/threads/{thread.pk}/", {"sent": odd}).status_code == 200


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("verb", ["send", "insert"])
def test_a_predefined_reply_that_is_none(world, bob, odd, verb):
    PredefinedReply.objects.create(title="Thanks", bodies={"en": "<p>Thank you.</p>"})
    thread = make.thread(world.service)
    assert bob.post(f"/threads/{thread.pk}/replies/{verb}/", {"reply": odd}).status_code == 404


@pytest.mark.parametrize("odd", ODD)
def test_a_forward_of_messages_and_files_that_are_none(world, bob, odd):
    thread = make.thread(world.service)
    given = {"target": "outside", "address": "c@x.test", "body": "Look", "messages": odd, "attachments": odd}
    page = bob.post(f"/threads/{thread.pk}/forward/", given)
    assert page.status_code == 400
    assert "Look" in page.content.decode()


@pytest.mark.parametrize("odd", ODD)
def test_a_contact_is_moved_from_the_page_of_one_that_is_none(client, world, odd):
    client.force_login(world.alice)
    moved = client.post(f"/settings/contacts/{world.service.pk}/position/", {"to": "up", "here": odd})
    assert moved.url == "/settings/contacts/"


@pytest.mark.parametrize("odd", ODD)
def test_threads_of_an_agent_that_is_none_and_with_a_number_that_is_none(world, odd):
    told = api(world.bob).get("/api/threads/", {"assignee": odd})
    assert (told.status_code, list(told.json())) == (400, ["assignee"])
    assert api(world.bob).get("/api/threads/", {"q": f"#{odd}"}).json()["count"] == 0


@pytest.mark.parametrize("odd", ODD)
def test_a_reply_put_in_by_a_number_that_is_none(world, bob, odd):
    thread = make.thread(world.service)
    assert bob.post(f"/threads/{thread.pk}/replies/use/", {"reply": odd}).json() == {"html": "", "missing": []}
