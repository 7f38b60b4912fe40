"""A thread's priority, and when it is due: the verbs that keep both."""

from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from helpdesk.models.deadline import Deadline
from helpdesk.models.desk import Metric, Priority
from helpdesk.models.event import EventKind
from helpdesk.models.target import ANSWERS, Target

if TYPE_CHECKING:
    from helpdesk.models.thread import Thread

# What the clocks of a thread depend on.
TIMED = {"status", "folder", "needs_answer", "waiting_since", "contact", "customer", "priority", "reopened_count"}


class Timing(models.Model):
    """Verbs of priority and time."""

    priority = models.CharField(_("priority"), max_length=8, choices=Priority, default=Priority.NORMAL)
    # Kept by the verbs; the next thing that is due while its clock runs. Nothing without targets.
    due_at = models.DateTimeField(null=True, blank=True)
    due_metric = models.CharField(max_length=12, choices=Metric, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)  # the last time it was opened again

    class Meta:
        abstract = True

    @property
    def _timed(self) -> "Thread":
        return cast("Thread", self)

    @property
    def keeps_time(self) -> bool:
        """Whether anything is due here, or may be."""
        return self.due_at is not None or Target.in_force()

    @transaction.atomic
    def set_priority(self, priority: str, *, by: Agent | None) -> bool:
        """Say how pressing it is. Raises ValueError for a word that is none. Returns whether it changed."""
        thread, wanted = self._timed, Priority(priority)
        if thread.priority == wanted:
            return False
        before = thread.priority
        thread._set(priority=wanted.value)
        thread.record(EventKind.PRIORITY, by=by, frm=before, to=wanted.value)
        thread.announce()
        return True

    def keep_time(self) -> None:
        """Let its clocks run, stand still or end, as the thread is now. Every verb does it itself; costs nothing
        where nothing has a target."""
        if not self.keeps_time:
            return
        thread = self._timed
        first = Deadline.objects.follow(thread)
        due = (first.due_at, first.metric) if first else (None, "")
        if (thread.due_at, thread.due_metric) != due:
            thread.due_at, thread.due_metric = due
            thread.save(update_fields=["due_at", "due_metric"])

    def meet_answer(self, *, by: Agent | None, at: datetime | None = None) -> None:
        """The customer has their answer, now or since a moment. Call inside a verb."""
        if self.keeps_time:
            Deadline.objects.settle(self._timed, ANSWERS, by=by, at=at or timezone.now())

    def meet_solution(self, *, by: Agent | None, at: datetime | None = None) -> None:
        """The matter is closed. Call inside a verb, before it is; a part of another thread is not solved by that."""
        if self.keeps_time and self._timed.merged_into_id is None:
            Deadline.objects.settle(self._timed, (Metric.RESOLUTION,), by=by, at=at or timezone.now())
