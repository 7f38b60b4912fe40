"""The review of a week as one agent sees it: what is left, what was done, who was given what."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property, reduce
from operator import add
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Agent
from accounts.typed import number
from helpdesk.models import DelegatedThread, Delegation, GiveState, ReviewStep, StepKind, Thread, ThreadQuerySet
from helpdesk.review.groups import BY_KEY, DAYS, GROUPS, Group, any_of, conditions, groups_of
from helpdesk.statistics.periods import Period

SHOWN = 200
# What a row shows: a list of two hundred spends half its time on reading everything else.
READ_OF_ROWS = (
    *("subject", "name", "email", "waiting_since", "active_at", "contact", "assignee", "order__reference"),
    *(f"customer__{name}" for name in ("first_name", "last_name", "company", "erased_at")),
)
LONGEST = 60  # days that one may ask for
LONGEST_FIRST = (Coalesce("waiting_since", "active_at"), "pk")
# What holds of a thread, as bits of one number; the groups, which say that it is forgotten, are the highest.
BITS = {
    name: 1 << n for n, name in enumerate(("awake", "wanted", "undone", "not_given", *(one.flag for one in GROUPS)))
}
FORGOTTEN = BITS[GROUPS[0].flag]
WEEK = re.compile(r"(\d{4})-W(\d{2})")


@dataclass(frozen=True)
class Asked:
    """What a page is asked for: a week, one group of it, one delegation (its id), how many days of waiting are long."""

    period: Period
    group: str = ""
    of: int = 0
    days: int = DAYS

    @classmethod
    def read(cls, params: QueryDict | str, zone: ZoneInfo) -> "Asked":
        """From a query string; the present week, and all of it, for what cannot be used."""
        params = QueryDict(params) if isinstance(params, str) else params
        today = timezone.localdate(timezone=zone)
        monday = week_called(params.get("week", "")) or today
        group, days = params.get("group", ""), number(params.get("days", ""))
        return cls(
            Period.week_of(min(monday, today), zone),
            group if group in BY_KEY else "",
            number(params.get("of", "")),
            days if 1 <= days <= LONGEST else DAYS,
        )

    @property
    def is_now(self) -> bool:
        """The present week."""
        return self.period.after is None

    @property
    def week(self) -> date:
        """Its Monday."""
        return self.period.first

    @property
    def at(self) -> datetime:
        """The moment that is meant: now, or the end of a week that is over."""
        return min(timezone.now(), self.period.end)

    def but(self, **changes: Any) -> "Asked":
        """The same with other values."""
        return replace(self, **changes)

    @cached_property
    def query(self) -> str:
        """As a query string, without what goes without saying."""
        week = "" if self.is_now else name_of(self.period)
        days = "" if self.days == DAYS else str(self.days)
        said = {"week": week, "group": self.group, "of": str(self.of or ""), "days": days}
        return urlencode({name: value for name, value in said.items() if value})


def week_called(name: str) -> date | None:
    """The Monday of a week called as in "2026-W47"; None for anything else."""
    if not (found := WEEK.fullmatch(name.strip())):
        return None
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        return None
    return monday if monday.year >= 1990 else None


def name_of(period: Period) -> str:
    """The week as an address says it."""
    year, week, _day = period.first.isocalendar()
    return f"{year}-W{week:02}"


def _truth(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


@dataclass(frozen=True)
class Counts:
    """How many are left, by group; and how many are not listed because they are put off, not to be contacted, or given
    to somebody else."""

    left: int
    put_off: int
    unwanted: int
    given: int
    by_group: dict[str, int] = field(default_factory=dict)

    @property
    def groups(self) -> list[tuple[Group, int]]:
        """Each that has some."""
        return [(one, self.by_group[one.key]) for one in GROUPS if self.by_group[one.key]]


@dataclass(frozen=True)
class Row:
    """A line of the list: a thread with why it is here, or with what was done."""

    thread: Thread
    groups: list[Group] = field(default_factory=list)
    step: ReviewStep | None = None

    @property
    def group(self) -> Group | None:
        """The most pressing reason."""
        return self.groups[0] if self.groups else None


class Review:
    """What one agent sees. Nothing is asked of the database before it is read."""

    def __init__(self, viewer: Agent, asked: Asked) -> None:
        self.viewer, self.asked = viewer, asked
        self.conditions = conditions(asked.at, asked.days)

    @cached_property
    def delegation(self) -> Delegation | None:
        """The one that is asked for, if the viewer may see it."""
        return Delegation.objects.visible_to(self.viewer).filter(pk=self.asked.of).first() if self.asked.of else None

    # -- what is forgotten ------------------------------------------------------------------------

    @cached_property
    def _visible(self) -> ThreadQuerySet:
        threads = Thread.objects.visible_to(self.viewer).active().filter(merged_into=None)
        if self.asked.of:
            given = DelegatedThread.objects.filter(delegation=self.delegation, state=GiveState.GIVEN)
            threads = threads.filter(pk__in=given.values("thread"))
        return threads

    @property
    def _undone(self) -> Q:
        """Nothing was done about it since it came up; what was handed to the viewer is theirs to do."""
        steps = ReviewStep.objects.in_force().filter(thread=OuterRef("pk"), week__gte=self.asked.week)
        steps = steps.filter(at__gte=Coalesce(OuterRef("inbound_at"), OuterRef("created_at")))
        return ~Q(Exists(steps.exclude(kind=StepKind.HANDED, thread__assignee=self.viewer)))

    @property
    def _not_given(self) -> Q:
        """Nobody else was asked to see to it, or their day has passed."""
        others = DelegatedThread.objects.filter(
            thread=OuterRef("pk"),
            state=GiveState.GIVEN,
            delegation__ended_at=None,
            delegation__due_on__gte=timezone.localdate(),
        )
        return ~Q(Exists(others.exclude(delegation__to=self.viewer)))

    @property
    def _awake(self) -> Q:
        return Q(wake_at=None) | Q(wake_at__lte=self.asked.at)

    @property
    def _wanted(self) -> Q:
        """Nobody said that this customer must not be contacted."""
        return Q(customer=None) | Q(customer__do_not_contact=False)

    @cached_property
    def due(self) -> ThreadQuerySet:
        """All that is forgotten, whoever sees to it, the longest wait on top; each with a flag for each group."""
        flags = {BY_KEY[key].flag: _truth(one) for key, one in self.conditions.items()}
        return self._visible.filter(any_of(self.conditions)).annotate(**flags).order_by(*LONGEST_FIRST)

    @cached_property
    def left(self) -> ThreadQuerySet:
        """The threads that are left to the viewer, of the group that is asked for."""
        own = self._awake & self._wanted & self._undone
        if not self.asked.of:
            own &= self._not_given
        return self.due.filter(self.conditions.get(self.asked.group, Q()), own)

    @cached_property
    def _scan(self) -> dict[int, int]:
        """All that is forgotten, by id, with what holds of it: one query for the order, the reasons and the counts.

        A desk that fell behind has thousands: whether they are forgotten is asked once each, in one number each.
        """
        own = {"awake": self._awake, "wanted": self._wanted, "undone": self._undone, "not_given": self._not_given}
        held = {**own, **{BY_KEY[key].flag: one for key, one in self.conditions.items()}}
        bits = [Case(When(one, then=Value(BITS[name])), default=Value(0)) for name, one in held.items()]
        scanned = self._visible.annotate(bits=reduce(add, bits)).order_by(*LONGEST_FIRST)
        return {pk: bits for pk, bits in scanned.values_list("pk", "bits") if bits >= FORGOTTEN}

    @property
    def _own(self) -> int:
        """What must hold of a thread that is left to the viewer."""
        own = BITS["awake"] | BITS["wanted"] | BITS["undone"]
        return own if self.asked.of else own | BITS["not_given"]

    @cached_property
    def counts(self) -> Counts:
        """All numbers of the page."""
        told = Counter(self._scan.values())
        awake = {bits: n for bits, n in told.items() if bits & BITS["awake"]}
        wanted = {bits: n for bits, n in awake.items() if bits & BITS["wanted"]}
        left = {bits: n for bits, n in wanted.items() if bits & self._own == self._own}
        given = {bits: n for bits, n in wanted.items() if bits & BITS["undone"] and not bits & BITS["not_given"]}
        by_group = {one.key: sum(n for bits, n in left.items() if bits & BITS[one.flag]) for one in GROUPS}
        awake_n, wanted_n = sum(awake.values()), sum(wanted.values())
        put_off, unwanted = len(self._scan) - awake_n, awake_n - wanted_n
        return Counts(sum(left.values()), put_off, unwanted, sum(given.values()), by_group)

    @cached_property
    def _ids(self) -> list[int]:
        """What is left of the group that is asked for, in order."""
        group = BY_KEY.get(self.asked.group)
        wanted = self._own | (BITS[group.flag] if group else 0)
        return [pk for pk, bits in self._scan.items() if bits & wanted == wanted]

    def flags_of(self, thread_id: int) -> dict[str, bool]:
        """Why a thread is forgotten, whoever sees to it; nothing if it is not."""
        bits = self._scan.get(thread_id, 0)
        return {group.flag: True for group in GROUPS if bits & BITS[group.flag]}

    @property
    def left_count(self) -> int:
        """How many of the group that is asked for are left."""
        return len(self._ids)

    @cached_property
    def order(self) -> list[int]:
        """The ids of what is left, as far as a page shows it."""
        return self._ids[:SHOWN]

    @cached_property
    def rows(self) -> list[Row]:
        """Those that a page shows."""
        given = DelegatedThread.objects.filter(
            thread=OuterRef("pk"), state=GiveState.GIVEN, delegation__ended_at=None
        ).order_by("-pk")
        threads = Thread.objects.filter(pk__in=self.order).select_related("customer", "order").only(*READ_OF_ROWS)
        found = (
            threads.annotate(
                given_to=Subquery(given.values("delegation__to__name")[:1]),
                given_until=Subquery(given.values("delegation__due_on")[:1]),
            )
            .prefetch_related("contact", "assignee")
            .in_bulk()
        )
        return [Row(found[pk], groups_of(self.flags_of(pk))) for pk in self.order if pk in found]

    # -- what was done ----------------------------------------------------------------------------

    @cached_property
    def done(self) -> list[Row]:
        """What was done in this week's review, in that order."""
        steps = ReviewStep.objects.in_force().visible_to(self.viewer).filter(week=self.asked.week)
        if self.asked.of:
            steps = steps.filter(thread__in=self._given_rows.values("thread"))
        else:
            steps = steps.exclude(kind=StepKind.HANDED, thread__assignee=self.viewer)
        found = steps.select_related("thread__customer", "thread__contact", "by", "message__outgoing")
        return [Row(one.thread, step=one) for one in found.order_by("-at", "-pk")[:SHOWN][::-1]]

    @property
    def _given_rows(self) -> Any:
        return DelegatedThread.objects.filter(delegation=self.delegation)

    # -- moving about -----------------------------------------------------------------------------

    def after(self, thread_id: int) -> int | None:
        """What comes behind a thread, at the end the first; None if nothing else is left."""
        others = [pk for pk in self.order if pk != thread_id]
        if not others:
            return None
        at = self.order.index(thread_id) if thread_id in self.order else 0
        return self.order[at + 1] if at + 1 < len(self.order) and thread_id in self.order else others[0]

    def before(self, thread_id: int) -> int | None:
        """What comes in front of it; None at the beginning."""
        at = self.order.index(thread_id) if thread_id in self.order else 0
        return self.order[at - 1] if at else None
