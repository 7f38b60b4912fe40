"""Which threads a number is about: the same facts that were counted, asked for by a word in the queue's address.

The word is `KEY:FIRST-DAY:LAST-DAY`, then what narrows it as `:name=value`: agent, work (seconds, from-to), hour and
weekday, reply, metric, score, reason, number, tag, product, carrier.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote, unquote, urlencode

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.zones import zone_called
from helpdesk.models.desk import Metric
from helpdesk.models.figures import ANSWERS, REPLIES, Fact, FactKind
from helpdesk.statistics.definitions import DEFINITIONS
from helpdesk.statistics.periods import Period

KINDS: dict[str, tuple[str, ...]] = {
    "active": tuple(FactKind.values),
    "new": (FactKind.NEW,),
    "received": (FactKind.RECEIVED,),
    "answers": ANSWERS,
    "sent": REPLIES,
    "closed": (FactKind.CLOSED,),
    "resolution": (FactKind.CLOSED,),
    "exchanges": (FactKind.CLOSED,),
    "touch": (FactKind.CLOSED,),
    "reopened": (FactKind.REOPENED,),
    "first": (FactKind.FIRST,),
    "next": (FactKind.NEXT,),
    "satisfaction": (FactKind.RATED,),
    "met": (FactKind.MET,),
    "late": (FactKind.LATE,),
    "kept": (FactKind.KEPT,),
    "broken": (FactKind.BROKEN,),
    "shown": (FactKind.SHOWN,),
    # What is still so at the end.
    "backlog": (FactKind.NEW, FactKind.REOPENED),
    "unanswered": (FactKind.ASKED,),
}
STILL = {"backlog", "unanswered"}


def _numbers(word: str) -> tuple[int, int]:
    low, _dash, high = word.partition("-")
    return int(low), int(high or 2**31 - 1)


def _between(word: str) -> Q:
    low, high = _numbers(word)
    return Q(work_seconds__gte=low, work_seconds__lt=high)


NARROW: dict[str, Callable[[str], Q]] = {
    "agent": lambda word: Q(agent=int(word)),
    "work": _between,
    "hour": lambda word: Q(hour=int(word)),
    "weekday": lambda word: Q(weekday=int(word)),
    "reply": lambda word: _with_reply(int(word)),
    "metric": lambda word: Q(data__metric=Metric(word).value),
    "score": lambda word: Q(number=int(word)),
    "number": lambda word: Q(number=int(word)),
    "reason": lambda word: Q(data__reason=unquote(word)),
    "tag": lambda word: Q(thread__tags=int(word)),
    "product": lambda word: Q(thread__product__product_ref=unquote(word)),
    "carrier": lambda word: Q(thread__order__carrier=unquote(word)),
}


@dataclass(frozen=True)
class Behind:
    """A number of a period, as the address names it."""

    key: str
    first: date
    last: date
    narrow: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, word: str) -> "Behind":
        """From a word of the address. Raises ValueError for what is none."""
        key, first, last, *rest = word.split(":")
        narrow = dict(part.split("=", 1) for part in rest)
        found = cls(key, date.fromisoformat(first), date.fromisoformat(last), narrow)
        if key not in KINDS or not narrow.keys() <= NARROW.keys() or found.first > found.last:
            raise ValueError(word)
        if found.first.year < 1990 or found.last.year > 2199:
            raise ValueError(word)
        for name, value in narrow.items():
            NARROW[name](value)
        return found

    @property
    def word(self) -> str:
        """As the address names it."""
        parts = [self.key, self.first.isoformat(), self.last.isoformat()]
        return ":".join([*parts, *(f"{name}={value}" for name, value in self.narrow.items())])

    def query(self, contacts: list[str]) -> str:
        """The queue's query for exactly these threads; `contacts` are the short names the number is narrowed to."""
        return urlencode([("figure", self.word), *(("contact", one) for one in contacts)], safe=":")

    def facts(self, zone: str) -> QuerySet[Fact]:
        """The facts that the number counts; a day begins as it does in `zone`."""
        period = Period(self.first, self.last, zone_called(zone))
        facts = Fact.objects.filter(kind__in=KINDS[self.key], at__lt=period.end).order_by()
        if self.key in STILL:
            facts = facts.filter(Q(until=None) | Q(until__gte=period.end))
        else:
            facts = facts.filter(at__gte=period.begin)
        if self.key == "touch":
            facts = facts.filter(data__touch=1)
        if {"hour", "weekday"} & self.narrow.keys():
            hour, weekday = ExtractHour("at", tzinfo=period.zone), ExtractIsoWeekDay("at", tzinfo=period.zone)
            facts = facts.alias(hour=hour, weekday=weekday)
        for name, value in self.narrow.items():
            facts = facts.filter(NARROW[name](value))
        return facts

    def threads(self, zone: str) -> Q:
        """A condition for threads: those that the number is about."""
        return Q(pk__in=self.facts(zone).values("thread"))

    def sentence(self, zone: str, threads: QuerySet[Any]) -> str:
        """How many the number counts, and in how many of these threads: once each, several at once in one."""
        told = self.facts(zone).filter(thread__in=threads.order_by().values("pk"))
        n = told.aggregate(n=Count("pk"), threads=Count("thread", distinct=True))
        words = {"label": DEFINITIONS[self.key].label, "period": self.period_label(zone), "n": n["n"]}
        if n["n"] == n["threads"]:
            return _("%(label)s, %(period)s: %(n)d") % words
        said = ngettext(
            "%(label)s, %(period)s: %(n)d, in %(threads)d thread",
            "%(label)s, %(period)s: %(n)d, in %(threads)d threads",
            n["threads"],
        )
        return said % {**words, "threads": n["threads"]}

    def period_label(self, zone: str) -> str:
        """Its days."""
        return Period(self.first, self.last, zone_called(zone)).label


def _with_reply(pk: int) -> Q:
    """Facts of replies in which a predefined reply was used; up to five of them in one."""
    found = Q()
    for place in range(5):
        found |= Q(**{f"data__replies__{place}": pk})
    return found


def behind(key: str, period: Period, **narrow: Any) -> Behind:
    """The threads behind a number of a period."""
    safe = {name: quote(str(value), safe="") for name, value in narrow.items()}
    return Behind(key, period.first, period.last, {k: v.replace("%2D", "-") for k, v in safe.items()})
