"""Every raw mail that came, and what became of it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from mailgateway import reasons
from mailgateway.models.mailbox import Mailbox

TRIES = 3  # after so many a mail that stops us lies aside, for people to look at
NOT_FETCHED = reasons.NOT_FETCHED


class IncomingState(models.TextChoices):
    """How far a raw mail has come."""

    STORED = "stored", _("Stored")
    DONE = "done", _("Done")
    FAILED = "failed", _("Set aside")


class Outcome(models.TextChoices):
    """What became of a mail."""

    CREATED = "created", _("New thread")
    APPENDED = "appended", _("Added to a thread")
    DUPLICATE = "duplicate", _("Seen before")
    IGNORED = "ignored", _("Ignored")
    BOUNCE = "bounce", _("Delivery report")
    REJECTED = "rejected", _("Not understood")
    DISCARDED = "discarded", _("Put away by hand")


class IncomingQuerySet(models.QuerySet["Incoming"]):
    """Raw mails, in the gateway's words."""

    def unfinished(self) -> "IncomingQuerySet":
        """Stored, but something stopped us before we knew what they are."""
        return self.filter(state=IncomingState.STORED).order_by("pk")

    def set_aside(self) -> "IncomingQuerySet":
        """Nothing could be made of them: people have to look."""
        return self.filter(state=IncomingState.FAILED).order_by("-pk")

    def unacknowledged(self, mailbox: Mailbox) -> "IncomingQuerySet":
        """Those whose copy on the server still has to be marked, moved or deleted."""
        rows = self.filter(mailbox=mailbox, uidvalidity=mailbox.uidvalidity, acknowledged_at=None)
        return rows.exclude(reason=NOT_FETCHED).order_by("uid")

    def not_fetched(self, mailbox: Mailbox) -> "IncomingQuerySet":
        """Those the server would not hand out, and may the next time."""
        rows = self.filter(mailbox=mailbox, uidvalidity=mailbox.uidvalidity, reason=NOT_FETCHED)
        return rows.filter(attempts__lt=TRIES).order_by("uid")


class Incoming(models.Model):
    """One raw mail as it came: stored and committed before it is understood, before the server's copy is touched."""

    mailbox = models.ForeignKey(Mailbox, models.SET_NULL, null=True, blank=True, related_name="incoming")
    contact = models.ForeignKey("helpdesk.Contact", models.SET_NULL, null=True, blank=True, related_name="+")
    uidvalidity = models.BigIntegerField(null=True, blank=True)
    uid = models.BigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    raw_path = models.CharField(max_length=160)  # below RAW_MAIL_ROOT
    is_whole = models.BooleanField(default=True)  # False: over the size limit, only its beginning was fetched
    received_at = models.DateTimeField(default=timezone.now)
    server_at = models.DateTimeField(null=True, blank=True)  # INTERNALDATE: when the server got it
    state = models.CharField(max_length=8, choices=IncomingState, default=IncomingState.STORED)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    reason = models.CharField(max_length=24, blank=True)
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True, blank=True)  # when the server's copy was marked, moved or deleted
    copied_at = models.DateTimeField(null=True, blank=True)  # half of a move is done: what is left is to delete it
    sender = models.CharField(max_length=255, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    thread = models.ForeignKey("helpdesk.Thread", models.SET_NULL, null=True, blank=True, related_name="+")
    message = models.ForeignKey("helpdesk.Message", models.SET_NULL, null=True, blank=True, related_name="incoming")

    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    FOUND_OUT = (
        *("state", "outcome", "reason", "error", "attempts", "sender", "subject", "thread", "message", "handled_by"),
    )

    objects = IncomingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("incoming mail")
        constraints = [models.UniqueConstraint("mailbox", "uidvalidity", "uid", name="one_row_a_mail_on_the_server")]
        indexes = [
            models.Index(fields=["mailbox", "state"], name="incoming_by_state"),
            models.Index(fields=["sha256"], name="incoming_by_content"),
            models.Index(fields=["-id"], condition=models.Q(state="failed"), name="incoming_set_aside"),
            models.Index(fields=["mailbox", "uid"], condition=models.Q(acknowledged_at=None), name="incoming_to_mark"),
        ]

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"

    def settle(self, outcome: str, reason: str, *, thread_id: int, message_id: int) -> None:
        """Write down what became of it."""
        self.state, self.outcome, self.reason, self.error = IncomingState.DONE, outcome, reason[:24], ""
        self.thread_id, self.message_id = thread_id or None, message_id or None
        self.save(update_fields=self.FOUND_OUT)

    def fail(self, reason: str, error: str) -> None:
        """Nothing could be made of it; its bytes stay for another try."""
        self.state, self.outcome = IncomingState.FAILED, Outcome.REJECTED
        self.reason, self.error = reason[:24], error[:500]
        self.save(update_fields=self.FOUND_OUT)

    @property
    def why(self) -> str:
        """Its reason as a sentence; the reason itself where there is none."""
        return reasons.sentence(self.reason)

    def settle_by_hand(self, *, thread_id: int, message_id: int, by: Agent) -> None:
        """Somebody made a thread of it."""
        self.handled_by = by
        self.settle(Outcome.CREATED, reasons.BY_HAND, thread_id=thread_id, message_id=message_id)

    def discard(self, *, by: Agent) -> None:
        """Somebody has seen that it needs nothing; bytes and reason stay."""
        self.state, self.outcome, self.handled_by = IncomingState.DONE, Outcome.DISCARDED, by
        self.save(update_fields=self.FOUND_OUT)

    def spare(self) -> None:
        """Take a counted try back: it failed for no fault of the mail."""
        type(self).objects.filter(pk=self.pk, attempts__gt=0).update(attempts=models.F("attempts") - 1)

    def acknowledge(self) -> None:
        """The server's copy needs nothing more."""
        self.acknowledged_at = timezone.now()
        type(self).objects.filter(pk=self.pk).update(acknowledged_at=self.acknowledged_at)
