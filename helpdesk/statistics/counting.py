"""Keeps the facts of all threads, which follow from messages and events alone, and marks the days they change."""

import hashlib
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max, Subquery
from django.utils import timezone

from helpdesk.hours import hours_of
from helpdesk.models import (
    Calendar,
    Deadline,
    DeskSettings,
    Event,
    EventKind,
    Folder,
    Message,
    MessageKind,
    Promise,
    Rating,
    Thread,
)
from helpdesk.models.figures import CountedThread, CountingState, DayFigures, Fact, FactKind, MonthFigures
from helpdesk.models.message import WANT_NO_ANSWER
from helpdesk.resting import rest
from helpdesk.statistics.days import day_of
from helpdesk.statistics.life import Found, Life, Said, Turned
from helpdesk.statistics.rollups import keep_days, mark

WINDOW = 400  # events looked at in one transaction: on SQLite nobody else writes for so long, a quarter of a second
BATCH = 500  # threads
SOME = 4_000  # events: more than this a page leaves to the job
LATE = timedelta(minutes=10)  # a transaction that takes longer is none of ours
COLUMNS = ("contact", "folder", "merged_into", "created_at")


# -- a thread -------------------------------------------------------------------------------------


def lives(ids: Iterable[int]) -> Iterator[tuple[Thread, Life | None, int, int]]:
    """Threads by id with their lives (None: they do not count), their last event and how many they have."""
    wanted = list(ids)
    while wanted:
        batch, wanted = wanted[:BATCH], wanted[BATCH:]
        yield from _batch(batch)


def _batch(ids: list[int]) -> Iterator[tuple[Thread, Life | None, int, int]]:
    said, done, beside = _said(ids), _done(ids), _beside(ids)
    totals: dict[int, tuple[int, int]] = {
        row["thread"]: (row["last"], row["n"])
        for row in Event.objects.filter(thread__in=ids)
        .order_by()
        .values("thread")
        .annotate(last=Max("pk"), n=Count("pk"))
    }
    begun = Event.objects.filter(thread__in=ids, kind=EventKind.CREATED).order_by()
    begun_by: dict[int, int | None] = dict(begun.values_list("thread", "actor"))
    for thread in Thread.objects.filter(pk__in=ids).only(*COLUMNS):
        life = None
        if counts(thread):
            story = [*said.get(thread.pk, ()), *done.get(thread.pk, ())]
            life = Life.of(thread.created_at, story, hours_of(thread.contact_id), by=begun_by.get(thread.pk))
            life.facts += beside.get(thread.pk, ())
        yield thread, life, *totals.get(thread.pk, (0, 0))


def _beside(ids: list[int]) -> dict[int, list[Found]]:
    """Promises kept or broken, ratings, targets, and letters of people whom the form had shown their order."""
    found: dict[int, list[Found]] = defaultdict(list)
    settled = Promise.objects.filter(thread__in=ids, dropped_at=None).order_by("pk")
    for thread, by, kept, broken in settled.values_list("thread", "by", "kept_at", "broken_at"):
        if at := kept or broken:
            found[thread].append(Found(FactKind.KEPT if kept else FactKind.BROKEN, at, by))
    ratings = Rating.objects.filter(thread__in=ids).values_list("thread", "agent", "invited_at", "rated_at", "score")
    for thread, agent, invited, rated, score in ratings:
        found[thread].append(Found(FactKind.INVITED, invited, agent))
        if rated:
            found[thread].append(Found(FactKind.RATED, rated, agent, number=score or 0))
    shown = Event.objects.filter(thread__in=ids, kind=EventKind.ANSWER_SHOWN).order_by("pk")
    for thread, at in shown.values_list("thread", "at"):
        found[thread].append(Found(FactKind.SHOWN, at))
    for row in Deadline.objects.filter(thread__in=ids).exclude(settled_at=None, missed_at=None).order_by("pk"):
        found[row.thread_id] += _level(row)
    return found


def _level(row: Deadline) -> Iterator[Found]:
    """A target met, or missed; one that was set when it was too late counts nowhere."""
    facts: dict[str, Any] = {"work_seconds": row.used, "data": {"metric": row.metric}}
    if row.missed_at is None and row.settled_at is not None:
        yield Found(FactKind.MET, row.settled_at, row.agent_id, **facts)
    elif row.missed_at is not None and row.made_at <= row.missed_at:
        yield Found(FactKind.LATE, row.missed_at, row.agent_id, **facts)


def counts(thread: Thread) -> bool:
    """Neither spam nor in the bin, and not a part of another thread."""
    return thread.folder == Folder.DESK and thread.merged_into_id is None


def _said(ids: list[int]) -> dict[int, list[Said]]:
    used: dict[Any, list[int]] = dict(
        Event.objects.filter(message__thread__in=ids, kind=EventKind.REPLIED, data__has_key="replies")
        .order_by()
        .values_list("message", "data__replies")
    )
    rows = (
        Message.objects.public()
        .filter(thread__in=ids)
        .order_by("created_at", "pk")
        .values_list("pk", "thread", "created_at", "kind", "author", "reason")
    )
    found: dict[int, list[Said]] = defaultdict(list)
    for pk, thread, at, kind, author, reason in rows:
        ours, is_quiet = kind == MessageKind.REPLY, reason in WANT_NO_ANSWER
        found[thread].append(Said(at, ours, author if ours else None, is_quiet, tuple(used.get(pk, ()))))
    return found


