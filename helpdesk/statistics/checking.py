"""Whether what the statistics keep is what counting from messages and events gives, exactly."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Max, Min

from helpdesk.models import DeskSettings, Thread
from helpdesk.models.figures import DayFigures, Fact, MonthFigures
from helpdesk.statistics.counting import Shape, fact_of, shape
from helpdesk.statistics.days import Sums, day_of, days_between, write
from helpdesk.statistics.rollups import facts_by_day, month_of
from helpdesk.statistics.stories import BATCH, lives

AT_ONCE = 31  # days


def differences() -> Iterator[str]:
    """A sentence for each thread, day and month that is not kept as it counts."""
    yield from _threads()
    yield from _days()
    yield from _months()


def _threads() -> Iterator[str]:
    after = 0
    while ids := list(Thread.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        after = ids[-1]
        kept: dict[int, Counter[Shape]] = defaultdict(Counter)
        for fact in Fact.objects.filter(thread__in=ids).order_by():
            kept[fact.thread_id][shape(fact)] += 1
        for thread, life, _last, _number in lives(ids):
            counted = Counter(shape(fact_of(thread, one)) for one in (life.facts if life else ()))
            if counted != kept[thread.pk]:
                numbers = kept[thread.pk].total(), counted.total()
                yield "thread {}: {} facts are kept, {} are counted".format(thread.pk, *numbers)


def _days() -> Iterator[str]:
    """From the facts, some days at a time; days that wait for being added up are no difference."""
    zone = DeskSettings.load().zone
    ends = Fact.objects.aggregate(first=Min("at"), last=Max("at"), until=Max("until"))
    if ends["first"] is None:
        yield from (
            f"{row}: is kept, but nothing happened" for row in DayFigures.objects.filter(is_stale=False, new__gt=0)
        )
        return
    last = max(day_of(at, zone) for at in (ends["last"], ends["until"]) if at)
    days = days_between(day_of(ends["first"], zone), last)
    for start in range(0, len(days), AT_ONCE):
        yield from _stretch(days[start], days[min(start + AT_ONCE, len(days)) - 1], zone)


def _stretch(first: date, last: date, zone: Any) -> Iterator[str]:
    contacts = set(Fact.objects.order_by().values_list("contact", flat=True).distinct())
    rows = {(row.day, row.contact_id): row for row in DayFigures.objects.filter(day__gte=first, day__lte=last)}
    counted = facts_by_day(first, last, contacts, zone)
    for key in sorted(rows.keys() | counted.keys()):
        row = rows.get(key)
        if row is not None and row.is_stale:
            continue
        fresh = DayFigures(day=key[0], contact_id=key[1])
        write(fresh, counted.get(key, Sums()))
        if row is None or _columns(row) != _columns(fresh):
            yield f"{key[0]}, contact {key[1]}: the figures of the day are not what its facts add up to"


def _columns(row: DayFigures) -> tuple[Any, ...]:
    data = {name: value for name, value in row.data.items() if value}
    return row.new, row.closed, row.reopened, row.asked, row.settled, data


def _months() -> Iterator[str]:
    """From the days; months that wait for being added up are no difference, days without a month are."""
    rows = {(row.month, row.contact_id): row for row in MonthFigures.objects.defer("data")}
    days = {(day.replace(day=1), contact) for day, contact in DayFigures.objects.values_list("day", "contact")}
    for month, contact in sorted(days | rows.keys()):
        row = rows.get((month, contact))
        if row is None or not (row.is_stale or _told(row.data) == _told(month_of(month, contact).as_month)):
            yield f"{month:%Y-%m}, contact {contact}: the figures of the month are not what its days add up to"


def _told(data: dict[str, Any]) -> str:
    """To compare it; what is empty need not be there."""
    return json.dumps({name: value for name, value in data.items() if value}, sort_keys=True)
