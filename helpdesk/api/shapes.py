"""What the API says: the shapes of its answers. No secret and no password is ever part of one."""

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from accounts.models import Absence, Agent
from helpdesk.models import (
    AddressProposal,
    Attachment,
    CloseReason,
    Contact,
    Event,
    Merge,
    Message,
    PredefinedReply,
    Status,
    StatusLabel,
    Thread,
    ThreadChange,
)


class AbsenceShape(serializers.ModelSerializer[Absence]):
    """Until when a colleague is away, and who stands in."""

    deputy: Any = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)

    class Meta:
        model = Absence
        fields = ["since", "until", "deputy", "threads", "note"]
        read_only_fields = fields


class AgentShape(serializers.ModelSerializer[Agent]):
    """A person of the shop."""

    class Meta:
        model = Agent
        fields = ["id", "name", "role"]
        read_only_fields = fields


class ColleagueShape(AgentShape):
    """An agent who may sign in, with today's absence: whoever is given a thread meanwhile does not see it."""

    absence = AbsenceShape(read_only=True, allow_null=True)

    class Meta(AgentShape.Meta):
        fields = [*AgentShape.Meta.fields, "absence"]
        read_only_fields = fields


class ContactShape(serializers.ModelSerializer[Contact]):
    """A desk of the shop; `is_mine` if the asking agent sees its threads."""

    title = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)
    is_mine = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields = ["id", "slug", "title", "description", "email", "is_public", "saves_messages", "is_mine"]
        read_only_fields = fields

    def get_is_mine(self, contact: Contact) -> bool:
        """Asked once for the whole list."""
        return contact.pk in self.context.get("mine", ())


class StatusShape(serializers.ModelSerializer[StatusLabel]):
    """One of the four keys, with the team's own words for it."""

    key = serializers.ChoiceField(choices=Status.choices, source="status", read_only=True)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment] # DRF takes fields out of the class
    description = serializers.CharField(read_only=True)

    class Meta:
        model = StatusLabel
        fields = ["key", "label", "description", "holder"]
        read_only_fields = fields


class CloseReasonShape(serializers.ModelSerializer[CloseReason]):
    """Why a thread was closed; `name` is in the asking agent's language."""

    name = serializers.CharField(source="__str__", read_only=True)
    labels = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = CloseReason
        fields = ["id", "name", "labels"]
        read_only_fields = fields


class PredefinedReplyShape(serializers.ModelSerializer[PredefinedReply]):
    """A text to insert; `bodies` is HTML by language, with placeholders."""

    bodies = serializers.DictField(child=serializers.CharField(), read_only=True)
    tags: Any = serializers.SlugRelatedField("name", many=True, read_only=True)

    class Meta:
        model = PredefinedReply
        fields = ["id", "title", "shortcut", "folder", "bodies", "contacts", "then", "tags", "assignee", "follow_up"]
        fields += ["used_count"]
        read_only_fields = fields


class AttachmentShape(serializers.ModelSerializer[Attachment]):
    """A file, and where to download it."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = Attachment
        fields = ["id", "name", "content_type", "size", "sha256", "is_inline", "url"]
        read_only_fields = fields

    def get_url(self, attachment: Attachment) -> str:
        """The checked download."""
        return reverse("api:attachment", args=[attachment.pk], request=self.context.get("request"))


class MessageShape(serializers.ModelSerializer[Message]):
    """One thing said. `html` is already harmless; `text` is the new part, `quoted` what stood below it."""

    author = AgentShape(read_only=True)
    author_name = serializers.CharField(source="who", read_only=True)
    is_public = serializers.BooleanField(read_only=True)
    quoted = serializers.CharField(read_only=True)
    recipients = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), read_only=True)
    attachments = AttachmentShape(many=True, read_only=True)
    cards = serializers.DictField(read_only=True)

    class Meta:
        model = Message
        fields = ["id", "thread", "kind", "is_public", "author", "author_name", "author_email", "subject", "text"]
        fields += ["html", "quoted", "recipients", "message_id", "delivery", "delivery_note", "reason"]
        fields += ["is_from_stranger", "sent_at", "created_at", "recalled_at", "attachments", "cards"]
        read_only_fields = fields


class EventShape(serializers.ModelSerializer[Event]):
    """A fact in a thread's life, with a sentence for people."""

    who = serializers.CharField(read_only=True)
    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields = ["id", "kind", "at", "actor", "who", "sentence", "message", "status", "holder", "close_reason", "data"]
        read_only_fields = fields

    def get_sentence(self, event: Event) -> str:
        """With the team's own words for the statuses."""
        return event.told({status: row.label for status, row in self.context["labels"].items()})


