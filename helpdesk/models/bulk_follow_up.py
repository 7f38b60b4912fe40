"""One follow-up to many threads: a job of rows, each of which becomes a reply in its own thread, once."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.languages import in_language
from accounts.models import Agent
from helpdesk.models.desk import DeskSettings
from helpdesk.models.message import Message
from helpdesk.models.queue import ThreadQuerySet
from helpdesk.models.reply import PredefinedReply
from helpdesk.models.rows import Row
from helpdesk.models.thread import Thread

MOST = 500  # threads of one job


class BulkFollowUpQuerySet(models.QuerySet["BulkFollowUp"]):
    """Follow-ups to many, in the desk's words."""

    def visible_to(self, agent: Agent) -> "BulkFollowUpQuerySet":
        """One's own; a supervisor's all."""
        return self.all() if agent.is_supervisor else self.filter(by=agent)

    def due(self) -> "BulkFollowUpQuerySet":
        """Those with threads that wait, and whose time to undo is over."""
        waiting = FollowUpRow.objects.waiting().filter(job=models.OuterRef("pk"))
        return self.filter(models.Exists(waiting), not_before__lte=timezone.now()).select_related("by", "reply")

    @transaction.atomic
    def begin(
        self, threads: ThreadQuerySet, reply: PredefinedReply, *, by: Agent, week: date, form_key: str
    ) -> "BulkFollowUp":
        """Begin to send this reply to these threads, at most MOST, once the time to undo is over.

        Its text is kept as it is now. The same form, sent twice, is one job. Raises ValueError for no threads.
        """
        ids = list(threads.filter(merged_into=None).values_list("pk", flat=True)[:MOST])
        if not ids:
            raise ValueError(_("Tick some threads first."))
        words: Mapping[str, Any] = {
            "week": week,
            "reply": reply,
            "title": reply.title,
            "bodies": reply.bodies,
            "not_before": timezone.now() + timedelta(seconds=DeskSettings.load().undo_seconds),
        }
        job, is_new = self.get_or_create(by=by, form_key=form_key, defaults=words)
        if is_new:
            FollowUpRow.objects.bulk_create([FollowUpRow(job=job, thread_id=pk) for pk in ids])
        return job


class BulkFollowUp(models.Model):
    """What is sent, and by whom. Its rows say in which threads, and how far that came."""

    week = models.DateField()  # the Monday of the review
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reply = models.ForeignKey(PredefinedReply, models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=128)
    bodies = models.JSONField(default=dict)
    form_key = models.CharField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)

    objects = BulkFollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = gettext_lazy("follow-up to many")
        constraints = [models.UniqueConstraint(fields=["by", "form_key"], name="one_follow_up_a_form")]

    def __str__(self) -> str:
        return self.title

    def body(self, language: str) -> str:
        """The text in a language, else in the shop's."""
        return in_language(self.bodies, language, DeskSettings.load().language)

    def progress(self) -> dict[str, int]:
        """How many rows are in each state."""
        return self.rows.progress()

    def stop(self) -> int:
        """Whoever waits gets nothing any more; how many. What was written stays so."""
        return self.rows.stop()

    def retry(self) -> int:
        """Try those once more that failed; how many."""
        return self.rows.retry()


class FollowUpRow(Row):
    """One thread of a follow-up to many."""

    job = models.ForeignKey(BulkFollowUp, models.CASCADE, related_name="rows")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name = gettext_lazy("thread of a follow-up to many")
        constraints = [models.UniqueConstraint(fields=["job", "thread"], name="one_follow_up_a_thread")]
        indexes = [models.Index(fields=["job", "state"], name="follow_ups_by_state")]

    def __str__(self) -> str:
        return f"{self.job_id} → #{self.thread_id}"
