"""The calendars of business hours: a week, the days that differ, a time zone; which contact keeps which."""

from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.kept import Kept, forget, kept
from accounts.zones import zone_called
from helpdesk.hours.national import country_of, national
from helpdesk.hours.opening import OpenHours, Span
from helpdesk.models.desk import DeskSettings

USUAL: dict[str, list[list[int]]] = {
    **{str(day): [[9 * 60, 18 * 60]] for day in range(5)},
    **{str(day): [] for day in (5, 6)},
}


def usual_week() -> dict[str, list[list[int]]]:
    """Monday to Friday from nine to six, until somebody says otherwise."""
    return {day: [list(span) for span in spans] for day, spans in USUAL.items()}


# A calendar as the cache keeps it: zone, week, holidays with their names.
Plan = tuple[str, tuple[tuple[int, tuple[Span, ...]], ...], tuple[tuple[date, str, tuple[Span, ...]], ...]]


@lru_cache(maxsize=64)
def hours_in(plan: Plan) -> OpenHours:
    """The same plan is the same hours, so that a year is counted out once."""
    zone, week, holidays = plan
    return OpenHours(
        ZoneInfo(zone),
        dict(week),
        {day: spans for day, _name, spans in holidays},
        {day: name for day, name, _spans in holidays},
    )