class CustomerShape(serializers.Serializer):
    """Who the thread is with; the customer's record is another endpoint's."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True)


class OrderShape(serializers.Serializer):
    """The order the thread is about."""

    id = serializers.IntegerField(read_only=True)
    reference = serializers.CharField(read_only=True)


class ReasonShape(serializers.Serializer):
    """One thing that speaks for it, or against it."""

    fits = serializers.BooleanField(read_only=True)
    sentence = serializers.CharField(read_only=True)


class CandidateShape(serializers.Serializer):
    """A cart without an owner that the thread may be about."""

    cart = serializers.IntegerField(source="cart.pk", read_only=True)
    total = serializers.DecimalField(source="cart.total", max_digits=12, decimal_places=2, read_only=True)
    currency = serializers.CharField(source="cart.currency", read_only=True)
    sure = serializers.CharField(read_only=True, help_text="high, medium or low")
    reasons = ReasonShape(many=True, read_only=True)


class MergeShape(serializers.ModelSerializer[Merge]):
    """A merge of two threads; it can be undone."""

    class Meta:
        model = Merge
        fields = ["id", "source", "target", "at", "undone_at"]
        read_only_fields = fields


class ThreadShape(serializers.ModelSerializer[Thread]):
    """A thread as the queue shows it."""

    contact = ContactShape(read_only=True)
    customer = CustomerShape(read_only=True, allow_null=True)
    order = OrderShape(read_only=True, allow_null=True)
    assignee = AgentShape(read_only=True, allow_null=True)
    sender = serializers.CharField(read_only=True)
    status_label = serializers.SerializerMethodField()
    tags: Any = serializers.SlugRelatedField("name", many=True, read_only=True)
    is_unread = serializers.BooleanField(read_only=True)
    page = serializers.SerializerMethodField()

    class Meta:
        model = Thread
        fields = ["id", "subject", "contact", "customer", "sender", "name", "email", "cc", "status", "status_label"]
        fields += [
            "folder",
            "assignee",
            "order",
            "product",
            "cart",
            "order_text",
            "language",
            "channel",
            "tags",
            "follows",
            "beside",
        ]
        fields += ["merged_into", "excerpt", "message_count", "attachment_count", "needs_answer", "holder"]
        fields += ["is_unread", "created_at", "active_at", "waiting_since", "first_response_at", "closed_at"]
        fields += ["priority", "due_at", "due_metric"]
        fields += ["reopened_count", "wake_at", "wake_note", "promised_at", "closing_at", "thanked_at", "page"]
        read_only_fields = fields

    def get_status_label(self, thread: Thread) -> str:
        """The team's word for the status, asked once for the whole list."""
        return str(self.context["labels"][thread.status].label)

    def get_page(self, thread: Thread) -> str:
        """The thread's page for people."""
        return reverse("helpdesk:thread", args=[thread.pk], request=self.context.get("request"))


class ProposalShape(serializers.ModelSerializer[AddressProposal]):
    """Another address for the order, as its customer proposes it; `label` is how it stands on a parcel."""

    label = serializers.CharField(read_only=True)  # type: ignore[assignment] # DRF takes fields out of the class
    values = serializers.DictField(child=serializers.CharField(), read_only=True)
    fits_order = serializers.BooleanField(read_only=True)

    class Meta:
        model = AddressProposal
        fields = ["id", "order", "label", "values", "state", "reason", "fits_order", "proposed_at", "settled_at"]
        fields += ["settled_by"]
        read_only_fields = fields


class WholeThreadShape(ThreadShape):
    """A thread with all that was said and all that happened."""

    messages = MessageShape(many=True, read_only=True)
    events = EventShape(many=True, read_only=True)
    address_proposals = ProposalShape(many=True, read_only=True)

    class Meta(ThreadShape.Meta):
        fields = [*ThreadShape.Meta.fields, "messages", "events", "address_proposals"]
        read_only_fields = fields


class TokenShape(serializers.Serializer):
    """A token, shown this once."""

    token = serializers.CharField(read_only=True)


class ThreadChangeShape(serializers.ModelSerializer[ThreadChange]):
    """A change of many threads: how many it changed, which, and how many were left out, by reason."""

    threads = serializers.SerializerMethodField()
    may_be_undone = serializers.BooleanField(read_only=True)
    skipped = serializers.DictField(child=serializers.IntegerField(), read_only=True)
    by = AgentShape(read_only=True)

    class Meta:
        model = ThreadChange
        fields = ["id", "kind", "to", "name", "count", "threads", "skipped", "by", "at", "undone_at", "may_be_undone"]
        read_only_fields = fields

    def get_threads(self, change: ThreadChange) -> list[int]:
        """Their numbers."""
        return [int(number) for number in change.facts]
