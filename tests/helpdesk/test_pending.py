"""Threads put off until a date, promises, and threads that close by themselves."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from helpdesk import jobs
from helpdesk.models import EventKind, OutgoingKind, OutgoingMail, Promise, Status, Thread
from tests import make


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


@pytest.fixture
def later(monkeypatch):
    """The clock, moved on."""
    real = timezone.now

    def move(**by):
        monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(**by))

    return move


def kinds(thread):
    return list(thread.events.values_list("kind", flat=True))


@pytest.mark.row("ST8")
def test_a_thread_put_off_wakes_at_its_date_tells_its_assignee_and_is_announced(world, bob, later, heard):
    thread = make.thread(world.service)
    thread.assign(world.bob, by=world.bob)
    answer = bob.post(f"/threads/{thread.pk}/snooze/", {"until": "tomorrow", "note": "ask the workshop"})
    assert answer.status_code == 303
    thread.refresh_from_db()
    assert (thread.status, thread.wake_note) == (Status.PENDING_1, "ask the workshop")
    assert timezone.localtime(thread.wake_at, ZoneInfo("Europe/Madrid")).time() == time(9)
    page = bob.get(f"/threads/{thread.pk}/").content.decode()
    assert "Wakes " in page
    assert "put it off until" in page
    assert "Wakes " in bob.get("/?status=pending1").content.decode()
    assert jobs.look_at_pending() == 0
    later(days=2)
    assert jobs.look_at_pending() == 1
    assert jobs.look_at_pending() == 0
    thread.refresh_from_db()
    assert (thread.status, thread.wake_at, thread.needs_answer) == (Status.OPEN, None, True)
    assert kinds(thread)[-2:] == [EventKind.STATUS, EventKind.WOKEN]
    assert [one.text for one in world.bob.notices.filter(kind="woken")] == ["ask the workshop"]


@pytest.mark.row("ST8")
def test_an_answer_or_another_status_ends_the_sleep(world, bob, later):
    answered, reopened, kept = (make.thread(world.service, sender=f"p{n}@example.com") for n in range(3))
    for thread in (answered, reopened, kept):
        thread.snooze(timezone.now() + timedelta(days=3), by=world.bob)
    answered.receive(make.mail("Never mind", sender="p0@example.com"))
    reopened.reopen(by=world.bob)
    bob.post(f"/threads/{kept.pk}/snooze/", {"undo": "1"})
    later(days=4)
    assert jobs.look_at_pending() == 0
    assert list(Thread.objects.order_by("pk").values_list("status", "wake_at")) == [
        ("open", None),
        ("open", None),
        ("pending1", None),
    ]


@pytest.mark.parametrize("at", ["", "soon", "2020-01-01T10:00", "2999-01-01T10:00"])
def test_a_wrong_date_is_a_sentence(world, bob, at):
    thread = make.thread(world.service)
    refused = bob.post(f"/threads/{thread.pk}/snooze/", {"at": at})
    assert refused.status_code == 400
    assert 'role="alert"' in refused.content.decode()
    thread.refresh_from_db()
    assert thread.status == Status.OPEN


@pytest.mark.row("ST8")
def test_a_promised_date_is_kept_by_an_answer_or_broken(world, bob, later):
    kept, broken, taken_back = (make.thread(world.service, sender=f"p{n}@example.com") for n in range(3))
    for thread in (kept, broken, taken_back):
        until = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
        bob.post(f"/threads/{thread.pk}/snooze/", {"at": until, "note": "parcel", "promise": "1"})
        thread.refresh_from_db()
    kept.reply("It has left.", by=world.bob)
    taken_back.recall(taken_back.reply("It has…", by=world.bob), by=world.bob)
    assert "Promise: " in bob.get(f"/threads/{broken.pk}/").content.decode()
    later(days=2)
    assert jobs.look_at_pending() == 4  # two broken, two woken
    assert [bool(one.kept_at) for one in Promise.objects.order_by("pk")] == [True, False, False]
    assert [bool(one.broken_at) for one in Promise.objects.order_by("pk")] == [False, True, True]
    assert EventKind.KEPT in kinds(kept)
    assert EventKind.BROKEN in kinds(broken)
    Thread.objects.filter(pk=broken.pk).update(promised_at=timezone.now() - timedelta(days=3))
    assert "Promise broken " in bob.get(f"/threads/{broken.pk}/").content.decode()
    broken.refresh_from_db()
    broken.reply("Sorry, late.", by=world.bob)
    broken.refresh_from_db()
    assert broken.promised_at is None
    assert world.bob.notices.filter(kind="broken").count() == 2


@pytest.mark.row("ST8")
def test_a_contact_closes_what_nobody_answers_after_a_notice(world, later):
    quiet, talking, ours = (make.thread(world.service, sender=f"p{n}@example.com") for n in range(3))
    for thread in (quiet, talking):
        thread.reply("Did it arrive?", by=world.bob)
    ours.set_status(Status.PENDING_2, by=world.bob)
    later(days=13)
    assert jobs.look_at_pending() == 0  # off unless switched on
    world.service.close_after_days, world.service.close_notice_days = 14, 2
    world.service.save()
    assert jobs.look_at_pending() == 2
    assert jobs.look_at_pending() == 0
    mails = OutgoingMail.objects.filter(kind=OutgoingKind.CLOSING)
    assert sorted(one.to[0] for one in mails) == ["p0@example.com", "p1@example.com"]
    assert "simply answer this e-mail and it stays open" in mails[0].text or "responde a este correo" in mails[0].text
    later(days=14)
    talking.refresh_from_db()
    talking.receive(make.mail("It did not!", sender="p1@example.com"))
    later(days=16)
    assert jobs.look_at_pending() == 1
    assert list(Thread.objects.order_by("pk").values_list("status", flat=True)) == ["closed", "open", "pending2"]
    assert EventKind.CLOSING in kinds(quiet)
    quiet.refresh_from_db()
    assert (quiet.closing_at, quiet.closed_at is not None) == (None, True)


@pytest.mark.row("ST8")
def test_the_api_puts_off_and_takes_the_date_away(world, bob):
    thread = make.thread(world.service)
    until = (timezone.now() + timedelta(days=2)).isoformat()
    path, how = f"/api/threads/{thread.pk}/snooze/", {"content_type": "application/json"}
    told = bob.post(path, {"until": until, "note": "stock", "promise": True, "status": "pending2"}, **how).json()
    assert (told["status"], told["wake_note"], bool(told["promised_at"])) == ("pending2", "stock", True)
    assert bob.post(path, {"until": "2020-01-01T00:00Z"}, **how).status_code == 400
    assert bob.delete(path).json()["wake_at"] is None


def test_strangers_put_nothing_off(world, client):
    client.force_login(world.charlie)
    thread = make.thread(world.service)
    assert client.post(f"/threads/{thread.pk}/snooze/", {"until": "tomorrow"}).status_code == 404
    assert client.post(f"/api/threads/{thread.pk}/snooze/", {}).status_code == 404
