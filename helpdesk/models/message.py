"""One thing said in a thread."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.cards import Cards
from helpdesk.tokens import Kind as TokenKind


class MessageKind(models.TextChoices):
    """Who said it to whom."""

    CUSTOMER = "customer", _("Customer")  # in
    REPLY = "reply", _("Reply")  # out, to the customer
    NOTE = "note", _("Internal note")  # only agents see it
    FORWARD = "forward", _("Forwarded outside")  # out, to somebody else
    THIRD_PARTY = "third_party", _("Third party")  # in, the answer to a forward; only agents see it


class Delivery(models.TextChoices):
    """How far an outgoing message has come."""

    NONE = "", _("Not sent by mail")
    QUEUED = "queued", _("Leaves in a moment")
    SENDING = "sending", _("Sending")
    RETRYING = "retrying", _("Not sent, retrying")
    SENT = "sent", _("Sent")
    UNCERTAIN = "uncertain", _("Perhaps sent")
    FAILED = "failed", _("Not delivered")


WANT_NO_ANSWER = ("auto-reply", "thanks")  # reasons of a customer's message
PUBLIC_KINDS = (MessageKind.CUSTOMER, MessageKind.REPLY)
INBOUND_KINDS = (MessageKind.CUSTOMER, MessageKind.THIRD_PARTY)
TOKEN_KINDS = {MessageKind.REPLY: TokenKind.CUSTOMER, MessageKind.FORWARD: TokenKind.FORWARD}


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages, in the desk's words."""

    def public(self) -> "MessageQuerySet":
        """What the customer may see: never notes, forwards or what outsiders answered."""
        return self.filter(kind__in=PUBLIC_KINDS, recalled_at=None)

    def current(self) -> "MessageQuerySet":
        """All but the replies that were taken back before they left."""
        return self.filter(recalled_at=None)


class Message(models.Model):
    """One thing said. `thread` is where it stands now; `home` where it was said, so that merges can be undone."""

    thread = models.ForeignKey("helpdesk.Thread", models.CASCADE, related_name="messages")
    home = models.ForeignKey("helpdesk.Thread", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=MessageKind)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    author_name = models.CharField(max_length=255, blank=True)
    author_email = models.CharField(max_length=255, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    text = models.TextField(blank=True)  # the new part
    full_text = models.TextField(blank=True)  # empty when it is the same as the new part
    html = models.TextField(blank=True)  # cleaned by helpdesk.html
    recipients = models.JSONField(default=dict, blank=True)  # {"to": [...], "cc": [...]}, addresses
    message_id = models.CharField(max_length=255, blank=True, db_index=True)
    in_reply_to = models.CharField(max_length=255, blank=True)
    received_key = models.CharField(max_length=64, null=True, blank=True, unique=True)
    form_key = models.CharField(max_length=32, null=True, blank=True, unique=True)  # one a rendered composer
    delivery = models.CharField(max_length=10, choices=Delivery, blank=True, default=Delivery.NONE)
    delivery_note = models.CharField(max_length=500, blank=True)  # the server's own words
    reason = models.CharField(max_length=24, blank=True)  # "auto-reply", "thanks", "too-large", "no-sender" ...
    cards = models.JSONField(default=dict, blank=True)  # what stands in it besides words, as helpdesk.cards says
    is_from_stranger = models.BooleanField(default=False)  # right token, but not an address of this thread
    sent_at = models.DateTimeField(null=True, blank=True)  # what the Date header claims
    created_at = models.DateTimeField(default=timezone.now)
    recalled_at = models.DateTimeField(null=True, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
    page_url = models.CharField(max_length=500, blank=True)
    consent = models.CharField(max_length=40, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("message")
        indexes = [
            models.Index(fields=["thread", "created_at"], name="messages_of_a_thread"),
            models.Index(
                fields=["thread", "delivery", "created_at"],
                condition=models.Q(delivery=Delivery.FAILED),
                name="messages_that_failed",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_public(self) -> bool:
        """The customer may see it."""
        return self.kind in PUBLIC_KINDS

    @property
    def is_inbound(self) -> bool:
        """It came from outside."""
        return self.kind in INBOUND_KINDS

    @property
    def who(self) -> str:
        """The name to show for its author."""
        return str(self.author) if self.author else self.author_name or self.author_email

    @property
    def copies(self) -> list[str]:
        """Whom it went to as a copy."""
        return list(self.recipients.get("cc", []))

    @property
    def other_recipients(self) -> list[str]:
        """Whom an agent named by hand: the copies of a reply, the address of a forward."""
        return list(self.recipients.get("cc" if self.kind == MessageKind.REPLY else "to", []))

    @property
    def besides(self) -> Cards:
        """What stands in it besides words."""
        return Cards.of(self.cards)

    @property
    def quoted(self) -> str:
        """What stands below the new part, or all of it where the new part is not its beginning."""
        if not self.full_text or self.full_text.strip() == self.text.strip():
            return ""
        return self.full_text.removeprefix(self.text).strip()
