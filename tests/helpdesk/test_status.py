"""The four statuses, from the page."""

import pytest

from helpdesk.models import Event, Status, StatusLabel
from tests import make


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


@pytest.mark.row("ST4")
@pytest.mark.parametrize("after", Status.values)
@pytest.mark.parametrize("before", Status.values)
def test_every_status_can_follow_every_other(world, bob, before, after):
    thread = make.thread(world.service)
    thread.set_status(before, by=world.bob)
    count = Event.objects.count()
    assert bob.post(f"/threads/{thread.pk}/status/", {"status": after}).status_code == 303
    thread.refresh_from_db()
    assert thread.status == after
    assert (thread.closed_at is not None) == (after == Status.CLOSED)
    assert Event.objects.count() == count + (before != after)


@pytest.mark.row("ST1")
@pytest.mark.parametrize("word", ["", "deleted", "OPEN", "pending"])
def test_any_other_word_is_refused_with_a_sentence(world, bob, word):
    thread = make.thread(world.service)
    refused = bob.post(f"/threads/{thread.pk}/status/", {"status": word})
    assert refused.status_code == 400
    thread.refresh_from_db()
    assert thread.status == Status.OPEN


@pytest.mark.row("ST1")
def test_the_sentence_names_the_four(world, bob):
    thread = make.thread(world.service)
    refused = bob.post(f"/threads/{thread.pk}/status/", {"status": "deleted"})
    assert "Choose open, pending 1, pending 2 or closed." in refused.content.decode()


@pytest.mark.row("ST7")
def test_a_link_changes_nothing(world, bob):
    thread = make.thread(world.service)
    assert bob.get(f"/threads/{thread.pk}/status/?status=closed").status_code == 405
    bob.get(f"/threads/{thread.pk}/?status=closed&setstatus=2")
    thread.refresh_from_db()
    assert thread.status == Status.OPEN


@pytest.mark.row("ST7")
def test_a_post_without_the_token_changes_nothing(world):
    from django.test import Client

    thread, client = make.thread(world.service), Client(enforce_csrf_checks=True)
    client.force_login(world.bob)
    assert client.post(f"/threads/{thread.pk}/status/", {"status": "closed"}).status_code == 403
    thread.refresh_from_db()
    assert thread.status == Status.OPEN


@pytest.mark.row("CS8")
def test_the_menu_uses_the_teams_own_words(world, bob):
    StatusLabel.objects.create(
        status=Status.PENDING_2, labels={"en": "Warehouse"}, descriptions={"en": "Parcels to pack"}, holder="us"
    )
    thread = make.thread(world.service)
    page = bob.get(f"/threads/{thread.pk}/").content.decode()
    assert "Warehouse" in page
    assert "Parcels to pack" in page
    assert "Send and Pending 2<small>Warehouse</small>" in page


@pytest.mark.row("ST6")
def test_a_customers_answer_shows_as_open_again(world, bob):
    thread = make.thread(world.service)
    thread.close(by=world.bob)
    thread.receive(make.mail("Not solved"))
    page = bob.get(f"/threads/{thread.pk}/").content.decode()
    assert "st--pill st-open" in page
    assert "Waiting for" in page


def test_htmx_gets_the_head_back_and_the_conversation_hears_of_it(world, bob):
    thread = make.thread(world.service)
    answer = bob.post(f"/threads/{thread.pk}/status/", {"status": "closed"}, headers={"HX-Request": "true"})
    assert "st--pill st-closed" in answer.content.decode()
    assert answer.headers["HX-Trigger"] == "thread-changed"
