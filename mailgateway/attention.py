"""What of the mail needs a supervisor: asked on every page, so kept for a few seconds."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import CharField, Count, DateTimeField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailgateway.models import Incoming, IncomingState, Mailbox
from mailgateway.troubles import Side, Trouble

KEY, SECONDS = "mail-attention", 10
SHOWN = 5  # outages


@dataclass(frozen=True)
class Outage:
    """A direction of a mailbox that has not worked for a while."""

    name: str
    side: str
    since: datetime


@dataclass(frozen=True)
class Attention:
    """How much there is to look at."""

    set_aside: int = 0
    is_failing: bool = False
    outages: list[Outage] = field(default_factory=list)


def now() -> Attention:
    """How things stand, at most some seconds old."""
    kept: Attention | None = cache.get(KEY)
    if kept is None:
        kept = _asked()
        cache.set(KEY, kept, SECONDS)
    return kept


def forget() -> None:
    """Somebody has just put something right: ask again."""
    cache.delete(KEY)


def _asked() -> Attention:
    """One query, for all pages ask."""
    failing = Mailbox.objects.active().filter(~Q(last_error="") | ~Q(smtp_error=""))
    lasting = Trouble.objects.lasting().order_by().annotate(what=Value("outage"), n=Value(1))
    told = list(
        _counted(Incoming.objects.filter(state=IncomingState.FAILED), "state", "set aside").union(
            _counted(failing, "is_active", "failing"),
            lasting.values_list("what", "n", "mailbox__name", "side", "began_at"),
            all=True,
        )
    )
    numbers = {what: n for what, n, *_outage in told}
    outages = sorted((Outage(*outage) for what, _n, *outage in told if what == "outage"), key=lambda one: one.since)
    is_failing = "failing" in numbers
    return Attention(numbers.get("set aside", 0), is_failing, outages[:SHOWN] if is_failing else [])


def _counted(rows: QuerySet[Any], same: str, what: str) -> QuerySet[Any]:
    """One row of `what` and how many, or none; the column `same` is the same in all of them."""
    nobody, never = Value("", CharField()), Cast(Value(None), DateTimeField())
    rows = rows.order_by().values(same).annotate(what=Value(what), n=Count("pk"), name=nobody, side=nobody, at=never)
    return rows.values_list("what", "n", "name", "side", "at")


def week_notes() -> list[tuple[str, str, str]]:
    """For the weekly mail: mailboxes that do not work, and mail that nobody could read."""
    found, path = _asked(), reverse("mailgateway:mailboxes")
    sent, fetched = (
        _("Mailbox %(name)s has not sent since %(when)s."),
        _("Mailbox %(name)s has not fetched since %(when)s."),
    )
    notes = []
    for one in found.outages:
        when = date_format(timezone.localtime(one.since), "DATETIME_FORMAT")
        words = sent if one.side == Side.SENDING else fetched
        notes.append((words % {"name": one.name, "when": when}, path, _("Mend it")))
    if n := found.set_aside:
        words = ngettext("%(n)d mail could not be read.", "%(n)d mails could not be read.", n)
        notes.append((words % {"n": n}, reverse("mailgateway:incoming"), _("Look at it")))
    return notes
