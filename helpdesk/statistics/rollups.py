"""What is kept added up: each day of a contact, and each month that is over. Pages read as few of them as there are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple, Self

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from helpdesk.models import DeskSettings
from helpdesk.models.figures import CountingState, DayFigures, Fact, FactKind, MonthFigures
from helpdesk.resting import rest
from helpdesk.statistics.days import Sums, begin_of, day_of, read, sums_of, write, written

DAYS = 20  # added up in one transaction: on SQLite nobody else writes for so long, a quarter of a second
STRETCH = 60  # rows of days in one query


class Moves(NamedTuple):
    """What a chart draws of one day."""

    new: int = 0
    answers: int = 0
    closed: int = 0
    reopened: int = 0

    def plus(self, other: "Moves") -> "Moves":
        """Both together."""
        return Moves(*(one + more for one, more in zip(self, other, strict=True)))


def no_messages() -> list[list[int]]:
    """None at any weekday (Monday first) and hour."""
    return [[0] * 24 for _day in range(7)]


def together(one: list[list[int]], other: list[list[int]]) -> list[list[int]]:
    """Both added."""
    return [[a + b for a, b in zip(*rows, strict=True)] for rows in zip(one, other, strict=True)]


@dataclass
class Part:
    """What some days of one contact add up to, and what is told day by day."""

    contact: int
    first: date
    sums: Sums
    days: dict[date, Moves] = field(default_factory=dict)
    heat: list[list[int]] = field(default_factory=no_messages)  # messages received by weekday and hour
    is_stale: bool = False  # it has to be added up again

    @classmethod
    def of_day(cls, row: DayFigures) -> Self:
        """One day."""
        sums = read(row.data, settled=row.settled)
        moves = {row.day: Moves(row.new, sums.answers, row.closed, row.reopened)}
        part = cls(row.contact_id, row.day, sums, moves, is_stale=row.is_stale)
        part.heat[row.day.weekday()] = sums.hours
        return part

    @classmethod
    def of_month(cls, row: MonthFigures) -> Self:
        """All of a month."""
        sums = read(row.data, settled=row.data["settled"])
        days = {row.month.replace(day=int(day)): Moves(*moves) for day, moves in row.data["days"].items()}
        return cls(row.contact_id, row.month, sums, days, row.data["heat"])

    def add(self, other: "Part") -> None:
        """Days that are not in it yet."""
        self.sums.add(other.sums)
        self.days |= other.days
        self.heat = together(self.heat, other.heat)

    @property
    def as_month(self) -> dict[str, Any]:
        """As `of_month` reads it."""
        days = {str(day.day): list(moves) for day, moves in sorted(self.days.items())}
        return {**written(self.sums), "settled": self.sums.settled, "days": days, "heat": self.heat}


# -- reading --------------------------------------------------------------------------------------


Span = tuple[date, date]  # from a day to a day, both included


def parts(spans: Sequence[Span], contacts: list[int]) -> Iterator[Part]:
    """All that is kept of these stretches of days: whole months where there are, days for the rest. Two queries."""
    months = _months(spans, contacts)
    yield from (Part.of_month(row) for rows in months.values() for row in rows)
    left = [Q(day__range=days) for span in spans for days in _between(*span, sorted(months))]
    if left:
        yield from map(Part.of_day, DayFigures.objects.filter(Q(*left, _connector=Q.OR), contact__in=contacts))


def _months(spans: Sequence[Span], contacts: list[int]) -> dict[date, list[MonthFigures]]:
    """Months that lie within one of them, where nothing waits for being added up."""
    wanted = [month for span in spans for month in _within(*span)]
    found: dict[date, list[MonthFigures]] = defaultdict(list)
    if wanted:
        for row in MonthFigures.objects.filter(contact__in=contacts, month__in=wanted):
            found[row.month].append(row)
    return {month: rows for month, rows in found.items() if not any(row.is_stale for row in rows)}


def _within(first: date, last: date) -> Iterator[date]:
    month = first if first.day == 1 else following(first)
    while following(month) <= last + timedelta(days=1):
        yield month
        month = following(month)


def following(day: date) -> date:
    """The first day of the month after."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _between(first: date, last: date, months: list[date]) -> Iterator[Span]:
    """The stretches of days outside of those of these months that lie within."""
    for month in months:
        if not first <= month <= last:
            continue
        if first < month:
            yield first, month - timedelta(days=1)
        first = following(month)
    if first <= last:
        yield first, last


# -- writing --------------------------------------------------------------------------------------


