"""How soon customers shall be answered and their matters solved: targets, in working time."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.models import HistoricalRecords

from accounts.kept import Kept, kept
from accounts.models import Agent
from helpdesk import context
from helpdesk.models.calendar import Calendar
from helpdesk.models.desk import DeskSettings, Metric, Priority

if TYPE_CHECKING:
    from helpdesk.models.thread import Thread

MOST_MINUTES = 400 * 60
BATCH = 1000
MINUTES = [MinValueValidator(1), MaxValueValidator(MOST_MINUTES)]


ANSWERS = (Metric.FIRST, Metric.NEXT)


@dataclass(frozen=True)
class Aim:
    """A target as the cache keeps it: for whom it is (None or empty: for all) and its minutes by metric."""

    pk: int
    contact: int | None
    group: int | None
    priority: str
    minutes: dict[str, int]

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """Which of two goes before: the one for a priority, then the one for a group, then the one for a contact."""
        return bool(self.priority), self.group is not None, self.contact is not None

    def fits(self, contact: int, priority: str, groups: set[int]) -> bool:
        """Whether it is for a thread like this."""
        return (
            self.contact in (None, contact)
            and self.priority in ("", priority)
            and (self.group is None or self.group in groups)
        )


class Target(Kept):
    """How many working minutes there are for an answer and a solution, at a contact, for a group, at a priority.

    What is not said here is said by a more general target. With no target at all nothing is ever due.
    """

    contact = models.ForeignKey(
        "helpdesk.Contact",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="targets",
        verbose_name=gettext_lazy("contact"),
    )
    group = models.ForeignKey(
        "crm.CustomerGroup",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("customer group"),
    )
    priority = models.CharField(gettext_lazy("priority"), max_length=8, choices=Priority, blank=True)
    first = models.PositiveIntegerField(gettext_lazy("first answer"), null=True, blank=True, validators=MINUTES)
    next = models.PositiveIntegerField(gettext_lazy("later answers"), null=True, blank=True, validators=MINUTES)
    resolution = models.PositiveIntegerField(gettext_lazy("resolution"), null=True, blank=True, validators=MINUTES)
    CACHE_KEY = "targets"
    history = HistoricalRecords()

    class Meta:
        ordering = ["pk"]
        verbose_name = gettext_lazy("target")

    def __str__(self) -> str:
        words = [
            str(self.contact or _("All contacts")),
            str(self.group) if self.group else "",
            str(Priority(self.priority).label) if self.priority else "",
        ]
        return " · ".join(word for word in words if word)

    def clean(self) -> None:
        """One target for each, and something aimed at. Raises ValidationError."""
        same = Target.objects.filter(contact=self.contact, group=self.group, priority=self.priority)
        if same.exclude(pk=self.pk).exists():
            raise ValidationError(_("There is a target for these threads already."))
        if not any(getattr(self, metric) for metric in Metric.values):
            raise ValidationError(_("Write at least one time, or remove the line."))

    @transaction.atomic
    def put(self, *, by: Agent, **values: Any) -> None:
        """Make it what `values` say, by column. Raises ValidationError as clean() and the columns do."""
        for name, value in values.items():
            setattr(self, name, value)
        self.full_clean()
        self._history_user = by
        self.save()

    @transaction.atomic
    def remove(self, *, by: Agent) -> None:
        """No such target any more."""
        self._history_user = by
        self.delete()

    @classmethod
    def kept(cls) -> tuple[Aim, ...]:
        """All of them, the most special first."""
        return kept(cls.CACHE_KEY, cls._ranked)

    @classmethod
    def _ranked(cls) -> tuple[Aim, ...]:
        found = (one.aim for one in cls.objects.all())
        return tuple(sorted(found, key=lambda one: (one.rank, -one.pk), reverse=True))

    @classmethod
    def in_force(cls) -> bool:
        """Whether anything can be due at all."""
        return bool(cls.kept())

    @property
    def aim(self) -> Aim:
        """As plain values."""
        told = {metric: getattr(self, metric) for metric in Metric.values}
        minutes = {metric: value for metric, value in told.items() if value}
        return Aim(self.pk, self.contact_id, self.group_id, self.priority, minutes)

    @classmethod
    def aims_of(cls, thread: "Thread") -> dict[str, Aim]:
        """The target that counts for a thread, by metric; of equals, as of two groups, the shorter time."""
        kept = cls.kept()
        asks = thread.customer_id and cls.asks_for_groups()
        groups = context.memberships(thread.customer_id) if thread.customer_id and asks else set()
        fitting = [one for one in kept if one.fits(thread.contact_id, thread.priority, groups)]
        found: dict[str, Aim] = {}
        for metric in Metric.values:
            if those := [one for one in fitting if metric in one.minutes]:
                best = max(one.rank for one in those)
                found[metric] = min((one for one in those if one.rank == best), key=lambda one: one.minutes[metric])
        return found

    @classmethod
    @transaction.atomic
    def set_rules(cls, *, warn_minutes: int, clock_stops: list[str]) -> None:
        """How long before the warning comes, and in which statuses the clock stands still."""
        desk = DeskSettings.fresh()
        desk.warn_minutes, desk.clock_stops = warn_minutes, clock_stops
        desk.save()

    @classmethod
    def plan(cls) -> str:
        """A name for all that due times follow from: targets, calendars, who keeps which, and the rules."""
        desk = DeskSettings.load()
        told = repr((cls.kept(), Calendar.plans(), desk.time_zone, desk.warn_minutes, sorted(desk.clock_stops)))
        return hashlib.sha256(told.encode()).hexdigest()

    @classmethod
    def asks_for_groups(cls) -> bool:
        """Whether anything is due sooner or later for the members of a group."""
        return any(one.group for one in cls.kept())


class TimingMarkManager(models.Manager["TimingMark"]):
    """Threads whose clocks are worked out anew by a job."""

    def mark(self, customers: Iterable[int]) -> None:
        """All threads of these customers (ids) that a target may reach, as they are in other groups now."""
        from helpdesk.models.thread import Thread

        ids = list(customers) if Target.asks_for_groups() else []
        for start in range(0, len(ids), BATCH):
            timed = Thread.objects.timed().filter(customer__in=ids[start : start + BATCH])
            marks = [TimingMark(thread_id=pk) for pk in timed.values_list("pk", flat=True)]
            self.bulk_create(marks, batch_size=BATCH)


class TimingMark(models.Model):
    """What a thread's clocks follow from has changed elsewhere. A thread may be marked several times: the mark that is
    made while another is being followed must not be lost."""

    thread = models.ForeignKey("helpdesk.Thread", models.CASCADE, related_name="+")

    objects = TimingMarkManager()

    class Meta:
        verbose_name = gettext_lazy("thread to be timed anew")

    def __str__(self) -> str:
        return f"#{self.thread_id}"


class TimingState(models.Model):
    """By which plan the due times of all threads were worked out, and how far that has come: one row."""

    plan = models.CharField(max_length=64, blank=True)
    after = models.BigIntegerField(null=True)  # threads up to this one are done; nothing: all are

    class Meta:
        verbose_name = gettext_lazy("state of the due times")

    def __str__(self) -> str:
        return self.plan
