"""Targets and due times, worked out by hand: weekends, holidays, daylight saving, stops, reopening."""

from datetime import date

import pytest

from helpdesk import jobs
from helpdesk.models import (
    Calendar,
    Deadline,
    EventKind,
    Holiday,
    Metric,
    Status,
    Target,
    Thread,
)
from tests import make
from tests.helpdesk.stage import aim, at


@pytest.mark.parametrize(
    ("begins", "minutes", "due"),
    [
        (at(20, 12, 20), 240, at(23, 10, 20)),  # Friday: 2 h 40 until three, the rest on Monday
        (at(21, 11), 60, at(23, 10)),  # Saturday
        (at(16, 13, 30), 60, at(16, 16)),  # half an hour before lunch, half an hour after
        (at(7, 17, month=12), 120, at(9, 10, month=12)),  # the 8th is a holiday
        (at(24, 10, month=12), 300, at(28, 10, month=12)),  # half a day, then Christmas on a Friday
        # 1 h on Friday, the clock goes forward on Sunday, 7.5 h on each of three days, 0.5 h on Thursday: 24.
        (at(27, 14, month=3), 1440, at(2, 9, 30, month=4)),
        (at(23, 14, 30, month=10), 31, at(26, 9, 1, month=10)),  # the clock goes back on Sunday the 25th
    ],
)
def test_a_first_answer_is_due_by_working_hours(stage, begins, minutes, due):
    calendar = Calendar.first()
    Holiday.objects.create(calendar=calendar, day=date(2026, 12, 8), name="Immaculate")
    Holiday.objects.create(calendar=calendar, day=date(2026, 12, 24), name="Christmas Eve", spans=[[540, 840]])
    Holiday.objects.create(calendar=calendar, day=date(2026, 12, 25), name="Christmas")
    aim(first=minutes)
    stage.to(begins).begins()
    assert stage.due() == ("first", due)


def test_the_clock_stands_still_while_the_customer_is_waited_for(stage):
    """8 h to solve it. Friday 9:00 to 11:00 are 2 h, then it waits for the customer until Monday 12:00; answered at
    13:00 that makes 3 h, and 5 h are left when it goes on, on Tuesday at 10:00."""
    aim(first=120, next=60, resolution=480)
    stage.to(at(20, 9)).begins()
    assert stage.due() == ("first", at(20, 11))
    stage.to(at(20, 11)).replies()
    assert stage.due() == ("", None)
    stage.to(at(23, 12)).writes()
    assert stage.due() == ("next", at(23, 13))
    stage.to(at(23, 13)).replies()
    assert stage.due() == ("", None)
    stage.to(at(24, 10)).fresh().reopen(by=stage.world.bob)
    assert stage.due() == ("resolution", at(24, 16, 30))  # 4 h until two, an hour after lunch
    stage.to(at(24, 16)).replies(Status.CLOSED)
    assert stage.due() == ("", None)
    assert {one.metric: (one.used, one.missed_at, one.agent) for one in Deadline.objects.all()} == {
        "first": (7200, None, stage.world.bob),  # to the second
        "next": (3600, None, stage.world.bob),
        "resolution": (7.5 * 3600, None, stage.world.bob),
    }


def test_pending_on_somebody_else_goes_on_unless_the_team_says_so(stage):
    aim(resolution=480)
    stage.to(at(16, 9)).begins()
    stage.to(at(16, 10)).fresh().set_status(Status.PENDING_2, by=stage.world.bob)
    assert stage.due() == ("resolution", at(17, 9, 30))
    Target.set_rules(warn_minutes=60, clock_stops=["pending1", "pending2"])
    assert jobs.follow_targets() == 1
    assert stage.due() == ("", None)
    stage.to(at(16, 16)).fresh().reopen(by=stage.world.bob)
    assert stage.due() == ("resolution", at(17, 14))  # 1 h, 2 h until six, 5 h on Tuesday


