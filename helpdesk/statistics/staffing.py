"""How many threads to expect in each half day of a week: a reckoning anybody can follow. Pure, no database.

A day is like the same days of the eight weeks before: on average so many threads that are about no order, and so many
that are about one. The latter grow and shrink with the orders that are on their way, at most threefold. A holiday is
like a Sunday. What was not known when the week was reckoned is not looked at, so that past weeks can be reckoned again
and their error is an honest one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

HISTORY = 8  # weeks that are looked back on
SUNDAY = 6
MOST = 3  # times as many as usual, whatever is on its way
MORNING, AFTERNOON = 0, 1
NOON = 14  # when the second half begins, by the shop's clock
WEEK = timedelta(days=7)

Slot = tuple[date, int]


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Past:
    """What is on record. `on_way` are the orders on their way by the Monday that they were counted for."""

    first: date  # nothing is known of the days before
    about_orders: Mapping[Slot, int] = field(default_factory=dict)  # new threads
    others: Mapping[Slot, int] = field(default_factory=dict)
    on_way: Mapping[date, int] = field(default_factory=dict)
    is_holiday: Callable[[date], bool] = lambda day: False

    def kind_of(self, day: date) -> int:
        """Which weekday it is like."""
        return SUNDAY if self.is_holiday(day) else day.weekday()

    def count(self, slot: Slot) -> int:
        """New threads of a half day."""
        return self.about_orders.get(slot, 0) + self.others.get(slot, 0)


@dataclass(frozen=True)
class Expected:
    """One half day: threads to expect, and how many days like it that rests on."""

    day: date
    half: int
    threads: Fraction
    days: int


def expect(monday: date, past: Past, *, known: date) -> list[Expected]:
    """The fourteen half days of a week, from what had happened before the day `known` began."""
    like: dict[int, list[date]] = {}
    for day in days_before(known, past.first):
        like.setdefault(past.kind_of(day), []).append(day)
    week = [monday + timedelta(days=n) for n in range(7)]
    found = []
    for day in week:
        days = like.get(past.kind_of(day), [])
        found += [Expected(day, half, _mean(days, half, past, monday), len(days)) for half in (MORNING, AFTERNOON)]
    return found


def days_before(known: date, first: date) -> list[date]:
    """The days that are looked back on: of the eight weeks before, but of none before the first on record."""
    begin = max(first, known - HISTORY * WEEK)
    return [begin + timedelta(days=n) for n in range((known - begin).days)]


def _mean(days: list[date], half: int, past: Past, monday: date) -> Fraction:
    """On average, with those about orders by the orders on their way."""
    if not days:
        return Fraction(0)
    others = Fraction(sum(past.others.get((day, half), 0) for day in days), len(days))
    about = Fraction(sum(past.about_orders.get((day, half), 0) for day in days), len(days))
    usual = Fraction(sum(past.on_way.get(monday_of(day), 0) for day in days), len(days))
    growth = min(Fraction(past.on_way.get(monday, 0)) / usual, Fraction(MOST)) if usual else Fraction(1)
    return others + about * growth


@dataclass(frozen=True)
class Checked:
    """A week that has passed: what would have been expected, and what came."""

    monday: date
    expected: Fraction
    came: int
    off: Fraction  # on average in a half day, whichever way

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.monday + timedelta(days=6)

    @property
    def expected_threads(self) -> float:
        """As a number with decimals."""
        return float(self.expected)

    @property
    def off_threads(self) -> float:
        """The same of the error."""
        return float(self.off)

    @property
    def difference(self) -> int:
        """How many more came than expected; below 0 fewer."""
        return self.came - round(self.expected)


def check(monday: date, past: Past, *, known: date) -> Checked:
    """Reckon a past week with what was known then, and hold it against what came."""
    told = expect(monday, past, known=known)
    off = [abs(one.threads - past.count((one.day, one.half))) for one in told]
    came = sum(past.count((one.day, one.half)) for one in told)
    return Checked(monday, sum((one.threads for one in told), Fraction(0)), came, sum(off, Fraction(0)) / len(off))


def mean_error(weeks: Iterable[Checked]) -> Fraction | None:
    """On average in a half day over some weeks; None where there are none."""
    off = [one.off for one in weeks]
    return sum(off, Fraction(0)) / len(off) if off else None
