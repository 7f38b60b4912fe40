"""Mail that has to leave: a row, written in the transaction that causes it, before anything is sent."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Taken back")


class OutgoingQuerySet(models.QuerySet["OutgoingMail"]):
    """Outgoing mail, in the gateway's words."""

    def due(self) -> "OutgoingQuerySet":
        """What may be claimed now: queued and due, or left behind by a sender whose lease ended."""
        now = timezone.now()
        waiting = models.Q(state=OutgoingState.QUEUED, not_before__lte=now)
        abandoned = models.Q(state=OutgoingState.SENDING, lease_until__lt=now)
        return self.filter(waiting | abandoned).order_by("not_before", "pk")


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
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("outgoing mail")
        indexes = [models.Index(fields=["state", "not_before"], name="outgoing_due")]

    def __str__(self) -> str:
        return f"{self.subject} → {', '.join(self.to)}"
