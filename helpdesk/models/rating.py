"""How content a customer was: one rating a thread, asked for once, when we close it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from helpdesk.models.event import EventKind

if TYPE_CHECKING:
    from helpdesk.models.message import Message
    from helpdesk.models.thread import Thread

CHANGEABLE = timedelta(days=14)
LONGEST = 2_000


class Score(models.IntegerChoices):
    """From bad to good."""

    AWFUL = 1, _("Very bad")
    BAD = 2, _("Bad")
    FAIR = 3, _("So-so")
    GOOD = 4, _("Good")
    GREAT = 5, _("Great")


class Helped(models.TextChoices):
    """What made it good."""

    FAST = "fast", _("It was fast")
    UNDERSTOOD = "understood", _("They understood at once")
    SOLVED = "solved", _("The solution was good")
    KIND = "kind", _("They were kind")


class RatingManager(models.Manager["Rating"]):
    """Asks and notes down."""

    def invite(self, thread: "Thread", *, by: Agent | None, message: "Message | None" = None) -> "Rating | None":
        """Remember that the customer is asked now; None if they were before."""
        rating, is_new = self.get_or_create(thread=thread, defaults={"agent": by, "message": message})
        return rating if is_new else None

    def withdraw(self, message: "Message") -> None:
        """The mail that asked was taken back before it left."""
        self.filter(message=message, rated_at=None).delete()


class Rating(models.Model):
    """One thread's rating; without a score it was only asked for. The agent is who answered last."""

    thread = models.OneToOneField("helpdesk.Thread", models.CASCADE, related_name="rating")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    message = models.ForeignKey("helpdesk.Message", models.SET_NULL, null=True, blank=True, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    score = models.PositiveSmallIntegerField(
        null=True, blank=True, choices=Score, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    helped = models.JSONField(default=list, blank=True)
    comment = models.TextField(blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)  # the first time

    objects = RatingManager()

    class Meta:
        verbose_name = _("rating")

    def __str__(self) -> str:
        return f"#{self.thread_id} {self.score or '—'}"

    @property
    def may_change(self) -> bool:
        """Not rated yet, or not long ago."""
        return self.rated_at is None or timezone.now() - self.rated_at <= CHANGEABLE

    @transaction.atomic
    def rate(self, score: int, *, helped: Iterable[str] = (), comment: str = "") -> bool:
        """Note down what the customer says, in the place of what they said before. False when it is too late.

        Raises ValueError for a score that is none.
        """
        fresh = type(self).objects.select_for_update(of=("self",)).get(pk=self.pk)
        if not fresh.may_change:
            return False
        self.score, self.comment = Score(score), comment.strip()[:LONGEST]
        self.helped = [one for one in helped if one in Helped.values]
        self.rated_at = fresh.rated_at or timezone.now()
        self.save(update_fields=["score", "comment", "helped", "rated_at"])
        self.thread.record(EventKind.RATED, actor_name=self.thread.sender, to=str(int(self.score)))
        self.thread.announce()
        return True
