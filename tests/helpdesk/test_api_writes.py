"""The API: writing. Every write is the verb the pages call, under the same rights."""

import pytest
from django.urls import reverse

from helpdesk.models import (
    Folder,
    Status,
    Thread,
)
from tests import make
from tests.helpdesk.test_api import api

pytestmark = pytest.mark.django_db


def post(agent, thread, noun, body=None, **headers):
    return api(agent).post(f"/api/threads/{thread.pk}/{noun}/", body or {}, format="json", headers=headers)


@pytest.fixture
def thread(world) -> Thread:
    return make.thread(world.service)


# -- rights ---------------------------------------------------------------------------------------

READS = ["thread-list", "contacts", "statuses", "agents", "predefined_replies", "docs"]
WRITES = {
    "replies": {"text": "Hello"},
    "notes": {"text": "Hello"},
    "forwards": {"email": "supplier@example.com", "note": "Please look"},
    "status": {"status": "closed"},
    "priority": {"priority": "high"},
    "assignment": {"agent": None},
    "contact": {"contact": "accounting"},
    "tags": {"tags": ["vip"]},
    "read": {},
    "folder": {"folder": "spam"},
}


@pytest.mark.row("CS10")
@pytest.mark.parametrize("noun", WRITES)
def test_who_may_write(world, thread, noun):
    seen = {
        name: post(agent, thread, noun, WRITES[noun]).status_code
        for name, agent in [("nobody", None), ("charlie", world.charlie), ("alice", world.alice)]
    }
    done = 201 if noun in {"replies", "notes", "forwards"} else 200
    assert seen == {"nobody": 401, "charlie": 404, "alice": done}


@pytest.mark.row("CS10")
@pytest.mark.parametrize("noun", WRITES)
def test_an_agent_may_do_all_of_it_in_their_own_contact(world, thread, noun):
    assert post(world.bob, thread, noun, WRITES[noun]).status_code in {200, 201}


@pytest.mark.row("CS10")
@pytest.mark.parametrize("name", READS)
def test_who_may_read(world, name):
    url = reverse(f"api:{name}")
    assert [api(agent).get(url).status_code for agent in (None, world.charlie, world.bob, world.alice)] == [
        401,
        200,
        200,
        200,
    ]


@pytest.mark.row("CS10")
def test_only_supervisors_put_threads_into_the_bin(world, thread):
    url = f"/api/threads/{thread.pk}/"
    assert [api(agent).delete(url).status_code for agent in (None, world.charlie, world.bob)] == [401, 404, 403]
    assert post(world.bob, thread, "folder", {"folder": "trash"}).status_code == 403
    assert api(world.alice).delete(url).status_code == 204
    assert Thread.objects.get(pk=thread.pk).folder == Folder.TRASH
    assert post(world.bob, thread, "folder", {"folder": "desk"}).status_code == 403
    assert post(world.alice, thread, "folder", {"folder": "desk"}).json()["folder"] == "desk"


def test_a_get_on_an_action_changes_nothing(world, thread):
    assert api(world.bob).get(f"/api/threads/{thread.pk}/status/?status=closed").status_code == 405
    assert api(world.bob).put(f"/api/threads/{thread.pk}/", {"status": "closed"}).status_code == 405
    assert Thread.objects.get(pk=thread.pk).status == Status.OPEN


# -- status, assignment, contact, tags, read ------------------------------------------------------


@pytest.mark.row("ST1")
@pytest.mark.parametrize("word", ["solved", "OPEN", "", None, 1, ["open"], {"status": "open"}, "pending"])
def test_a_status_that_is_not_one_of_the_four_is_refused(world, thread, word):
    response = post(world.bob, thread, "status", {"status": word})
    assert (response.status_code, list(response.json())) == (400, ["status"])
    assert Thread.objects.get(pk=thread.pk).status == Status.OPEN


@pytest.mark.row("ST1")
@pytest.mark.parametrize("key", ["open", "closed", "pending1", "pending2"])
def test_the_four_keys_are_taken(world, thread, key):
    assert post(world.bob, thread, "status", {"status": key}).json()["status"] == key
    assert Thread.objects.get(pk=thread.pk).status == key


def test_a_thread_is_assigned_to_who_may_see_it_only(world, thread):
    assert post(world.alice, thread, "assignment", {"agent": world.bob.pk}).json()["assignee"]["name"] == "Bob Agent"
    refused = post(world.alice, thread, "assignment", {"agent": world.charlie.pk})
    assert (refused.status_code, list(refused.json())) == (400, ["agent"])
    assert post(world.alice, thread, "assignment", {"agent": 4711}).status_code == 400
    assert post(world.alice, thread, "assignment", {"agent": None}).json()["assignee"] is None


def test_a_thread_moves_to_another_contact_and_out_of_sight(world, thread):
    assert post(world.bob, thread, "contact", {"contact": "accounting"}).json()["contact"]["slug"] == "accounting"
    assert api(world.bob).get(f"/api/threads/{thread.pk}/").status_code == 404
    assert api(world.charlie).get(f"/api/threads/{thread.pk}/").status_code == 200
    assert list(post(world.charlie, thread, "contact", {"contact": "nowhere"}).json()) == ["contact"]


def test_tags_are_replaced(world, thread):
    assert post(world.bob, thread, "tags", {"tags": ["vip", "late"]}).json()["tags"] == ["late", "vip"]
    assert post(world.bob, thread, "tags", {"tags": []}).json()["tags"] == []
    assert list(post(world.bob, thread, "tags", {"tags": ["x" * 41]}).json()) == ["tags"]


def test_reading_clears_the_dot_for_me_only(world, thread):
    assert post(world.bob, thread, "read").json()["is_unread"] is False
    assert api(world.alice).get(f"/api/threads/{thread.pk}/").json()["is_unread"] is True
    assert post(world.bob, thread, "read", {"read": False}).json()["is_unread"] is True


def test_spam_leaves_the_list_and_comes_back(world, thread):
    post(world.bob, thread, "folder", {"folder": "spam"})
    assert api(world.bob).get("/api/threads/").json()["count"] == 0
    post(world.bob, thread, "folder", {"folder": "desk"})
    assert api(world.bob).get("/api/threads/").json()["count"] == 1


def test_a_merged_thread_says_where_to_write(world, thread):
    other = make.thread(world.service, sender="b@example.com")
    thread.merge_into(other, by=world.alice)
    response = post(world.bob, thread, "replies", {"text": "Hello"})
    assert response.status_code == 409
    assert f"#{other.pk}" in response.json()["detail"]


def test_a_body_that_is_no_json_is_a_400(world, thread):
    response = api(world.bob).post(f"/api/threads/{thread.pk}/replies/", "{", content_type="application/json")
    assert response.status_code == 400


@pytest.mark.parametrize("body", ["[]", '"text"', "null", "7"])
def test_a_body_that_is_no_object_is_a_400(world, thread, body):
    response = api(world.bob).post(f"/api/threads/{thread.pk}/replies/", body, content_type="application/json")
    assert response.status_code == 400


def test_fields_beside_a_status_change_nothing(world, thread):
    body = {
        "status": "closed",
        "secret": "guessed",
        "email": "eve@evil.test",
        "assignee": world.alice.pk,
        "folder": "x",
    }
    post(world.bob, thread, "status", body)
    after = Thread.objects.get(pk=thread.pk)
    assert (after.secret, after.email, after.assignee, after.folder) == (thread.secret, thread.email, None, "desk")
