"""A date that a customer was promised: kept by an answer until then, or broken."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from helpdesk.models.message import Message


class PromiseQuerySet(models.QuerySet["Promise"]):
    """Promises, in the desk's words."""

    def waiting(self) -> "PromiseQuerySet":
        """Neither kept nor broken nor dropped."""
        return self.filter(kept_at=None, broken_at=None, dropped_at=None)

    def overdue(self, now: datetime) -> "PromiseQuerySet":
        """Those whose date has passed without an answer."""
        return self.waiting().filter(due_at__lte=now)

    def keep(self, message: "Message | None", *, at: datetime) -> int:
        """The customer was answered, or the matter solved, in time."""
        return self.waiting().update(kept_at=at, kept_by=message)

    def drop(self) -> int:
        """It was none, or does not count any more."""
        return self.waiting().update(dropped_at=timezone.now())


class Promise(models.Model):
    """One promise in a thread. Exactly one of kept, broken and dropped is set once it is settled."""

    thread = models.ForeignKey("helpdesk.Thread", models.CASCADE, related_name="promises")
    text = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    kept_at = models.DateTimeField(null=True, blank=True)
    kept_by = models.ForeignKey("helpdesk.Message", models.SET_NULL, null=True, blank=True, related_name="+")
    broken_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("promise")
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(kept_at=None, broken_at=None, dropped_at=None),
                name="promises_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.thread_id} {self.due_at:%F %H:%M}"
