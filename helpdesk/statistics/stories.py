"""What messages and events tell of threads: the life of each, from which its facts follow."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Max

from helpdesk.hours import hours_of
from helpdesk.models import (
    Deadline,
    Event,
    EventKind,
    Folder,
    Message,
    MessageKind,
    Promise,
    Rating,
    Thread,
)
from helpdesk.models.figures import FactKind
from helpdesk.models.message import WANT_NO_ANSWER
from helpdesk.statistics.life import Found, Life, Said, Turned

BATCH = 500  # threads
COLUMNS = ("contact", "folder", "merged_into", "created_at")


def lives(ids: Iterable[int]) -> Iterator[tuple[Thread, Life | None, int, int]]:
    """Threads by id with their lives (None: they do not count), their last event and how many they have."""
    wanted = list(ids)
    while wanted:
        batch, wanted = wanted[:BATCH], wanted[BATCH:]
        yield from _batch(batch)


def _batch(ids: list[int]) -> Iterator[tuple[Thread, Life | None, int, int]]:
    # First of all, so that what is committed meanwhile makes the number too small, and is looked at again.
    totals: dict[int, tuple[int, int]] = {
        row["thread"]: (row["last"], row["n"])
        for row in Event.objects.filter(thread__in=ids)
        .order_by()
        .values("thread")
        .annotate(last=Max("pk"), n=Count("pk"))
    }
    said, done, beside = _said(ids), _done(ids), _beside(ids)
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
