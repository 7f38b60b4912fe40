"""Next week's threads and the error of the past weeks, read from what is on record in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, Min, Q, Value, When
from django.db.models.functions import ExtractHour, TruncDate
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Absence, Agent
from helpdesk import context
from helpdesk.hours import OpenHours, hours_of
from helpdesk.models import Contact, DeskSettings
from helpdesk.models.figures import Fact, FactKind
from helpdesk.statistics.charts import Bars, Group, Tick, ceiling
from helpdesk.statistics.counting import is_behind
from helpdesk.statistics.days import begin_of
from helpdesk.statistics.staffing import (
    AFTERNOON,
    HISTORY,
    NOON,
    WEEK,
    Checked,
    Expected,
    Past,
    Slot,
    check,
    expect,
    mean_error,
    monday_of,
)

CHECKED = 6  # weeks whose error is shown
ENOUGH = 14  # days on record, below which nothing can be said


@dataclass(frozen=True)
class HalfDay:
    """One half day of next week for those who plan it."""

    expected: Expected
    is_open: bool
    people: int
    holiday: str

    @property
    def threads(self) -> float:
        """As a number with decimals."""
        return float(self.expected.threads)


class Forecast:
    """Of the week after this one, or of the one that begins on a given Monday, for some contacts."""

    def __init__(self, contacts: Iterable[int], *, monday: date | None = None) -> None:
        self.contacts, self.zone = list(contacts), DeskSettings.load().zone
        self.today = timezone.localdate(timezone=self.zone)
        self.monday = max(monday or monday_of(self.today) + WEEK, monday_of(self.today))
        self.lead = max(self.monday - self.today, timedelta())  # how long before it began each week is reckoned
        self.hours = hours_of(self.contacts[0] if len(self.contacts) == 1 else None)
        self.is_counted = not is_behind()

    @cached_property
    def past(self) -> Past:
        """All that both the week to come and the weeks to check look at."""
        first = Fact.objects.filter(kind=FactKind.NEW, contact__in=self.contacts).aggregate(at=Min("at"))["at"]
        about, others = new_threads(self.contacts, self.monday - (HISTORY + CHECKED + 3) * WEEK, self.monday, self.zone)
        mondays = [self.monday - n * WEEK for n in range(HISTORY + CHECKED + 4)]
        moments = [self._known(monday) for monday in mondays]
        on_way = dict(zip(mondays, context.orders_on_way(moments), strict=True))
        begun = first.astimezone(self.zone).date() if first else self.today
        return Past(begun, about, others, on_way, lambda day: is_holiday(self.hours, day))

    def _known(self, monday: date) -> datetime:
        """When a week is reckoned: as long before it begins as now is before next week."""
        return min(begin_of(monday - self.lead, self.zone), timezone.now())

    @property
    def is_thin(self) -> bool:
        """Too little is on record to say anything."""
        return (self.today - self.past.first).days < ENOUGH

    @cached_property
    def week(self) -> list[HalfDay]:
        """The fourteen half days."""
        told = expect(self.monday, self.past, known=min(self.today, self.monday))
        people = present(self.contacts, self.monday)
        return [
            HalfDay(one, is_open(self.hours, one.day, one.half), people[one.day], self.hours.names.get(one.day, ""))
            for one in told
        ]

    @property
    def days(self) -> list[tuple[HalfDay, HalfDay]]:
        """The same as pairs, one a day."""
        return list(zip(self.week[::2], self.week[1::2], strict=True))

    @property
    def total(self) -> float:
        """Threads of the whole week."""
        return float(sum((one.expected.threads for one in self.week), Fraction(0)))

    @property
    def whole(self) -> int:
        """The same without decimals."""
        return round(self.total)

    @property
    def busiest(self) -> HalfDay:
        """Where most are expected."""
        return max(self.week, key=lambda one: one.expected.threads)

    @property
    def on_way(self) -> tuple[int, int]:
        """Orders on their way now, and on average when the weeks looked back on were reckoned."""
        weeks = [n for day, n in self.past.on_way.items() if self.monday - (HISTORY + 1) * WEEK <= day < self.monday]
        return self.past.on_way[self.monday], round(sum(weeks) / (len(weeks) or 1))

    @cached_property
    def checked(self) -> list[Checked]:
        """The last whole weeks that had something to look back on, the newest first."""
        last = monday_of(self.today) - WEEK
        mondays = [last - n * WEEK for n in range(CHECKED)]
        known = [(monday, monday - self.lead) for monday in mondays]
        return [check(one, self.past, known=day) for one, day in known if (day - self.past.first).days >= ENOUGH]

    @property
    def error(self) -> float | None:
        """Threads by which a half day was off, on average of these weeks."""
        found = mean_error(self.checked)
        return None if found is None else float(found)

    @cached_property
    def bars(self) -> Bars:
        """The chart: morning and afternoon of each day."""
        return bars(self.week)


def new_threads(
    contacts: list[int], first: date, until: date, zone: ZoneInfo
) -> tuple[dict[Slot, int], dict[Slot, int]]:
    """New threads by half day, those about an order and the others. One query."""
    about = Q(thread__order__isnull=False) | ~Q(thread__order_text="")
    facts = Fact.objects.filter(kind=FactKind.NEW, contact__in=contacts).order_by()
    facts = facts.filter(at__gte=begin_of(first, zone), at__lt=begin_of(until, zone))
    rows: Any = (
        facts.alias(hour=ExtractHour("at", tzinfo=zone))
        .values(
            day=TruncDate("at", tzinfo=zone),
            later=Case(When(Q(hour__gte=NOON), then=Value(1)), default=Value(0)),
            about=Case(When(about, then=Value(1)), default=Value(0)),
        )
        .annotate(n=Count("pk"))
    )
    found: tuple[dict[Slot, int], dict[Slot, int]] = (defaultdict(int), defaultdict(int))
    for row in rows:
        found[0 if row["about"] else 1][row["day"], row["later"]] += row["n"]
    return found


def is_holiday(hours: OpenHours, day: date) -> bool:
    """A day that is closed though its weekday is not."""
    return day in hours.holidays and not hours.holidays[day]


def is_open(hours: OpenHours, day: date, half: int) -> bool:
    """Whether somebody is there in a half day."""
    edges = (NOON * 60, 24 * 60) if half == AFTERNOON else (0, NOON * 60)
    return any(begin < edges[1] and end > edges[0] for begin, end in hours.spans(day))


def present(contacts: list[int], monday: date) -> dict[date, int]:
    """How many of those who may answer are there on each day of a week. Two queries."""
    days = [monday + timedelta(days=n) for n in range(7)]
    members = Contact.members.through.objects.filter(contact__in=contacts).values("agent")
    people = set(Agent.objects.active().filter(pk__in=members).values_list("pk", flat=True))
    away = Absence.objects.filter(since__lte=days[-1], until__gte=days[0], ended_on=None, agent__in=people)
    spans = list(away.values_list("agent", "since", "until"))
    return {day: len(people - {agent for agent, since, until in spans if since <= day <= until}) for day in days}


def bars(week: list[HalfDay]) -> Bars:
    """Two bars a day over its name."""
    top = ceiling(max(1, *(-(-int(one.threads * 10) // 10) for one in week)))
    width, foot, head = 610 / 7, 228, 26
    scale, bar = (foot - head) / top, 30.0
    groups = []
    for n in range(7):
        middle = 30 + width * (n + 0.5)
        pair = week[2 * n : 2 * n + 2]
        shapes = tuple(
            (
                f"{middle + (place - 1) * (bar + 3) + 1.5:.1f}",
                f"{foot - one.threads * scale:.1f}",
                f"{bar:.1f}",
                f"{one.threads * scale:.1f}",
            )
            for place, one in enumerate(pair)
        )
        label = date_format(pair[0].expected.day, "D j")
        groups.append(Group(label, f"{middle:.1f}", tuple(round(one.threads) for one in pair), shapes))
    return Bars(groups, [Tick(f"{foot - part * scale:.1f}", part) for part in (0, top // 2, top)])
