"""Small pieces of pages that every app draws, from its templates or from Python."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from html import escape
from typing import Any

from babel import Locale
from babel.numbers import format_currency
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from accounts.models import Agent


def fill(pattern: str, *values: Any, **named: Any) -> SafeString:
    """A pattern of HTML with values, which are escaped unless they are HTML: Django's format_html, in a third of its
    time. Lists of fifty rows have eight hundred of them."""
    return SafeString(pattern.format(*map(_safe, values), **{name: _safe(value) for name, value in named.items()}))


def _safe(value: Any) -> str:
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))


def fill_each(pattern: str, rows: Iterable[Iterable[Any]]) -> SafeString:
    """The pattern filled with each row, one behind the other."""
    return SafeString("".join(fill(pattern, *row) for row in rows))


@cache
def icon(name: str, extra: str = "") -> SafeString:
    """A drawing of static/icons.svg, hidden from screen readers."""
    return fill('<svg class="i {}" aria-hidden="true"><use href="{}#i-{}"/></svg>', extra, static("icons.svg"), name)


def initials(name: str) -> str:
    """One or two letters for the avatar."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def tone(name: str) -> int:
    """A colour from 1 to 6, always the same for a name."""
    return sum(map(ord, name)) % 6 + 1


def avatar(name: Any, extra: str = "") -> SafeString:
    """Initials in a circle whose colour stays the same for the same name: an agent or any text."""
    letters = name.initials if isinstance(name, Agent) else initials(str(name))
    colour = name.pk % 6 + 1 if isinstance(name, Agent) else tone(str(name))
    return fill('<span class="av {} av-{}" aria-hidden="true">{}</span>', extra, colour, letters.upper())


def duration(length: timedelta) -> str:
    """Two units at most: "12 min", "5 h 12 min", "2 d 4 h"."""
    minutes = max(0, int(length.total_seconds()) // 60)
    hours, days = minutes // 60, minutes // 1440
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    if hours < 24:
        return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes % 60}
    if days < 7 and hours % 24:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours % 24}
    return _("%(days)d d") % {"days": days}


class Times:
    """Times as their reader sees them. Zone, language and today are asked once, and a list has fifty rows."""

    def __init__(self) -> None:
        self.zone, self.zone_name = timezone.get_current_timezone(), timezone.get_current_timezone_name()
        self.language, self.now = get_language(), timezone.now()
        self.today = self.now.astimezone(self.zone).date()

    def is_today(self, at: datetime) -> bool:
        """Whether it is the reader's day."""
        return at.astimezone(self.zone).date() == self.today

    def ago(self, at: datetime) -> SafeString:
        """How long ago within a day, then the date; the exact time in its title."""
        local, passed = at.astimezone(self.zone), self.now - at
        if passed < timedelta(minutes=1):
            text = _("just now")
        elif passed.days < 1:
            text = _("%(time)s ago") % {"time": duration(passed)}
        else:
            style = "MONTH_DAY_FORMAT" if local.year == self.today.year else "DATE_FORMAT"
            text = _day(local.date(), self.language, style)
        exact = _exact(local, self.language, self.zone_name)
        return fill('<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact, text)

    def day(self, at: datetime) -> str:
        """Its day."""
        return _day(at.astimezone(self.zone).date(), self.language, "SHORT_DATE_FORMAT")

    def moment(self, at: datetime) -> SafeString:
        """In short, the exact one as its title."""
        return _time(at.astimezone(self.zone), self.today, self.language, self.zone_name)


def ago(at: datetime | None) -> SafeString:
    """A time: how long ago within a day, then the date; the exact time in its title. Nothing for none."""
    return Times().ago(at) if at else SafeString()


def day(at: datetime) -> str:
    """The day of a moment, in the reader's time zone."""
    return Times().day(at)


def moment(at: datetime | None) -> SafeString:
    """A time in short, the exact one as its title. Nothing for none."""
    return Times().moment(at) if at else SafeString()


@lru_cache(maxsize=10_000)
def _exact(local: datetime, language: str | None, zone: str) -> str:
    return date_format(local, "SHORT_DATETIME_FORMAT")


@lru_cache(maxsize=10_000)  # a list has fifty of them
def _day(local: date, language: str | None, style: str) -> str:
    return date_format(local, style)


@lru_cache(maxsize=10_000)  # a long conversation has hundreds of them, and is drawn often
def _time(local: datetime, today: date, language: str | None, zone: str) -> SafeString:
    """Language and zone tell apart what is equal: the formats, and the same instant elsewhere."""
    short = date_format(local, "TIME_FORMAT")
    if local.year != today.year:
        short = date_format(local, "SHORT_DATETIME_FORMAT")
    elif local.date() != today:
        short = f"{date_format(local, 'MONTH_DAY_FORMAT')}, {short}"
    exact = date_format(local, "DATETIME_FORMAT")
    return fill('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, short)


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency, as the reader's language writes it."""
    return _money(amount, currency, get_language() or "en", str(amount))


@lru_cache(maxsize=10_000)
def _money(amount: Decimal, currency: str, language: str, written: str) -> str:
    """`written` tells apart what is equal: 10 and 10.00."""
    return str(format_currency(amount, currency, locale=_locale(language)))


@cache
def _locale(language: str) -> Locale:
    """Kept, for reading it costs more than a row of a list."""
    return Locale.parse(to_locale(language))
