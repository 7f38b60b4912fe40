"""What the API takes to write to customers, and what it says of it. Letters are checked by the form of the page."""

from typing import Any

from rest_framework import serializers

from helpdesk.api.bodies import ContactField, Words
from helpdesk.models import Mailing, MailingRecipient, Status

MOST = 10_000  # customers of one letter


class VoucherWords(serializers.Serializer):
    """A voucher for each: `percent`, or `amount` with `currency`; its code stands where `{{ voucher.code }}` does."""

    percent = serializers.CharField(required=False, max_length=10)
    amount = serializers.CharField(required=False, max_length=20)
    currency = serializers.CharField(required=False, max_length=3)
    name = serializers.CharField(required=False, max_length=255)
    valid_until = serializers.DateField(required=False)


class LetterBody(Words):
    """One text to customers, each of whom gets a mail and a thread of their own. Placeholders as in replies."""

    customers = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=1, max_length=MOST)
    contact = ContactField()
    subject = serializers.CharField(max_length=200)
    send_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    then = serializers.ChoiceField(choices=Status.choices, required=False, default="")
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=20, default=list
    )
    voucher = VoucherWords(required=False, allow_null=True, default=None)

    @staticmethod
    def typed(said: dict[str, Any], *, form_key: str) -> dict[str, Any]:
        """The same as the page's form sends it."""
        is_html, at = bool(said["html"].strip()), said["send_at"]
        voucher = {f"voucher-{name}": str(value) for name, value in (said["voucher"] or {}).items()}
        return {
            "contact": said["contact"].pk,
            "subject": said["subject"],
            "body": said["html"] if is_html else said["text"],
            "body_format": "html" if is_html else "text",
            "send_at": at.isoformat() if at else "",
            "then": said["then"],
            "tags": ", ".join(said["tags"]),
            "form_key": form_key,
            **voucher,
        }


class CartLetterBody(serializers.Serializer):
    """In an open `thread` of the customer, or in a new one, which needs `contact` and `subject`."""

    thread = serializers.IntegerField(required=False, allow_null=True, min_value=1, default=None)
    contact = ContactField(required=False, allow_null=True, default=None)
    subject = serializers.CharField(required=False, allow_blank=True, max_length=255, default="")
    text = serializers.CharField(max_length=100_000)


class WhatsAppBody(serializers.Serializer):
    """The text, and the open `thread` of the customer in which it is noted, or the `contact` of a new one."""

    text = serializers.CharField(max_length=10_000)
    thread = serializers.IntegerField(required=False, allow_null=True, min_value=1, default=None)
    contact = ContactField(required=False, allow_null=True, default=None)
    send = serializers.BooleanField(required=False, default=False)


class WhatsAppShape(serializers.Serializer):
    """The number in E.164 and the link, or why there is none; `may_send`: a channel is connected."""

    number = serializers.CharField()
    link = serializers.CharField()
    problem = serializers.CharField()
    may_send = serializers.BooleanField()


class NotedShape(serializers.Serializer):
    """What opens WhatsApp with the text ready, empty if it was sent; and the thread that notes it."""

    link = serializers.CharField()
    thread = serializers.IntegerField()


class MailingShape(serializers.ModelSerializer[Mailing]):
    """A letter to customers: `stage` is `checking`, `asking` (say yes to it, or stop) or `going`."""

    contact = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    by = serializers.CharField(read_only=True)
    progress = serializers.DictField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = Mailing
        fields = ["id", "contact", "by", "subject", "stage", "created_at", "send_at", "not_before", "then", "tags"]
        fields += ["voucher", "progress"]
        read_only_fields = fields


class RecipientShape(serializers.ModelSerializer[MailingRecipient]):
    """How far one customer's mail came, and the reason where it did not."""

    class Meta:
        model = MailingRecipient
        fields = ["customer", "state", "reason", "thread"]
        read_only_fields = fields
