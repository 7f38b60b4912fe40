"""Why a thread was closed: the team's own list, counted by the week."""

from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.kept import Kept, kept
from accounts.languages import in_language
from helpdesk.models.desk import DeskSettings


class ReasonMissing(ValueError):
    """Closing asks for a reason here, and none was given."""


class CloseReason(Kept):
    """One reason, by language. Those that were used are archived, never deleted: figures name them."""

    labels = models.JSONField(_("label by language"), default=dict)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    CACHE_KEY = "close-reasons"
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("reason for closing")

    def __str__(self) -> str:
        return in_language(self.labels, get_language()) or next(iter(self.labels.values()), "")

    @classmethod
    def in_use(cls) -> "list[CloseReason]":
        """Those that may be given, in the team's order; kept, for every thread page asks."""
        return kept(cls.CACHE_KEY, lambda: list(cls.objects.filter(archived_at=None)))

    @classmethod
    def asked_for(cls) -> "list[CloseReason]":
        """The reasons of which closing demands one; none where it asks for nothing."""
        return cls.in_use() if DeskSettings.load().asks_reason else []

    @classmethod
    def called(cls, number: Any) -> "CloseReason | None":
        """The one in use with this id, as a form says it."""
        return next((one for one in cls.in_use() if str(one.pk) == str(number)), None)

    @classmethod
    @transaction.atomic
    def add(cls, labels: dict[str, str]) -> "CloseReason":
        """One more, at the end."""
        last = cls.objects.aggregate(last=models.Max("position"))["last"] or 0
        return cls.objects.create(labels=labels, position=last + 1)

    def rename(self, labels: dict[str, str]) -> None:
        """Other words for the same reason."""
        if labels != self.labels:
            self.labels = labels
            self.save()

    def archive(self) -> None:
        """Out of the list; what was closed with it keeps it."""
        self.archived_at = timezone.now()
        self.save()

    def restore(self) -> None:
        """Back in the list."""
        self.archived_at = None
        self.save()
