"""Weeks and other stretches of whole days, and the stretch before that they are compared with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from helpdesk.statistics.days import begin_of, days_between

LONGEST = 366


@dataclass(frozen=True)
class Period:
    """From a day to a day, both included, by the shop's clock."""

    first: date
    last: date
    zone: ZoneInfo

    @classmethod
    def week_of(cls, day: date, zone: ZoneInfo) -> "Period":
        """Monday to Sunday around a day."""
        monday = day - timedelta(days=day.weekday())
        return cls(monday, monday + timedelta(days=6), zone)

    @classmethod
    def read(cls, first: str, last: str, zone: ZoneInfo) -> "Period":
        """From two ISO dates; the present week for nothing. Raises ValueError for what is no stretch of days."""
        if not first and not last:
            return cls.week_of(timezone.localdate(timezone=zone), zone)
        begin = date.fromisoformat(first or last)
        period = cls(begin, date.fromisoformat(last or first), zone)
        if not date(1990, 1, 1) <= period.first <= period.last < date(2200, 1, 1) or period.length > LONGEST:
            raise ValueError(_("Choose at most a year, its first day before its last."))
        return period

    @property
    def length(self) -> int:
        """In days."""
        return (self.last - self.first).days + 1

    @property
    def days(self) -> list[date]:
        """Each of them."""
        return days_between(self.first, self.last)

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return begin_of(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return begin_of(self.last + timedelta(days=1), self.zone)

    @property
    def before(self) -> "Period":
        """As long, and directly before."""
        return Period(self.first - timedelta(days=self.length), self.first - timedelta(days=1), self.zone)

    @property
    def after(self) -> "Period | None":
        """As long, and directly behind; None where that has not begun."""
        following = Period(self.last + timedelta(days=1), self.last + timedelta(days=self.length), self.zone)
        return following if following.begin <= timezone.now() else None

    @property
    def is_week(self) -> bool:
        """Monday to Sunday."""
        return self.length == 7 and self.first.weekday() == 0

    @property
    def week(self) -> int:
        """The number of its week."""
        return self.first.isocalendar().week

    @property
    def label(self) -> str:
        """“16–22 Nov 2026”."""
        first, last = self.first, self.last
        if first == last:
            return date_format(first, "SHORT_DATE_FORMAT")
        begin = "j" if (first.year, first.month) == (last.year, last.month) else "MONTH_DAY_FORMAT"
        begin = "SHORT_DATE_FORMAT" if first.year != last.year else begin
        return f"{date_format(first, begin)}–{date_format(last, 'SHORT_DATE_FORMAT')}"

    @property
    def query(self) -> str:
        """As the address says it."""
        return f"from={self.first.isoformat()}&to={self.last.isoformat()}"
