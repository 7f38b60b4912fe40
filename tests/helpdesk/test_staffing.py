"""Next week's threads: worked out by hand, and what holds whatever happened."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Absence
from helpdesk.models import Calendar, Event, Fact, Holiday, Message, Thread
from helpdesk.statistics import counting
from helpdesk.statistics.forecast import Forecast
from helpdesk.statistics.staffing import AFTERNOON, MORNING, WEEK, Past, check, expect, mean_error
from tests import make

MADRID = ZoneInfo("Europe/Madrid")
MONDAY = date(2026, 11, 30)  # the week that is planned; today is the Friday before
TODAY = MONDAY - timedelta(days=3)


def by_hand(**more: Any) -> Past:
    """Two Mondays: 4 and 6 threads about orders, 1 and 3 others; 10 and 30 orders on their way, 40 now."""
    before, last = MONDAY - 2 * WEEK, MONDAY - WEEK
    facts: dict[str, Any] = {
        "about_orders": {(before, MORNING): 4, (last, MORNING): 6},
        "others": {(before, MORNING): 1, (last, MORNING): 3, (last, AFTERNOON): 5},
        "on_way": {before: 10, last: 30, MONDAY: 40},
    }
    return Past(before, **{**facts, **more})


def test_a_monday_morning_worked_out_by_hand() -> None:
    told = expect(MONDAY, by_hand(), known=TODAY)
    assert [(one.day, one.half) for one in told[:3]] == [(MONDAY, 0), (MONDAY, 1), (MONDAY + timedelta(days=1), 0)]
    # Others: (1 + 3) / 2. About orders: (4 + 6) / 2, by 40 orders on their way instead of (10 + 30) / 2.
    assert told[0].threads == 2 + 5 * Fraction(40, 20)
    assert told[1].threads == Fraction(5, 2)
    assert (told[0].days, told[8].days) == (2, 1)  # two Mondays, one Friday: today is not over
    # At most threefold, and without any order as usual.
    assert expect(MONDAY, by_hand(on_way={MONDAY - WEEK: 1, MONDAY: 99}), known=TODAY)[0].threads == 2 + 5 * 3
    assert expect(MONDAY, by_hand(on_way={}), known=TODAY)[0].threads == 2 + 5


def test_a_holiday_is_like_a_sunday_and_no_day_like_its_own() -> None:
    holiday = by_hand(
        others={(MONDAY - WEEK, MORNING): 8, (MONDAY - timedelta(days=8), MORNING): 2},
        is_holiday=lambda day: day == MONDAY,
    )
    told = expect(MONDAY, holiday, known=TODAY)
    assert (told[0].threads, told[0].days) == (2, 1)  # two Mondays were seen, but the only Sunday counts
    was = by_hand(is_holiday=lambda day: day == MONDAY - WEEK)
    assert expect(MONDAY, was, known=TODAY)[0].days == 1  # a Monday that was a holiday says nothing of Mondays


def test_the_error_of_a_past_week_is_what_was_expected_then_and_what_came() -> None:
    past = by_hand(on_way={})
    found = check(MONDAY - WEEK, past, known=TODAY - WEEK)
    # Expected: the Monday before, 4 + 1. Came: 9 in the morning, 5 in the afternoon.
    assert (found.expected, found.came, found.difference) == (5, 14, 9)
    assert found.off == Fraction(4 + 5, 14)
    assert mean_error([found, found]) == found.off
    assert mean_error([]) is None


DAYS = st.integers(-80, 20).map(lambda n: MONDAY + timedelta(days=n))
COUNTS = st.dictionaries(st.tuples(DAYS, st.sampled_from([MORNING, AFTERNOON])), st.integers(0, 50), max_size=40)
ON_WAY = st.dictionaries(st.integers(-12, 0).map(lambda n: MONDAY + n * WEEK), st.integers(0, 500), max_size=13)


@given(COUNTS, COUNTS, ON_WAY, st.integers(1, 7))
def test_what_holds_whatever_happened(
    about: Mapping[Any, int], others: Mapping[Any, int], on_way: Mapping[date, int], lead: int
) -> None:
    known = MONDAY - timedelta(days=lead)
    past = Past(MONDAY - timedelta(days=80), about, others, on_way)
    told = expect(MONDAY, past, known=known)
    assert len(told) == 14
    assert all(one.threads >= 0 for one in told)
    # Nothing of the future, and nothing older than eight weeks, is looked at.
    seen = {slot: n for slot, n in about.items() if known - 8 * WEEK <= slot[0] < known}
    rest = {slot: n for slot, n in others.items() if known - 8 * WEEK <= slot[0] < known}
    assert expect(MONDAY, Past(past.first, seen, rest, on_way), known=known) == told
    # Never more than three times the most of any day; twice the threads are twice as many.
    most = max([past.count(slot) for slot in {*seen, *rest}], default=0)
    assert all(one.threads <= 3 * most for one in told)
    twice = [{slot: 2 * n for slot, n in rows.items()} for rows in (about, others)]
    assert [one.threads for one in expect(MONDAY, Past(past.first, *twice, on_way), known=known)] == [
        2 * one.threads for one in told
    ]
    # Without orders on record it is the plain average.
    plain = expect(MONDAY, Past(past.first, about, others, {}), known=known)
    both = {slot: about.get(slot, 0) + others.get(slot, 0) for slot in {*about, *others}}
    assert plain == expect(MONDAY, Past(past.first, {}, both, on_way), known=known)
    # The error of a week is between nothing and all that was expected or came.
    week = check(MONDAY - WEEK, past, known=known - WEEK)
    assert abs(week.came - week.expected) <= 14 * week.off <= week.came + week.expected


def grown(world: SimpleNamespace) -> None:
    """Six weeks: a thread on each Monday morning, two about an order on each Wednesday afternoon."""
    for week in range(1, 7):
        for days, hour, n, reference in ((0, 9, 1, ""), (2, 16, 2, "MK-77")):
            at = datetime.combine(MONDAY - week * WEEK + timedelta(days=days), datetime.min.time(), MADRID)
            for _thread in range(n):
                thread = make.thread(world.service, order_reference=reference)
                moved = at.replace(hour=hour)
                Thread.objects.filter(pk=thread.pk).update(created_at=moved)
                Message.objects.filter(thread=thread).update(created_at=moved)
                Event.objects.filter(thread=thread).update(at=moved)


def test_the_page_shows_next_week_and_how_far_it_was_off(
    client: Client, world: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    with time_machine.travel(datetime.combine(TODAY, datetime.min.time(), MADRID).replace(hour=12), tick=False):
        earlier = datetime(2026, 10, 1, tzinfo=MADRID)
        make.order(world.john, "MK-76", placed_at=earlier, delivered_at=datetime(2026, 10, 27, tzinfo=MADRID))
        placed = datetime(2026, 10, 26, tzinfo=MADRID)
        make.order(world.john, "MK-77", placed_at=placed, delivered_at=datetime(2026, 11, 21, tzinfo=MADRID))
        make.order(world.john, "MK-78", placed_at=datetime(2026, 11, 25, tzinfo=MADRID))
        grown(world)
        Holiday.objects.create(calendar=Calendar.first(), day=MONDAY + timedelta(days=1), name="Local feast")
        Absence.objects.create(agent=world.bob, since=MONDAY, until=MONDAY)
        counting.keep()
        found = Forecast([world.service.pk])
        week = {(one.expected.day - MONDAY).days * 2 + one.expected.half: one for one in found.week}
        # One order was on its way each week, and another one is: as usual.
        assert found.past.on_way[MONDAY] == 1
        assert [week[n].threads for n in (0, 1, 5)] == [1, 0, 2]
        assert (week[0].people, week[2].people, week[2].holiday, week[2].is_open) == (0, 1, "Local feast", False)
        assert [(one.came, one.difference) for one in found.checked] == [(3, 0), (3, 0)]
        assert found.error == 0
        assert (found.total, found.busiest.expected.half) == (3, AFTERNOON)
        assert not found.is_thin
        client.force_login(world.alice)
        client.get("/statistics/staffing/")
        with django_assert_max_num_queries(14):
            html = client.get("/statistics/staffing/?contact=service").content.decode()
        assert "3 threads" in html
        assert "Local feast" in html
        assert "<svg" in html
        assert "off by 0.0 threads" in html
        told = client.get("/api/statistics/staffing/?contact=service").json()
        assert (told["threads"], told["error"], told["weeks"][0]["came"]) == (3.0, 0.0, 3)
        there = {"day": "2026-12-02", "half": "afternoon", "threads": 2.0, "open": True, "people": 1}
        assert told["half_days"][5] == there
        assert Fact.objects.exists()
        client.force_login(world.charlie)
        html = client.get("/statistics/staffing/?contact=service").content.decode()
        assert "Too little is on record" in html