def _done(ids: list[int]) -> dict[int, list[Turned]]:
    """Changes of status, without those that a recalled reply brought and took away again."""
    kinds = (EventKind.STATUS, EventKind.REPLIED, EventKind.RECALLED)
    events: dict[int, list[Event]] = defaultdict(list)
    rows = Event.objects.filter(thread__in=ids, kind__in=kinds).order_by("at", "pk")
    for event in rows.only("thread", "kind", "at", "actor", "message", "holder", "data", "close_reason"):
        events[event.thread_id].append(event)
    return {thread: [_turned(one) for one in _lasting(told)] for thread, told in events.items()}


def _turned(event: Event) -> Turned:
    reason = str(event.close_reason_id or "")
    return Turned(event.at, event.data.get("to") or event.status, event.holder, event.actor_id, reason)


def _lasting(events: list[Event]) -> list[Event]:
    """The changes of status that were meant: a reply that is taken back takes its own change with it."""
    undone: set[int] = set()
    for place, event in enumerate(events):
        if event.kind != EventKind.RECALLED:
            continue
        starts = [n for n, one in enumerate(events[:place]) if _said_by(one, event)]
        if starts and events[starts[-1] + 1].kind == EventKind.STATUS:
            undone |= {starts[-1] + 1}
            undone |= {place - 1} if events[place - 1].kind == EventKind.STATUS else set()
    return [one for n, one in enumerate(events) if one.kind == EventKind.STATUS and n not in undone]


def _said_by(one: Event, recall: Event) -> bool:
    return one.kind == EventKind.REPLIED and one.message_id == recall.message_id


# -- all of them ----------------------------------------------------------------------------------


def catch_up(*, thoroughly: bool = True) -> bool:
    """Count what happened since; whoever else counts is waited for, unless not `thoroughly`. Whether all is done.

    Not thoroughly is what a page does: a few events at once; many, and other opening hours, are left to the job.
    """
    if not thoroughly and ((waiting := _waiting()) <= 0 or waiting > SOME):
        return waiting <= 0
    began = monotonic()
    while _step(thoroughly=thoroughly):
        if thoroughly:
            rest(monotonic() - began)  # pages that this process serves have at least every other moment
        began = monotonic()
    return True


def _waiting() -> float:
    """How many events, as they are numbered, were not looked at; after other hours all of them, however many."""
    top = Event.objects.order_by("-pk").values("pk")[:1]
    states = CountingState.objects.filter(pk=1).annotate(top=Subquery(top)).values_list("top", "done", "plan")
    newest, done, counted_by = states.first() or (Event.objects.aggregate(top=Max("pk"))["top"], 0, "")
    if counted_by and counted_by != plan():
        return math.inf
    return (newest or 0) - done


def _step(*, thoroughly: bool) -> bool:
    """One transaction of it; whether there is more."""
    with transaction.atomic():
        CountingState.objects.get_or_create(pk=1)
        skip = not thoroughly and connection.features.has_select_for_update_skip_locked
        state = CountingState.objects.select_for_update(skip_locked=skip).filter(pk=1).first()
        if state is None:
            return False
        _keep_plan(state)
        top = Event.objects.aggregate(top=Max("pk"))["top"] or 0
        until = min(top, state.done + WINDOW)
        changed = set(_changed(state.done, until))
        if until == top and thoroughly:
            changed |= set(_late(state)) | set(_outdated())
        count_threads(changed)
        state.done = until
        _pass_time(state)
        state.save()
        again = thoroughly and CountedThread.objects.filter(last_event=0).exists()
        return until < top or (again and bool(changed))


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
    joined = events.filter(kind__in=[EventKind.MERGED, EventKind.SPLIT]).values_list("data__name", flat=True)
    yield from (int(name) for name in joined if str(name).isdigit())


def _late(state: CountingState) -> Iterator[int]:
    """Threads with events that were numbered earlier but committed later than what was looked at."""
    recent = Event.objects.filter(pk__gt=state.seen, pk__lte=state.done).values("thread")
    found = Event.objects.filter(thread__in=recent).order_by().values("thread").annotate(n=Count("pk"))
    known = dict(CountedThread.objects.filter(thread__in=recent).values_list("thread", "events"))
    yield from (row["thread"] for row in found if known.get(row["thread"]) != row["n"])


def _outdated() -> Iterator[int]:
    yield from CountedThread.objects.filter(last_event=0).values_list("thread", flat=True)[:WINDOW]


def _pass_time(state: CountingState) -> None:
    now = timezone.now()
    if state.seen_at is None or now - state.seen_at > LATE:
        state.seen, state.seen_next, state.seen_at = state.seen_next, state.done, now


def count_threads(ids: Iterable[int]) -> None:
    """Put the facts of these threads in the place of those they had, and mark the days that change by it."""
    wanted = list(ids)
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        before = Fact.objects.filter(thread__in=batch)
        had = Counter(map(shape, before.order_by()))
        before.delete()
        rows, counted = [], []
        for thread, life, last, number in lives(batch):
            rows += [fact_of(thread, one) for one in (life.facts if life else ())]
            counted.append(CountedThread(thread=thread, last_event=last, events=number))
        Fact.objects.bulk_create(rows, batch_size=1000)
        CountedThread.objects.bulk_create(
            counted, update_conflicts=True, unique_fields=["thread"], update_fields=["last_event", "events"]
        )
        mark(_days_that_differ(had, Counter(map(shape, rows))))


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


def keep() -> None:
    """The periodic job: count, then add up the days that changed."""
    catch_up()
    keep_days()
