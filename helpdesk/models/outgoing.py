"""Mail that has to leave: a row, written in the transaction that causes it, before anything is sent."""

from collections.abc import Collection
from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk import leases

LEASE = timedelta(minutes=2)  # of who sends it
LONGEST = timedelta(hours=6)  # nothing is put off for longer


class OutgoingKind(models.TextChoices):
    """Why it is sent."""

    MESSAGE = "message", _("Reply or forward")
    ACKNOWLEDGEMENT = "ack", _("Confirmation of receipt")
    NOTICE = "notice", _("Notice to an agent")
    LINK = "link", _("New private link")
    ACCOUNT = "account", _("Link to the private area")
    RELAY = "relay", _("Form message sent on, not stored")
    CLOSING = "closing", _("Notice that the thread closes")
    FOLLOW_UP = "followup", _("Follow-up of a cart or an order")


class OutgoingState(models.TextChoices):
    """How far it has come."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    UNCERTAIN = "uncertain", _("Perhaps sent")  # handed over, but nobody said whether it was taken
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Taken back")


class SentCopy(models.TextChoices):
    """Whether a copy lies in the mailbox's folder of sent mail."""

    NONE = "", _("No copy")
    WANTED = "wanted", _("Not copied yet")
    DONE = "done", _("Copied")
    FAILED = "failed", _("Could not be copied")


IN_ORDER = (OutgoingKind.MESSAGE, OutgoingKind.ACKNOWLEDGEMENT)  # what people read one after another


class OutgoingQuerySet(models.QuerySet["OutgoingMail"]):
    """Outgoing mail, in the gateway's words."""

    def due(self) -> "OutgoingQuerySet":
        """What may be claimed now: queued and due, or left behind by a sender whose lease ended."""
        waiting = models.Q(leases.is_due("not_before", LONGEST), state=OutgoingState.QUEUED)
        abandoned = models.Q(leases.is_over("lease_until", LEASE), state=OutgoingState.SENDING)
        return self.filter(waiting | abandoned).order_by("not_before", "pk")

    def free_abandoned(self) -> None:
        """What a process has in hand that is gone, others may claim at once."""
        for pk, claim in self.filter(state=OutgoingState.SENDING).values_list("pk", "claim"):
            if leases.is_gone(claim):
                self.filter(pk=pk, claim=claim, state=OutgoingState.SENDING).update(lease_until=None)

    def of(self, only: Collection[int] | None, but: Collection[int]) -> "OutgoingQuerySet":
        """The mails of some contacts; without `only`, those of all (and of none) but some."""
        if only is not None:
            return self.filter(contact__in=only)
        return self.exclude(contact__in=but) if but else self


class OutgoingMail(models.Model):
    """One mail with frozen sender, recipients and Message-ID; each try sends exactly the same."""

    kind = models.CharField(max_length=8, choices=OutgoingKind)
    thread = models.ForeignKey("helpdesk.Thread", models.CASCADE, null=True, blank=True, related_name="outgoing")
    message = models.OneToOneField("helpdesk.Message", models.CASCADE, null=True, blank=True, related_name="outgoing")
    contact = models.ForeignKey("helpdesk.Contact", models.SET_NULL, null=True, blank=True, related_name="+")
    # Whom the desk itself writes to, outside any thread.
    customer = models.ForeignKey("crm.Customer", models.SET_NULL, null=True, blank=True, related_name="+")
    from_name = models.CharField(max_length=255, blank=True)
    from_email = models.CharField(max_length=255)
    to = models.JSONField(default=list)  # addresses
    cc = models.JSONField(default=list, blank=True)
    reply_to = models.CharField(max_length=255, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    attachments = models.ManyToManyField("helpdesk.Attachment", blank=True, related_name="+")
    message_id_header = models.CharField(max_length=255, unique=True)
    in_reply_to = models.CharField(max_length=255, blank=True)
    references = models.JSONField(default=list, blank=True)
    unsubscribe = models.CharField(max_length=500, blank=True)
    auto_submitted = models.CharField(max_length=16, blank=True)
    state = models.CharField(max_length=10, choices=OutgoingState, default=OutgoingState.QUEUED)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)
    rest = models.JSONField(default=list, blank=True)  # whom it has still to reach, where some took it; empty: all
    first_try_at = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)  # all but its end is with the server; no verdict yet
    doubts = models.PositiveSmallIntegerField(default=0)  # how often it was handed over without an answer
    blocks_until = models.DateTimeField(null=True, blank=True)  # later mails to the same reader wait no longer
    is_waiting = models.BooleanField(default=False)  # for an earlier mail to the same reader
    copy = models.CharField(max_length=8, choices=SentCopy, blank=True, default=SentCopy.NONE)
    copy_at = models.DateTimeField(null=True, blank=True)  # when to try the copy again
    copy_tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("outgoing mail")
        indexes = [
            models.Index(fields=["state", "not_before"], name="outgoing_due"),
            models.Index(fields=["copy_at"], condition=models.Q(copy=SentCopy.WANTED), name="outgoing_to_copy"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {', '.join(self.to)}"

    def blocker(self) -> "OutgoingMail | None":
        """An earlier mail of the thread to the same reader that is on its way still: this one has to wait for it.

        One that the reader's server keeps refusing holds up the others for a while only.
        """
        if self.kind not in IN_ORDER or self.thread_id is None:
            return None
        now = timezone.now()
        on_its_way = models.Q(state=OutgoingState.SENDING) | models.Q(state=OutgoingState.QUEUED) & (
            models.Q(not_before__lte=now) | models.Q(attempts__gt=0) | models.Q(is_waiting=True)
        )
        still = models.Q(blocks_until=None) | models.Q(blocks_until__gt=now)
        earlier = type(self).objects.filter(on_its_way, still, thread=self.thread_id, kind__in=IN_ORDER, pk__lt=self.pk)
        return next((one for one in earlier.order_by("-pk") if one.to == self.to), None)

    @property
    def readers(self) -> list[str]:
        """Whom the next try is for."""
        return self.rest or [*self.to, *self.cc]
