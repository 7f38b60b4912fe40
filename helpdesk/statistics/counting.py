"""Keeps the facts of all threads, which follow from messages and events alone, and marks the days they change."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, Max, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from helpdesk.models import (
    Calendar,
    DeskSettings,
    Event,
    EventKind,
    Thread,
)
from helpdesk.models.figures import CountedThread, CountingState, DayFigures, Fact, MonthFigures
from helpdesk.resting import rest
from helpdesk.statistics.days import day_of
from helpdesk.statistics.life import Found
from helpdesk.statistics.rollups import DAYS, add_up, days_of, keep_days, mark
from helpdesk.statistics.stories import BATCH, lives

WINDOW = 400  # events looked at in one transaction: on SQLite nobody else writes for so long, a quarter of a second
BEHIND = timedelta(seconds=10)  # pages say so
LATE = timedelta(minutes=10)  # a transaction that takes longer is none of ours


def is_behind() -> bool:
    """Whether something waits longer for being counted than the job takes when it has nothing else to do."""
    done = Subquery(CountingState.objects.filter(pk=1).values("done"))
    waiting = Event.objects.filter(pk__gt=Coalesce(done, 0)).order_by("pk")
    oldest = waiting.values_list("at", flat=True).first()
    return oldest is not None and oldest < timezone.now() - BEHIND


def keep() -> None:
    """The periodic job: count what happened until now, then add up the days that changed."""
    if _has_news():
        top = Event.objects.aggregate(top=Max("pk"))["top"] or 0
        is_more = True
        while is_more:
            began = monotonic()
            is_more = _step(top)
            rest(monotonic() - began)  # pages that this process serves have at least every other moment
    keep_days()


def _has_news() -> bool:
    """Asked every second: events that were not looked at, threads to be counted again, or other opening hours."""
    newest, again = Event.objects.order_by("-pk").values("pk")[:1], CountedThread.objects.filter(last_event=0)
    states = CountingState.objects.filter(pk=1).annotate(top=Subquery(newest), again=Exists(again))
    state = states.first()
    return state is None or state.again or (state.top or 0) > state.done or state.plan != plan()


@transaction.atomic
def _step(top: int) -> bool:
    """One transaction of it, up to an event; whether there is more."""
    state = alone()
    _keep_plan(state)
    until = min(top, state.done + WINDOW)
    changed = set(_changed(state.done, until))
    if until == top:
        changed |= set(_outdated())
    days = count_threads(changed)
    state.done = max(until, state.done)
    state.save()
    if until < top or CountedThread.objects.filter(last_event=0).exists():
        return True
    if len(days) <= DAYS:
        add_up(days_of(days))
    return False


def alone() -> CountingState:
    """Until the end of the transaction nobody else counts: for whoever does, or deletes what may be counted."""
    CountingState.objects.get_or_create(pk=1)
    return CountingState.objects.select_for_update().get(pk=1)


def look_back() -> None:
    """The periodic job, seldomer: count what was numbered earlier but committed later than what was looked at."""
    state = CountingState.objects.filter(pk=1).first()
    if state is None or not ((late := set(_late(state))) or _is_time(state)):
        return
    with transaction.atomic():
        state = alone()
        count_threads(late)
        if _is_time(state):
            state.seen, state.seen_next, state.seen_at = state.seen_next, state.done, timezone.now()
        state.save()


def plan() -> str:
    """A name for the calendars, which contact keeps which, and the shop's zone: what all times follow from."""
    told = repr((Calendar.plans(), DeskSettings.load().time_zone))
    return hashlib.sha256(told.encode()).hexdigest()


def _keep_plan(state: CountingState) -> None:
    """Other hours, or another midnight: everything is counted again."""
    now = plan()
    if state.plan and state.plan != now:
        count_anew()
    state.plan = now


def count_anew() -> None:
    """Throw away what was added up, and ask for counting all threads again."""
    DayFigures.objects.all().delete()
    MonthFigures.objects.all().delete()
    CountedThread.objects.update(last_event=0)
    mark(set(_all_days()))


def _all_days() -> Iterator[tuple[date, int]]:
    zone = DeskSettings.load().zone
    for at, contact in Fact.objects.order_by().values_list("at", "contact").iterator(10_000):
        yield day_of(at, zone), contact


def _changed(after: int, until: int) -> Iterator[int]:
    """Threads with events in a stretch, and those they were merged with or split from."""
    events = Event.objects.filter(pk__gt=after, pk__lte=until).order_by()
    yield from events.values_list("thread", flat=True).distinct()
    yield from _joined(events)


def _late(state: CountingState) -> Iterator[int]:
    """Threads with events that were numbered earlier but committed later, and those they were merged with or split."""
    recent = Event.objects.filter(pk__gt=state.seen, pk__lte=state.done).order_by()
    found = Event.objects.filter(thread__in=recent.values("thread")).order_by().values("thread").annotate(n=Count("pk"))
    known = dict(CountedThread.objects.filter(thread__in=recent.values("thread")).values_list("thread", "events"))
    late = [row["thread"] for row in found if known.get(row["thread"]) != row["n"]]
    yield from late
    yield from _joined(recent.filter(thread__in=late))


def _is_time(state: CountingState) -> bool:
    return state.seen_at is None or timezone.now() - state.seen_at > LATE


def _joined(events: QuerySet[Event]) -> Iterator[int]:
    """The other threads of mergers and splits."""
    names = events.filter(kind__in=[EventKind.MERGED, EventKind.SPLIT]).values_list("data__name", flat=True)
    yield from (int(name) for name in names if str(name).isdigit())


def _outdated() -> Iterator[int]:
    yield from CountedThread.objects.filter(last_event=0).values_list("thread", flat=True)[:WINDOW]


def count_threads(ids: Iterable[int]) -> set[tuple[date, int]]:
    """Put the facts of these threads in the place of those they had, and mark the days that change by it: these."""
    wanted, days = list(ids), set[tuple[date, int]]()
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        before = Fact.objects.filter(thread__in=batch)
        had = Counter(map(shape, before.order_by()))
        before.delete()
        rows, counted = [], []
        for thread, life, last, number in lives(batch):
            rows += [fact_of(thread, one) for one in (life.facts if life else ())]
            counted.append(CountedThread(thread=thread, last_event=last or 1, events=number))
        Fact.objects.bulk_create(rows, batch_size=1000)
        CountedThread.objects.bulk_create(
            counted, update_conflicts=True, unique_fields=["thread"], update_fields=["last_event", "events"]
        )
        mark(differ := _days_that_differ(had, Counter(map(shape, rows))))
        days |= differ
    return days


Shape = tuple[Any, ...]


def shape(one: Fact) -> Shape:
    """All that a fact says, to compare it."""
    data = json.dumps(one.data, sort_keys=True)
    told = (str(one.kind), one.thread_id, one.agent_id, one.seconds, one.work_seconds, one.number, data)
    return one.contact_id, one.at, one.until, *told


def _days_that_differ(had: Counter[Shape], has: Counter[Shape]) -> set[tuple[date, int]]:
    zone = DeskSettings.load().zone
    return {
        (day_of(at, zone), contact)
        for contact, begin, until, *_rest in (had - has) + (has - had)
        for at in (begin, until)
        if at
    }


def fact_of(thread: Thread, one: Found) -> Fact:
    """As a row."""
    return Fact(
        thread=thread,
        contact_id=thread.contact_id,
        kind=one.kind,
        at=one.at,
        until=one.until,
        agent_id=one.agent,
        seconds=one.seconds,
        work_seconds=one.work_seconds,
        number=one.number,
        data=one.data,
    )
