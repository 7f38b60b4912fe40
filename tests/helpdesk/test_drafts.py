"""What is being written is never lost."""

import pytest

from helpdesk.models import Draft
from tests import make


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


def test_what_was_typed_is_there_again(world, bob):
    thread = make.thread(world.service)
    saved = bob.post(
        f"/threads/{thread.pk}/draft/",
        {"body": "<p>Half a <strong>word</strong></p>", "body_format": "html", "cc": "ana@x.test"},
        headers={"HX-Request": "true"},
    )
    assert "Draft saved" in saved.content.decode()
    page = bob.get(f"/threads/{thread.pk}/").content.decode()
    assert "&lt;p&gt;Half a &lt;strong&gt;word&lt;/strong&gt;&lt;/p&gt;" in page
    assert 'value="ana@x.test"' in page


def test_a_draft_is_its_writers_own(world, bob, client):
    thread = make.thread(world.service)
    bob.post(f"/threads/{thread.pk}/draft/", {"body": "my own words"})
    client.force_login(world.alice)
    assert "my own words" not in client.get(f"/threads/{thread.pk}/").content.decode()


def test_another_mode_keeps_both_texts_without_javascript(world, bob):
    thread = make.thread(world.service)
    answer = bob.post(f"/threads/{thread.pk}/draft/", {"body": "to him", "mode": "reply", "show": "note"})
    assert answer.url == f"/threads/{thread.pk}/?mode=note"
    bob.post(f"/threads/{thread.pk}/draft/", {"body": "to us", "mode": "note", "show": "reply"})
    assert {one.kind: one.text for one in Draft.objects.all()} == {"reply": "to him", "note": "to us"}


def test_another_mode_by_htmx_is_the_composer_alone(world, bob):
    thread = make.thread(world.service)
    data = {"body": "to him", "mode": "reply", "show": "note"}
    answer = bob.post(f"/threads/{thread.pk}/draft/", data, headers={"HX-Request": "true"})
    assert 'data-mode="note"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_draft_can_be_thrown_away(world, bob):
    thread = make.thread(world.service)
    bob.post(f"/threads/{thread.pk}/draft/", {"body": "no"})
    bob.post(f"/threads/{thread.pk}/draft/discard/", {"mode": "reply"})
    assert not Draft.objects.exists()


def test_a_late_save_does_not_bring_back_what_was_sent(world, bob):
    thread = make.thread(world.service)
    bob.post(f"/threads/{thread.pk}/reply/", {"body": "sent", "form_key": "k"})
    bob.post(f"/threads/{thread.pk}/draft/", {"body": "sent", "form_key": "k"}, headers={"HX-Request": "true"})
    assert not Draft.objects.exists()