def test_opened_again_it_begins_anew_and_the_answer_is_a_later_one(stage):
    aim(first=60, next=120, resolution=240)
    stage.to(at(16, 9)).begins()
    stage.to(at(16, 10)).replies(Status.CLOSED)
    stage.to(at(18, 16)).writes()
    assert stage.due() == ("next", at(18, 18))
    stage.to(at(18, 17)).replies(Status.OPEN)
    assert stage.due() == ("resolution", at(19, 11))  # 2 h on Wednesday, 2 h on Thursday
    stage.fresh().close(by=None, by_name="John")
    found = Deadline.objects.order_by("began_at", "metric").values_list("metric", "number", "used", "missed_at")
    assert list(found) == [
        ("first", 0, 3600, None),
        ("resolution", 0, 3600, None),
        ("next", 0, 3600, None),
        ("resolution", 1, 3600, None),
    ]
    assert list(Deadline.objects.filter(agent=None).values_list("metric", "number")) == [("resolution", 1)]


def test_what_is_taken_back_never_happened(stage):
    """A reply that closes, recalled within its ten seconds; a closing undone from the queue."""
    aim(first=60, resolution=480)
    stage.to(at(16, 9)).begins()
    message = stage.to(at(16, 9, 30)).replies(Status.CLOSED)
    assert stage.due() == ("", None)
    assert stage.fresh().recall(message, by=stage.world.bob)
    assert stage.due() == ("first", at(16, 10))
    assert (stage.thread.reopened_count, stage.thread.closed_at) == (0, None)
    assert not Deadline.objects.exclude(settled_at=None).exists()
    facts = stage.thread.status_facts()
    stage.thread.close(by=stage.world.bob)
    assert stage.due() == ("", None)
    assert stage.fresh().take_back_status(facts, by=stage.world.bob)
    assert stage.due() == ("first", at(16, 10))
    assert Deadline.objects.get(metric=Metric.RESOLUTION).due_at == at(17, 9, 30)


def test_spam_and_the_bin_stop_the_clock_and_a_merge_ends_it(stage):
    world = stage.world
    aim(first=120)
    stage.to(at(16, 9)).begins()
    other = make.thread(world.service, sender="other@example.com")
    stage.to(at(16, 10)).fresh().mark_spam(by=world.bob)
    assert stage.due() == ("", None)
    stage.to(at(16, 13)).fresh().mark_not_spam(by=world.bob)
    assert stage.due() == ("first", at(16, 14))  # an hour was left
    Thread.objects.get(pk=other.pk).merge_into(stage.fresh(), by=world.bob)
    assert Deadline.objects.values_list("thread", flat=True).get() == stage.thread.pk
    assert stage.due() == ("first", at(16, 14))


def test_it_warns_and_says_that_it_is_overdue_once_and_tells_whoever_has_it(stage):
    world = stage.world
    aim(first=240)
    stage.to(at(20, 12, 20)).begins()  # due on Monday at 10:20, warned of at 9:20
    stage.thread.assign(world.bob, by=world.alice)
    assert jobs.look_at_deadlines() == 0
    stage.to(at(23, 9, 19))
    assert jobs.look_at_deadlines() == 0
    stage.to(at(23, 9, 21))
    assert [jobs.look_at_deadlines(), jobs.look_at_deadlines()] == [1, 0]
    assert stage.told() == ["due_soon"]
    stage.to(at(23, 10, 21))
    assert [jobs.look_at_deadlines(), jobs.look_at_deadlines()] == [1, 0]
    assert stage.told() == ["due_soon", "overdue"]
    notices = list(world.bob.notices.order_by("pk").values_list("kind", flat=True))
    assert notices == ["assigned", "due_soon", "overdue"]
    event = stage.thread.events.get(kind=EventKind.OVERDUE)
    assert event.at == at(23, 10, 20)
    assert "The first answer was due" in event.sentence
    stage.to(at(23, 11)).replies()
    row = Deadline.objects.get()
    assert (row.missed_at, row.used, row.agent) == (at(23, 10, 20), 280 * 60, world.bob)
    assert stage.told() == ["due_soon", "overdue"]


def test_an_answer_before_the_job_looks_is_late_all_the_same(stage):
    aim(first=60)
    stage.to(at(16, 9)).begins()
    stage.to(at(16, 10, 1)).replies()
    assert stage.told() == ["overdue"]
    assert Deadline.objects.get().missed_at == at(16, 10)
