"""What stands in the cells of the statistics: numbers as the reader writes them, and how they changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.pieces import duration
from helpdesk.statistics.definitions import Definition

DASH = "—"


def time(seconds: float | None) -> str:
    """A length of time, or a dash."""
    return DASH if seconds is None else duration(timedelta(seconds=seconds))


def decimal(number: float | None, places: int = 1) -> str:
    """A number with its decimals as the reader writes them, or a dash."""
    return DASH if number is None else number_format(number, decimal_pos=places)


def percent(share: float | None) -> str:
    """A share of one, or a dash."""
    return DASH if share is None else _("%(n)d %%") % {"n": round(share * 100)}


@dataclass(frozen=True)
class Change:
    """How a number differs from the one before: mood (good, bad, same), arrow (up, down, nothing), and words."""

    mood: str
    arrow: str
    by: str
    words: str


@dataclass(frozen=True)
class Kpi:
    """A number on top of the page."""

    label: str | Promise
    value: str
    change: Change | None
    url: str
    definition: Definition


def changed(
    now: float | None, before: float | None, *, better: str, say: Callable[[float], str], relative: bool = False
) -> Change | None:
    """The change of a number; `better` is up, down or nothing. None where one of the two is missing."""
    if now is None or before is None:
        return None
    was = _("was %(number)s") % {"number": say(before)}
    if now == before or say(now) == say(before):
        return Change("same", "", "", _("as before"))
    arrow = "up" if now > before else "down"
    by = percent(abs(now - before) / before) if relative and before else say(abs(now - before))
    if not better:
        return Change("same", arrow, by, (_("more") if arrow == "up" else _("less")) + f", {was}")
    good = arrow == better
    return Change("good" if good else "bad", arrow, by, (_("better") if good else _("worse")) + f", {was}")


def whole(number: float) -> str:
    """A count."""
    return number_format(int(number), force_grouping=True)


@dataclass(frozen=True)
class Row:
    """A row of the tables by agent and by contact."""

    name: Any
    first: int  # what its bar shows
    closed: int
    median: str
    score: str
    url: str
    closed_url: str


@dataclass(frozen=True)
class TargetRow:
    """A row of the tables of targets."""

    name: Any
    met: int
    met_url: str
    late: int
    late_url: str
    share: str
    average: str