class Calendar(Kept):
    """Business hours with a name. Contacts without one of their own keep the first."""

    name = models.CharField(_("name"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)  # empty: the shop's
    week = models.JSONField(_("week"), default=usual_week)  # {"0": [[540, 840], [930, 1080]], ...}, Monday is 0
    tells_form = models.BooleanField(_("say in the form when we answer"), default=True)
    CACHE_KEY = "calendars"
    ALSO_KEPT = ("contacts",)  # those that kept one that is gone
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("calendar")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def first(cls) -> "Calendar":
        """The shop's own, made with the usual week if there is none."""
        found = cls.objects.first()
        return found or cls.objects.create(name=DeskSettings.load().shop_name[:80])

    @classmethod
    def hours_of(cls, contact: int | None) -> OpenHours:
        """The hours of the contact with this id; the shop's for None."""
        plans, of_contact, first = cls.plans()
        return hours_in(plans[of_contact.get(contact or 0, first)])

    @classmethod
    def opens_next(cls) -> datetime | None:
        """When the shop is there again, if it is closed now and says so in its form; else None."""
        calendar, now = cls.first(), timezone.now()
        if not calendar.tells_form or calendar.hours.is_open(now):
            return None
        return calendar.hours.next_opening(now)

    @classmethod
    def plans(cls) -> tuple[dict[int, Plan], dict[int, int], int]:
        """All of them: calendars by id, which contact keeps which, and which all others keep."""
        return kept(cls.CACHE_KEY, cls._plans)

    @classmethod
    def _plans(cls) -> tuple[dict[int, Plan], dict[int, int], int]:
        from helpdesk.models.contact import Contact

        every = list(Calendar.objects.prefetch_related("holidays")) or [Calendar.first()]
        of_contact = dict(Contact.objects.exclude(calendar=None).values_list("pk", "calendar"))
        return {one.pk: one.plan for one in every}, of_contact, every[0].pk

    @property
    def zone(self) -> ZoneInfo:
        """Whose clock it is."""
        return zone_called(self.time_zone or DeskSettings.load().time_zone)

    @property
    def plan(self) -> Plan:
        """All that counting needs, as plain values."""
        week = tuple(sorted((int(day), _spans(spans)) for day, spans in self.week.items()))
        holidays = tuple((one.day, one.name, _spans(one.spans)) for one in self.holidays.all())
        return self.zone.key, week, holidays

    @property
    def hours(self) -> OpenHours:
        """What counts with it."""
        return hours_in(self.plan)

    @transaction.atomic
    def begin(self, name: str, spans: list[list[int]], *, national_since: date | None) -> None:
        """What the first steps ask: these hours from Monday to Friday, and closed on national holidays from a day on,
        or on none. Whoever goes a step back begins it anew."""
        self.name, self.week = name[:80], {**self.week, **{str(day): spans for day in range(5)}}
        self.save()
        self.holidays.all().delete()
        if national_since:
            self.add_national_holidays(since=national_since)

    def remove(self) -> None:
        """No such calendar any more; its contacts keep the first."""
        self.delete()

    @property
    def country(self) -> str:
        """Whose national holidays we can tell, such as "ES"; empty where we cannot."""
        return country_of(self.zone.key)

    @transaction.atomic
    def add_national_holidays(self, *, since: date) -> int:
        """Close on the national holidays from a day on, to the end of the next year. Returns how many are new: a day
        that is in the list stays as it is."""
        has = set(self.holidays.values_list("day", flat=True))
        days = national(self.country, (since.year, since.year + 1), language=DeskSettings.load().language)
        new = {day: name for day, name in days.items() if day >= since and day not in has}
        rows = [Holiday(calendar=self, day=day, name=name[:80]) for day, name in new.items()]
        Holiday.objects.bulk_create(rows, ignore_conflicts=True)
        forget(self.CACHE_KEY)
        return len(rows)

    @transaction.atomic
    def keep(self, contacts: "models.QuerySet[Any]") -> None:
        """These contacts work by this calendar from now on, and no others; the first is kept by all that are left."""
        from helpdesk.models.contact import Contact

        Contact.objects.filter(calendar=self).exclude(pk__in=contacts).update(calendar=None)
        contacts.update(calendar=self)
        forget(self.CACHE_KEY, *self.ALSO_KEPT)


def _spans(spans: list[list[int]]) -> tuple[Span, ...]:
    return tuple((begin, end) for begin, end in spans)


class Holiday(Kept):
    """A day on which the hours are others: none, or fewer."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="holidays")
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80)
    spans = models.JSONField(_("open all the same"), default=list, blank=True)
    CACHE_KEY = Calendar.CACHE_KEY

    class Meta:
        ordering = ["day"]
        verbose_name = _("holiday")
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="one_holiday_a_day")]

    def __str__(self) -> str:
        return self.name

    def remove(self) -> None:
        """An ordinary day again."""
        self.delete()

    @property
    def times(self) -> str:
        """When it is open all the same."""
        return write_spans(self.spans)

    @property
    def is_over(self) -> bool:
        """It has passed; statistics still need it."""
        return self.day < timezone.localdate()


def read_spans(words: str) -> list[list[int]]:
    """“9:00–14:00, 15:30-18:00” as minutes. Raises ValidationError with a sentence for what is no time, or overlaps."""
    spans: list[list[int]] = []
    for part in words.replace("–", "-").replace(";", ",").split(","):
        if not part.strip():
            continue
        begin, dash, end = part.partition("-")
        span = [_minutes(begin), _minutes(end)] if dash else []
        if not span or span[0] >= span[1]:
            raise ValidationError(_("“%(words)s” is no time from and to: write 9:00–14:00.") % {"words": part.strip()})
        spans.append(span)
    spans.sort()
    if any(one[1] > other[0] for one, other in pairwise(spans)):
        raise ValidationError(_("Two of these times overlap."))
    return spans


def _minutes(word: str) -> int:
    hours, _colon, minutes = word.strip().replace(".", ":").partition(":")
    if not (hours.isascii() and hours.isdigit() and (minutes or "0").isascii() and (minutes or "0").isdigit()):
        raise ValidationError(_("“%(words)s” is no time: write 9:00–14:00.") % {"words": word.strip()[:40]})
    found = int(hours[:4]) * 60 + int((minutes or "0")[:4])
    if found > 24 * 60 or int((minutes or "0")[:4]) > 59:
        raise ValidationError(_("“%(words)s” is no time: write 9:00–14:00.") % {"words": word.strip()[:40]})
    return found


def write_spans(spans: list[list[int]]) -> str:
    """The other way round."""
    return ", ".join(f"{b // 60}:{b % 60:02}–{e // 60}:{e % 60:02}" for b, e in spans)
