"""The conversation of a thread as it is shown: messages in the reader's order, between them folded events, and what
became of the order and the cart meanwhile."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from accounts.models import Agent
from helpdesk import context as shop
from helpdesk.models import Attachment, Delivery, Event, EventKind, Message, Thread

# What the message itself already tells.
TOLD_BY_MESSAGES = (
    EventKind.RECEIVED,
    EventKind.REPLIED,
    EventKind.NOTED,
    EventKind.THIRD_PARTY,
    EventKind.SENT,
)


SAID, HAPPENED, OF_ORDER = 0, 1, 2


@dataclass(frozen=True)
class Entry:
    """One message, the events between two, or a moment of the order.

    `version` changes when the browser has to draw it anew.
    """

    key: str
    version: str
    message: Message | None = None
    files: list[Attachment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    moment: Any = None  # something of the order or the cart: at, text, url, icon
    is_first: bool = False  # what began the thread: nobody here has seen what it quotes
    is_first_unread: bool = False
    leaves_in: int = 0  # seconds in which the author may still take it back


def entries(thread: Thread, *, reader: Agent, read_at: datetime | None) -> list[Entry]:
    """The whole conversation in three queries: messages, their files, events; one more where there is an order."""
    messages = list(
        thread.messages.current()
        .select_related("author")
        .annotate(
            leaves_at=F("outgoing__not_before"),
            tries=F("outgoing__attempts"),
            waits=F("outgoing__is_waiting"),
            has_original=Exists(Message.objects.filter(pk=OuterRef("pk"), incoming__isnull=False)),
        )
        .order_by("created_at", "pk")
    )
    events = thread.events.exclude(kind__in=TOLD_BY_MESSAGES).select_related("actor")
    moments = shop.moments_of(thread.order, thread.cart, since=thread.created_at)
    woven = _woven(messages, events, moments, files=_files_of(messages), reader=reader, read_at=read_at)
    return woven[::-1] if reader.thread_order == Agent.ThreadOrder.NEWEST else woven


def _files_of(messages: Iterable[Message]) -> dict[int | None, list[Attachment]]:
    """Those of each message, by its id."""
    found: dict[int | None, list[Attachment]] = defaultdict(list)
    for one in Attachment.objects.filter(message__in=[message.pk for message in messages]).order_by("pk"):
        found[one.message_id].append(one)
    return found


def _woven(
    messages: Iterable[Message],
    events: Iterable[Event],
    moments: Iterable[Any],
    *,
    files: Mapping[int | None, list[Attachment]],
    reader: Agent,
    read_at: datetime | None,
) -> list[Entry]:
    found: list[tuple[datetime, int, int, Any]] = [(one.created_at, SAID, one.pk, one) for one in messages]
    found += [(one.at, HAPPENED, one.pk, one) for one in events]
    found += [(one.at, OF_ORDER, n, one) for n, one in enumerate(moments)]
    found.sort(key=lambda row: row[:3])
    woven: list[Entry] = []
    unread, first = False, True
    for what, rows in groupby(found, key=lambda row: row[1]):
        things = [row[3] for row in rows]
        if what == HAPPENED:
            woven.append(_folded(things))
        elif what == OF_ORDER:
            woven += [Entry(key=f"o-{one.key}", version=one.key, moment=one) for one in things]
        for message in things if what == SAID else ():
            is_new = message.is_inbound and (read_at is None or message.created_at > read_at)
            begins = first and not message.thread.follows_id
            its = files.get(message.pk, [])
            woven.append(_said(message, its, reader=reader, first_unread=is_new and not unread, begins=begins))
            first = False
            unread = unread or is_new
    return woven


def _folded(events: list[Event]) -> Entry:
    return Entry(key=f"e-{events[0].pk}", version=str(events[-1].pk), events=events)


def _said(message: Message, files: list[Attachment], *, reader: Agent, first_unread: bool, begins: bool) -> Entry:
    leaves_at = getattr(message, "leaves_at", None)
    left = int((leaves_at - timezone.now()).total_seconds()) + 1 if leaves_at else 0
    is_stuck = message.tries or message.waits  # type: ignore[attr-defined]
    mine = message.author_id == reader.pk and message.delivery == Delivery.QUEUED and not is_stuck
    return Entry(
        key=f"m-{message.pk}",
        version=f"{message.delivery} {message.delivery_note} {mine and left > 0} {is_stuck}",
        message=message,
        files=files,
        is_first=begins,
        is_first_unread=first_unread,
        leaves_in=max(0, left) if mine else 0,
    )