def mark(days: Iterable[tuple[date, int]]) -> None:
    """These days (of a contact each) and their months have to be added up again before somebody reads them."""
    wanted = sorted(set(days))
    rows = [DayFigures(day=day, contact_id=contact, is_stale=True, data={}) for day, contact in wanted]
    _put(DayFigures, rows, "day")
    months = sorted({(day.replace(day=1), contact) for day, contact in wanted})
    _put(MonthFigures, [MonthFigures(month=month, contact_id=contact) for month, contact in months], "month")


def _put(model: type[DayFigures] | type[MonthFigures], rows: list[Any], name: str) -> None:
    """New rows, or the mark on those that are there."""
    model._default_manager.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=[name, "contact"],
        update_fields=["is_stale"],
        batch_size=500,
    )


def add_up(rows: Iterable[DayFigures]) -> None:
    """Write the figures of these days from their facts, a stretch of days in one query."""
    zone = DeskSettings.load().zone
    for batch in _stretches(sorted(rows, key=lambda row: row.day)):
        sums = facts_by_day(batch[0].day, batch[-1].day, {row.contact_id for row in batch}, zone)
        for row in batch:
            write(row, sums.get((row.day, row.contact_id), Sums()))
        DayFigures.objects.bulk_update(
            batch, ["is_stale", "new", "closed", "reopened", "asked", "settled", "data"], batch_size=100
        )


def _stretches(rows: list[DayFigures]) -> Iterator[list[DayFigures]]:
    """Days that follow each other; the facts of what lies between two that do not are nobody's concern."""
    batch: list[DayFigures] = []
    for row in rows:
        if batch and (row.day - batch[-1].day > timedelta(days=1) or len(batch) == STRETCH):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def facts_by_day(first: date, last: date, contacts: set[int], zone: Any) -> dict[tuple[date, int], Sums]:
    """Straight from the facts: what each day of each contact adds up to."""
    begin, end = begin_of(first, zone), begin_of(last + timedelta(days=1), zone)
    mine = Fact.objects.filter(contact__in=contacts).order_by()
    grouped: dict[tuple[date, int], list[Fact]] = defaultdict(list)
    for fact in mine.filter(at__gte=begin, at__lt=end).iterator(5_000):
        grouped[day_of(fact.at, zone), fact.contact_id].append(fact)
    found = {key: sums_of(facts, zone) for key, facts in grouped.items()}
    settled = mine.filter(kind=FactKind.ASKED, until__gte=begin, until__lt=end).values_list("until", "contact")
    for until, contact in settled.iterator(5_000):
        if until is not None:
            found.setdefault((day_of(until, zone), contact), Sums()).settled += 1
    return found


def month_of(month: date, contact: int) -> Part:
    """What the days of a month add up to; they have to be up to date."""
    part = Part(contact, month, Sums())
    for row in DayFigures.objects.filter(contact=contact, day__gte=month, day__lt=following(month)):
        part.add(Part.of_day(row))
    return part


def days_of(days: Iterable[tuple[date, int]]) -> list[DayFigures]:
    """The rows of these days (of a contact each)."""
    wanted = [Q(day=day, contact=contact) for day, contact in days]
    return list(DayFigures.objects.filter(Q(*wanted, _connector=Q.OR))) if wanted else []


def keep_days() -> None:
    """Add up the days that changed."""
    while stale := list(DayFigures.objects.filter(is_stale=True).order_by("day")[:DAYS]):
        with transaction.atomic():
            CountingState.objects.select_for_update().get(pk=1)
            add_up(stale)
        if len(stale) == DAYS:
            rest()


def keep_months() -> None:
    """The periodic job, seldomer: add up the months that are over, where no day waits for it."""
    today = timezone.localdate(timezone=DeskSettings.load().zone)
    over = MonthFigures.objects.filter(is_stale=True, month__lt=today.replace(day=1)).order_by("-month")
    waiting = _waiting()
    for row in over.defer("data"):
        if (row.month, row.contact_id) in waiting:
            continue
        with transaction.atomic():
            CountingState.objects.select_for_update().filter(pk=1).first()
            _keep_month(row)
        rest()


def _keep_month(row: MonthFigures) -> None:
    """Nobody marks days meanwhile; what was marked just before waits for the next time."""
    if (row.month, row.contact_id) not in _waiting():
        row.data, row.is_stale = month_of(row.month, row.contact_id).as_month, False
        row.save()


def _waiting() -> set[tuple[date, int]]:
    """Months (of a contact each) with days that wait for being added up."""
    stale = DayFigures.objects.filter(is_stale=True).values_list("day", "contact")
    return {(day.replace(day=1), contact) for day, contact in stale}
