"""What the statistics keep, so that a year opens at once: facts of threads, and what each day adds up to.

Everything here can be thrown away and counted again from messages and events (helpdesk.statistics.counting).
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class FactKind(models.TextChoices):
    """What counts; helpdesk.statistics.definitions says it in words."""

    NEW = "new", _("New thread")  # until: closed the first time
    RECEIVED = "received", _("Message of a customer")
    ASKED = "asked", _("Customer waits for an answer")  # until: answered, or closed without
    FIRST = "first", _("First answer")
    NEXT = "next", _("Later answer")
    MORE = "more", _("Reply nobody waited for")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Opened again")  # until: closed again
    KEPT = "kept", _("Promise kept")
    BROKEN = "broken", _("Promise broken")
    MET = "met", _("Done in time")
    LATE = "late", _("Due and not done")
    INVITED = "invited", _("Asked to rate")
    RATED = "rated", _("Rated")
    SHOWN = "shown", _("Wrote after seeing the order")


ANSWERS = (FactKind.FIRST, FactKind.NEXT)
REPLIES = (*ANSWERS, FactKind.MORE)
TARGETS = (FactKind.MET, FactKind.LATE)


class Fact(models.Model):
    """One thing that counts, of a thread that counts: neither spam nor in the bin nor merged into another."""

    thread = models.ForeignKey("helpdesk.Thread", models.CASCADE, related_name="facts")
    contact = models.ForeignKey("helpdesk.Contact", models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=FactKind)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    seconds = models.PositiveIntegerField(null=True, blank=True)  # by the clock
    work_seconds = models.PositiveIntegerField(null=True, blank=True)  # within business hours
    number = models.PositiveIntegerField(default=0)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("fact")
        indexes = [
            models.Index(fields=["kind", "at", "thread", "contact"], name="facts_of_a_kind"),
            models.Index(fields=["contact", "at"], name="facts_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"#{self.thread_id} {self.kind} {self.at:%F %T}"


class CountedThread(models.Model):
    """Up to which of its events a thread was counted; 0 asks for counting it again."""

    thread = models.OneToOneField("helpdesk.Thread", models.CASCADE, primary_key=True, related_name="counted")
    last_event = models.BigIntegerField(default=0, db_index=True)
    events = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("counted thread")

    def __str__(self) -> str:
        return f"#{self.thread_id} {self.last_event}"


class DayFigures(models.Model):
    """What one day of one contact adds up to; `data` is as helpdesk.statistics.days writes it."""

    day = models.DateField()
    contact = models.ForeignKey("helpdesk.Contact", models.CASCADE, related_name="+")
    is_stale = models.BooleanField(default=False)
    new = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    asked = models.PositiveIntegerField(default=0)
    settled = models.PositiveIntegerField(default=0)  # answered, or closed without
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("figures of a day")
        constraints = [models.UniqueConstraint(fields=["day", "contact"], name="one_row_a_day_and_contact")]
        indexes = [models.Index(fields=["is_stale", "day"], name="days_to_add_up")]

    def __str__(self) -> str:
        return f"{self.day} {self.contact_id}"


class MonthFigures(models.Model):
    """What the days of a month of one contact add up to, once it is over; helpdesk.statistics.rollups writes `data`.

    There is a row wherever there is one of a day. While it is stale, its days are read.
    """

    month = models.DateField()  # its first day
    contact = models.ForeignKey("helpdesk.Contact", models.CASCADE, related_name="+")
    is_stale = models.BooleanField(default=True)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("figures of a month")
        constraints = [models.UniqueConstraint(fields=["month", "contact"], name="one_row_a_month_and_contact")]
        indexes = [models.Index(fields=["is_stale", "month"], name="months_to_add_up")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.contact_id}"


class CountingState(models.Model):
    """How far counting has come: one row, locked by whoever counts."""

    done = models.BigIntegerField(default=0)  # all events up to this one were looked at
    seen = models.BigIntegerField(default=0)  # and up to this one nothing can turn up late any more
    seen_next = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField(null=True, blank=True)
    plan = models.CharField(max_length=64, blank=True)  # of the calendars and the zone it was counted by

    class Meta:
        verbose_name = _("state of counting")

    def __str__(self) -> str:
        return str(self.done)
