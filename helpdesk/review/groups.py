"""What is forgotten, and why: the groups of the review, as conditions on threads that are not closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.pieces import duration
from helpdesk.models import Delivery, Event, EventKind, Holder, Message, MessageKind, Status, Thread
from helpdesk.models.desk import PENDING

DAYS = 3  # of waiting, after which it is long


@dataclass(frozen=True)
class Group:
    """One reason to be listed: what its filter is called, and a few words in a row."""

    key: str
    label: str | Promise
    short: str | Promise

    @property
    def flag(self) -> str:
        """The name of the annotation that says whether a thread is in it."""
        return f"is_{self.key}"


# The most pressing first: a row that is in several shows the first.
GROUPS = (
    Group("promised", gettext_lazy("Broken promise"), gettext_lazy("Broken promise")),
    Group("undelivered", gettext_lazy("Not delivered"), gettext_lazy("Our mail did not arrive")),
    Group("long", gettext_lazy("Waiting for long"), gettext_lazy("Waiting for long")),
    Group("unanswered", gettext_lazy("Unanswered"), gettext_lazy("Last word theirs")),
    Group("overdue", gettext_lazy("Past its date"), gettext_lazy("Its date has passed")),
    Group("reopened", gettext_lazy("Reopened"), gettext_lazy("Reopened")),
    Group("undated", gettext_lazy("Without a date"), gettext_lazy("Stands still, without a date")),
)
BY_KEY = {one.key: one for one in GROUPS}


def conditions(at: datetime, days: int) -> dict[str, Q]:
    """When a thread that is not closed belongs to each group, as things stood at a moment; `days` of waiting are long.

    Without a date is what stands still for long and nobody will look at: no date, no promise, no closing by itself.
    """
    woken = Event.objects.filter(thread=OuterRef("pk"), kind=EventKind.WOKEN, at__gte=OuterRef("active_at"), at__lte=at)
    failed = Message.objects.filter(
        thread=OuterRef("pk"), kind=MessageKind.REPLY, delivery=Delivery.FAILED, created_at__gte=OuterRef("active_at")
    )
    long_ago = at - timedelta(days=days)
    closes_itself = Q(holder=Holder.CUSTOMER, contact__close_after_days__gt=0)
    undated = Q(wake_at=None, promised_at=None, closing_at=None, needs_answer=False, active_at__lte=long_ago)
    return {
        "promised": Q(promised_at__lte=at),
        "undelivered": Q(status=Status.OPEN, active_at__lte=at) & Q(Exists(failed)),
        "long": Q(needs_answer=True, waiting_since__lte=long_ago),
        "unanswered": Q(needs_answer=True, waiting_since__lte=at),
        "overdue": Q(status__in=PENDING, wake_at__lte=at) | (Q(status=Status.OPEN) & Q(Exists(woken))),
        "reopened": Q(status=Status.OPEN, reopened_count__gt=0, active_at__lte=at),
        "undated": undated & (Q(status=Status.OPEN) | Q(pending_since__lte=long_ago)) & ~closes_itself,
    }


def any_of(found: dict[str, Q]) -> Q:
    """In at least one of the groups."""
    whole = Q()
    for one in found.values():
        whole |= one
    return whole


def groups_of(flags: Mapping[str, Any]) -> list[Group]:
    """Those a thread is in, by its flags, the most pressing first; what goes without saying is left out."""
    found = [one for one in GROUPS if flags.get(one.flag)]
    said = {"unanswered"} if BY_KEY["long"] in found else set()
    if len(found) > 1:
        said.add("undated")
    return [one for one in found if one.key not in said]


def reason_of(thread: Thread, group: Group) -> str:
    """Why it is here, in a sentence."""
    return SENTENCES[group.key]() % _words(thread)


def _words(thread: Thread) -> dict[str, str]:
    since = thread.waiting_since or thread.active_at
    return {
        "time": duration(timezone.now() - since),
        "since": _day(since),
        "promised": _day(thread.promised_at),
        "still": _day(thread.pending_since or thread.active_at),
    }


def _day(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "DATE_FORMAT") if at else ""


SENTENCES = {
    "promised": lambda: _("It is here because the customer was promised an answer by %(promised)s."),
    "undelivered": lambda: _("It is here because our last mail did not arrive, and nobody looked at it since."),
    "long": lambda: _("It is here because the customer has been waiting for %(time)s, since %(since)s."),
    "unanswered": lambda: _("It is here because the last word is theirs, since %(since)s."),
    "overdue": lambda: _("It is here because it was put off until a date that has passed."),
    "reopened": lambda: _("It is here because it was closed and is open again."),
    "undated": lambda: _("It is here because nothing has moved since %(still)s, and no date wakes it."),
}
