"""The job that counts: what it finds, how it goes on, and what pages say meanwhile."""

import re
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from helpdesk import resting
from helpdesk.models import (
    Calendar,
    DayFigures,
    Event,
    EventKind,
    Thread,
)
from helpdesk.statistics import counting, rollups
from helpdesk.statistics.reports import report
from tests import make
from tests.helpdesk.stories import WEEK, present, told


def test_what_happens_is_on_the_page_when_the_job_has_run_and_a_page_counts_nothing_itself(
    client: Client, world: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    client.force_login(world.alice)
    thread = make.thread(world.service)
    thread.reply("Hello", by=world.bob, then="closed")
    with django_assert_max_num_queries(20):
        html = client.get("/statistics/").content.decode()
    assert not re.search(r"closed:[^>]+>1</a>", html)
    assert "being counted" not in html  # a moment is nothing to speak of
    counting.keep()
    html = client.get("/statistics/").content.decode()
    assert re.search(r"closed:[^>]+>1</a>", html)
    assert "0 at the start + 1 new + 0 opened again − 1 closed = 0" in html


def test_a_page_says_that_the_job_is_behind(client: Client, world: SimpleNamespace) -> None:
    client.force_login(world.alice)
    make.thread(world.service)
    Event.objects.update(at=F("at") - timedelta(minutes=1))
    for address in ("/statistics/", "/statistics/staffing/"):
        assert "being counted" in client.get(address).content.decode()
    assert not client.get("/api/statistics/").json()["complete"]
    counting.keep()
    for address in ("/statistics/", "/statistics/staffing/"):
        assert "being counted" not in client.get(address).content.decode()
    assert client.get("/api/statistics/").json()["complete"]


def test_what_was_committed_later_than_its_number_says_is_counted_too(world: SimpleNamespace) -> None:
    thread = make.thread(world.service)
    thread.reply("Hello", by=world.bob, then="closed")
    closing = thread.events.get(kind=EventKind.STATUS)
    number = closing.pk
    closing.delete()
    make.thread(world.service)
    counting.keep()
    closing.pk = number
    closing.save(force_insert=True)  # as if its transaction had ended only now
    counting.keep()
    assert present(world).now.closed == 0
    counting.look_back()
    assert not present(world).is_counted  # the day is marked
    counting.keep()
    assert present(world).now.closed == 1
    call_command("check_statistics")


def test_other_hours_are_the_jobs_work(played: SimpleNamespace) -> None:
    world = played
    before = told(world).now
    first = Calendar.first()
    first.week = {str(day): [[0, 24 * 60]] for day in range(7)}
    first.save()
    assert report(WEEK, [world.service.pk, world.accounting.pk]).now.times("first") == before.times("first")
    assert told(world).is_counted
    assert told(world).now.times("first") == told(world).now.times("first", work=False)


def test_a_thread_whose_merging_was_committed_late_counts_once(world: SimpleNamespace) -> None:
    target, source = make.thread(world.service), make.thread(world.service)
    source.close(by=world.bob)
    source.merge_into(target, by=world.bob)
    merging = target.events.get(kind=EventKind.MERGED)
    number = merging.pk
    merging.delete()
    Thread.objects.filter(pk=source.pk).update(merged_into=None)
    make.thread(world.accounting)
    counting.keep()
    assert present(world).now.new == 2
    merging.pk = number
    merging.save(force_insert=True)  # as if the transaction had ended only now
    Thread.objects.filter(pk=source.pk).update(merged_into=target)
    counting.look_back()
    counting.keep()
    assert present(world).now.new == 1
    call_command("check_statistics")


def test_what_comes_after_the_newest_events_are_gone_is_counted(played: SimpleNamespace) -> None:
    world = played
    make.thread(world.service)
    counting.keep()
    Thread.objects.latest("pk").delete()
    assert present(world).is_counted
    make.thread(world.service)
    counting.keep()
    assert present(world).now.new == 1


def test_an_old_thread_does_not_make_the_job_read_what_lies_between(played: SimpleNamespace) -> None:
    world, threads = played, played.threads
    make.thread(world.service)
    Thread.objects.get(pk=threads[4].pk).close(by=world.bob)  # asked in March 2025
    with CaptureQueriesContext(connection) as asked:
        counting.keep()
    read = [one["sql"] for one in asked if "SELECT" in one["sql"] and "work_seconds" in one["sql"]]
    stretches = [re.findall(r"\"at\" (?:>=|<) '([0-9-]+)", one) for one in read]
    assert [one for one in stretches if len(one) == 2]
    assert not [one for one in stretches if len(one) == 2 and one[0][:4] != one[1][:4]]
    call_command("check_statistics")


def test_what_is_counted_in_many_short_steps_is_the_same(
    played: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = played
    for module, name, value in ((counting, "WINDOW", 7), (rollups, "DAYS", 2), (resting, "PAUSE", 0)):
        monkeypatch.setattr(module, name, value)
    counting.keep()
    call_command("check_statistics")
    assert not DayFigures.objects.filter(is_stale=True).exists()
    assert told(world).now.new == 14


def test_while_many_days_wait_the_page_opens_and_says_so(world: SimpleNamespace, client: Client) -> None:
    first = date(2024, 1, 1)
    rollups.mark((first + timedelta(days=n), world.service.pk) for n in range(200))
    client.force_login(world.alice)
    page = client.get("/statistics/?from=2024-01-01&to=2024-06-30")
    assert page.status_code == 200
    assert "being counted" in page.content.decode()
