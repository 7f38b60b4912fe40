"""What tells an agent: chosen by kind and way, shown by the browser once and only to whoever may see it, muted."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Agent
from helpdesk import notices
from helpdesk.forms_notices import KINDS
from helpdesk.models import Notice, NoticeKind, OutgoingMail
from tests import make

ASSIGNED, MENTIONED, OVERDUE, NEW = NoticeKind.ASSIGNED, NoticeKind.MENTIONED, NoticeKind.OVERDUE, NoticeKind.NEW


def newer(client: Client, after: int | str = "") -> dict[str, Any]:
    """What the browser of whoever is signed in gets told."""
    return json.loads(client.get("/notices/newer/", {"after": after}).content)


@pytest.mark.row("FO10")
def test_everybody_chooses_what_tells_them_and_how(client: Client, world: SimpleNamespace) -> None:
    assert set(KINDS) == set(NoticeKind)  # nothing tells anybody that cannot be chosen
    Agent.objects.update(language="en")
    client.force_login(world.bob)
    html = client.get("/settings/notices/").content.decode()
    for said in ("is overdue: by mail", "A new thread at my contacts: here", "A thread wakes up: by the browser"):
        assert said in html
    assert "Send me the week" not in html
    chosen = {"here": ["assigned"], "browser": ["overdue"], "mail": ["overdue", "new"], "digest_hour": "17"}
    assert client.post("/settings/notices/", chosen).status_code == 302
    bob = Agent.objects.get(pk=world.bob.pk)
    assert {one.value for one in KINDS if bob.is_told(one, "here")} == {
        "assigned",
        "overdue",
    }  # found again in the bell
    assert {one.value for one in KINDS if bob.is_told(one, "browser")} == {"overdue"}
    assert {one.value for one in KINDS if bob.is_told(one, "mail")} == {"overdue", "new"}
    assert (bob.digest_mail, bob.digest_hour) == (False, 17)
    thread = make.thread(world.service)
    assert OutgoingMail.objects.get(kind="notice").to == [bob.email]
    OutgoingMail.objects.all().delete()
    for kind in (ASSIGNED, MENTIONED, OVERDUE):
        notices.tell(bob, kind, thread)
    assert list(bob.notices.order_by("pk").values_list("kind", flat=True)) == ["assigned", "overdue"]
    assert OutgoingMail.objects.get().subject.startswith("A thread of yours is overdue")
    assert client.post("/settings/notices/", chosen | {"digest_hour": "25"}).status_code == 200
    assert client.post("/settings/notices/", chosen | {"browser": ["nothing"]}).status_code == 200
    client.force_login(world.alice)
    assert "Send me the week" in client.get("/settings/notices/").content.decode()
    week = {"digest_mail": "on", "digest_hour": "8", "weekly_day": "4", "weekly_hour": "16"}
    client.post("/settings/notices/", week)
    alice = Agent.objects.get(pk=world.alice.pk)
    assert (alice.weekly_mail, alice.weekly_day, alice.weekly_hour) == (False, 4, 16)
    assert not any(alice.is_told(kind, way) for kind in KINDS for way in ("here", "browser", "mail"))
    assert Client().get("/settings/notices/").status_code == 302


@pytest.mark.row("FO10")
def test_the_browser_shows_what_is_new_wanted_and_visible_each_once(client: Client, world: SimpleNamespace) -> None:
    assert Client().get("/notices/newer/").status_code == 302
    client.force_login(world.bob)
    thread = make.thread(world.service, subject="<i>Bowl</i> & mug")
    old = notices.tell(world.bob, ASSIGNED, thread)
    assert newer(client) == {"newest": old.pk, "notices": []}  # a browser that knows nothing is told nothing old
    named = notices.tell(world.bob, MENTIONED, thread, text="@bob look", by=world.alice)
    notices.tell(world.bob, NoticeKind.WOKEN, thread)  # not by the browser, unless one asks for it
    assigned = notices.tell(world.bob, ASSIGNED, thread, by_name="A & <b>B</b>")
    told = newer(client, old.pk)
    assert told["newest"] == assigned.pk
    path = f"/threads/{thread.pk}/"
    assert told["notices"] == [
        {"id": named.pk, "title": "Alice Supervisor named you in a note", "text": "@bob look", "path": path},
        {"id": assigned.pk, "title": "A & <b>B</b> assigned a thread to you", "text": thread.subject, "path": path},
    ]
    assert newer(client, told["newest"])["notices"] == []
    assert len(newer(client, "1 or 1")["notices"]) == len(newer(client, 0)["notices"]) == 3
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert newer(client, old.pk)["notices"] == []  # no news any more
    thread.move_to(world.accounting, by=world.alice)
    assert newer(client, old.pk) == {"newest": 0, "notices": []}  # nor what he may not see any more
    assert "@bob look" not in client.get("/notices/").content.decode()
    assert "Notices: " not in client.get("/notices/bell/").content.decode()
    world.bob.role = Agent.Role.SUPERVISOR
    world.bob.save()
    assert [one["id"] for one in newer(client, old.pk)["notices"]] == [named.pk, assigned.pk]
    notices.read(world.bob, thread)
    assert newer(client, old.pk)["notices"] == []


@pytest.mark.row("FO10")
def test_a_new_thread_is_told_to_those_of_its_contact_who_asked_for_it(world: SimpleNamespace) -> None:
    make.thread(world.service)
    assert not Notice.objects.exists()
    for agent in (world.alice, world.bob, world.charlie):
        agent.choose_notices(unshown=[], unpopped=[])
    thread = make.thread(world.service, sender_name="Jane Roe", sender="jane@example.com")
    assert set(Notice.objects.filter(kind=NEW).values_list("agent", "thread", "by_name")) == {
        (world.alice.pk, thread.pk, "Jane Roe"),
        (world.bob.pk, thread.pk, "Jane Roe"),
    }


@pytest.mark.row("FO10")
def test_muted_the_browser_is_silent_for_an_hour_and_says_nothing_late(client: Client, world: SimpleNamespace) -> None:
    client.force_login(world.bob)
    thread, now = make.thread(world.service), timezone.now()
    first = notices.tell(world.bob, ASSIGNED, thread)
    assert "Mute for 1 h" in client.get("/notices/").content.decode()
    with time_machine.travel(now, tick=False) as clock:
        assert client.post("/notices/silence/").status_code == 303  # a plain form goes back to its page
        assert "The browser is silent until" in client.get("/notices/").content.decode()
        muted = notices.tell(world.bob, MENTIONED, thread)
        assert newer(client, first.pk) == {"newest": muted.pk, "notices": []}
        assert "2 new" in client.get("/notices/").content.decode()  # the bell goes on
        clock.move_to(now + timedelta(minutes=61))
        assert newer(client, muted.pk)["notices"] == []
        heard = notices.tell(world.bob, MENTIONED, thread)
        assert [one["id"] for one in newer(client, muted.pk)["notices"]] == [heard.pk]
        assert "Show notices again" in client.post("/notices/silence/", headers={"HX-Request": "true"}).content.decode()
        assert "Mute for 1 h" in client.post("/notices/silence/end/", headers={"HX-Request": "true"}).content.decode()
        assert [one["id"] for one in newer(client, muted.pk)["notices"]] == [heard.pk]
    assert client.get("/notices/silence/").status_code == 405
