"""The queues: which threads, in which order, a page at a time, and what comes after which."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Count, Q, Value, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Agent
from helpdesk import context as shop
from helpdesk.filters import ME, NOBODY, OVERDUE, TODAY, Filters, day_after
from helpdesk.models import ACTIVE, DeskSettings, Folder, Status, Target, Thread
from helpdesk.models.thread import ThreadQuerySet

PAGE = 50
# The columns a row shows: reading all of five tables costs as much again as the rest of the page.
SHOWN = (
    *("subject", "name", "email", "status", "folder", "language", "excerpt", "order_text", "attachment_count"),
    *("needs_answer", "holder", "created_at", "active_at", "inbound_at", "waiting_since", "closed_at", "wake_at"),
    *("due_at", "priority"),
    *("contact__slug", "contact__titles", "assignee__name", "assignee__username"),
    *("customer__first_name", "customer__last_name", "customer__company", "customer__erased_at"),
    "order__reference",
)


@dataclass(frozen=True)
class Queue:
    """A queue with a name of its own. `wants` are the filters that make it; `tone` colours its icon."""

    key: str
    label: str | Promise
    icon: str
    wants: Mapping[str, str]
    tone: str = ""
    status: str = ""
    is_timed: bool = False  # only where something has a target

    @property
    def query(self) -> str:
        """Its filters as a query string."""
        return "&".join(f"{name}={value}" for name, value in self.wants.items())

    def holds(self, filters: Filters) -> bool:
        """Whether the filters show this queue, or a part of it."""
        return all(filters.values.get(name) == (value,) for name, value in self.wants.items())


QUEUES = (
    Queue("all", _("Whole queue"), "rows", {}),
    Queue("mine", _("Mine"), "user", {"assignee": ME}),
    Queue("unassigned", _("Unassigned"), "inbox", {"assignee": NOBODY}),
    Queue("overdue", _("Overdue"), "flag", {"due": OVERDUE}, "st-spam", is_timed=True),
    Queue("today", _("Due today"), "clock", {"due": TODAY}, is_timed=True),
    Queue("open", pgettext_lazy("threads", "Open"), "s-open", {"status": Status.OPEN.value}, "st-open", Status.OPEN),
    Queue("pending1", _("Pending 1"), "s-p1", {"status": Status.PENDING_1.value}, "st-p1", Status.PENDING_1),
    Queue("pending2", _("Pending 2"), "s-p2", {"status": Status.PENDING_2.value}, "st-p2", Status.PENDING_2),
    Queue(
        "closed",
        pgettext_lazy("threads", "Closed"),
        "s-closed",
        {"status": Status.CLOSED.value},
        "st-closed",
        Status.CLOSED,
    ),
    Queue("thanks", _("Thanks"), "checks", {"thanks": "1"}, "st-closed"),
    Queue("spam", _("Spam"), "s-spam", {"folder": Folder.SPAM.value}, "st-spam"),
    Queue("trash", _("Bin"), "trash", {"folder": Folder.TRASH.value}),
)


def queue_of(filters: Filters) -> Queue:
    """The named queue that the filters show: folders first, then people, then statuses, else the whole."""
    named = {queue.key: queue for queue in QUEUES}
    order = (
        "spam",
        "trash",
        "thanks",
        "overdue",
        "today",
        "mine",
        "unassigned",
        "open",
        "pending1",
        "pending2",
        "closed",
    )
    return next((named[key] for key in order if named[key].holds(filters)), named["all"])


# -- order ----------------------------------------------------------------------------------------


def sort_of(filters: Filters, agent: Agent) -> str:
    """How the list is sorted: as the address says, else as the agent chose."""
    return filters.first("sort") or agent.queue_sort


ORDERS: dict[str, Callable[[ThreadQuerySet], ThreadQuerySet]] = {
    Agent.QueueSort.NEWEST: ThreadQuerySet.newest_first,
    Agent.QueueSort.WAIT: ThreadQuerySet.waiting_longest,
    Agent.QueueSort.DUE: ThreadQuerySet.due_first,
}
RISING = {Agent.QueueSort.WAIT.value: "waiting_since", Agent.QueueSort.DUE.value: "due_at"}


def threads(agent: Agent, filters: Filters, *, zone: str = "") -> ThreadQuerySet:
    """A queue: what the agent may see, narrowed and sorted, with `is_unread`. `zone` says when a day begins."""
    if not zone and not {"from", "to", "figure", "due"}.isdisjoint(filters.values):
        zone = DeskSettings.load().time_zone
    seen = filters.narrow(Thread.objects.visible_to(agent).with_unread(agent), agent, zone or "UTC")
    return ORDERS[sort_of(filters, agent)](seen)


@dataclass(frozen=True)
class Page:
    """One page of a queue. Whether there is more is known from one row beyond, not from counting all."""

    threads: list[Thread]
    number: int
    has_more: bool

    @property
    def first(self) -> int:
        """Number of the first row in the queue; 0 on an empty page."""
        return (self.number - 1) * PAGE + 1 if self.threads else 0

    @property
    def last(self) -> int:
        """Number of the last row in the queue."""
        return (self.number - 1) * PAGE + len(self.threads)

    @property
    def is_all(self) -> bool:
        """The whole queue is on this page."""
        return self.number == 1 and not self.has_more


def page(agent: Agent, filters: Filters, *, zone: str = "") -> Page:
    """The page that the filters name, with all that a row shows."""
    start = (filters.page - 1) * PAGE
    rows = (
        shop.with_standing(threads(agent, filters, zone=zone))
        .select_related("contact", "assignee", "customer", "order")
        .only(*SHOWN)
        .prefetch_related("tags")
    )
    found = list(rows[start : start + PAGE + 1])
    return Page(found[:PAGE], filters.page, len(found) > PAGE)


# -- neighbours -----------------------------------------------------------------------------------


def neighbours(agent: Agent, query: QueryDict | str, *, of: Thread) -> tuple[Thread | None, Thread | None]:
    """The threads before and after one in the queue that the query string names (None at the ends).

    Ask before a write: a reply moves the thread to another place in the queue.
    """
    filters = Filters.read(query)
    queue = threads(agent, filters).exclude(pk=of.pk)
    after = _after(of, sort_of(filters, agent))
    return queue.exclude(after).reverse().first(), queue.filter(after).first()


def next_thread(agent: Agent, query: QueryDict | str, *, after: Thread) -> Thread | None:
    """Where "send and next" goes: the thread behind this one in the queue, at its end the first of it.

    Ask before a write: a reply moves the thread to another place in the queue.
    """
    filters = Filters.read(query)
    queue = threads(agent, filters).exclude(pk=after.pk)
    return queue.filter(_after(after, sort_of(filters, agent))).first() or queue.first()


def _after(thread: Thread, sort: str) -> Q:
    """What stands behind the thread, in the order of newest_first(), waiting_longest() or due_first()."""
    if sort not in RISING:
        return Q(active_at__lt=thread.active_at) | Q(active_at=thread.active_at, pk__lt=thread.pk)
    column = RISING[sort]
    since = getattr(thread, column)
    tied = Q(active_at__lt=thread.active_at) | Q(active_at=thread.active_at, pk__gt=thread.pk)
    if since is None:
        return Q(**{column: None}) & tied
    return Q(**{f"{column}__gt": since}) | Q(**{column: None}) | Q(**{column: since}) & tied


# -- counts ---------------------------------------------------------------------------------------


@dataclass
class Counts:
    """How many threads, and how many of them this agent has not read, by queue and by contact."""

    total: dict[str, int] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)

    def add(self, key: str, number: int, unread: int) -> None:
        """Count a group of threads under a key."""
        self.total[key] = self.total.get(key, 0) + number
        self.unread[key] = self.unread.get(key, 0) + unread


# Stand for the agent, for now and for the end of the day in the query that is kept.
READER, NOW, MIDNIGHT = -1, datetime(1901, 1, 1, tzinfo=UTC), datetime(1901, 1, 2, tzinfo=UTC)


@cache
def _count_query(role: str, is_timed: bool) -> tuple[str, tuple[Any, ...]]:
    """The grouped query of counts() for agents in a role, compiled once: that costs as much as it takes to run."""
    reader = Agent(pk=READER, role=role)
    seen = Thread.objects.visible_to(reader).with_unread(reader).order_by()
    groups = _grouped(seen, "folder")
    spam = groups.filter(folder=Folder.SPAM)
    # By their own small index: SQLite would else look at each closed thread.
    quiet = Thread.objects.filter(thanked_at__isnull=False).order_by().values("pk")
    thanked = groups.filter(folder=Folder.DESK, status=Status.CLOSED, pk__in=quiet)
    parts = [spam, thanked]
    if is_timed:
        when = Case(When(due_at__lt=NOW, then=Value("overdue")), default=Value("today"), output_field=CharField())
        parts.append(_grouped(seen.filter(due_at__lt=MIDNIGHT).annotate(when=when), "when"))
    return groups.filter(folder=Folder.DESK, status__in=ACTIVE).union(*parts, all=True).query.sql_with_params()


def _grouped(threads: ThreadQuerySet, first: str) -> Any:
    counted = {"n": Count("pk"), "unread_n": Count("pk", filter=Q(is_unread=True))}
    return threads.values(first, "status", "contact_id", "assignee_id").annotate(**counted)


def counts(agent: Agent) -> Counts:
    """All counts beside the navigation, by one grouped query. Contacts stand under "contact:ID", open ones
    under "open:ID"; of closed threads only those are counted that were thanked for, the bin is not."""
    sql, values = _count_query(agent.role, Target.in_force())
    real, counted = _real_values(agent), Counts()
    with connection.cursor() as cursor:
        cursor.execute(sql, [real.get(value, value) for value in values])
        for folder, *group, number, unread in cursor.fetchall():
            for key in _keys(agent, *group) if folder == Folder.DESK else [folder]:
                counted.add(key, number, unread)
    return counted


def _real_values(agent: Agent) -> dict[Any, Any]:
    """What goes into the kept query in the place of what stands for it."""
    now, adapt = timezone.now(), connection.ops.adapt_datetimefield_value
    return {READER: agent.pk, adapt(NOW): adapt(now), adapt(MIDNIGHT): adapt(day_after(now))}


def _keys(agent: Agent, status: str, contact: int, assignee: int | None) -> list[str]:
    """Under which keys threads of the desk are counted."""
    if status == Status.CLOSED:
        return ["thanks"]
    keys = ["all", status, f"contact:{contact}"]
    if status == Status.OPEN:
        keys.append(f"open:{contact}")
    if assignee is None or assignee == agent.pk:
        keys.append("mine" if assignee else "unassigned")
    return keys
