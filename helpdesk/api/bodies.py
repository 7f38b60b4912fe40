"""What the API takes: the bodies of its writes, checked field by field."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Agent
from helpdesk.mail import MailFile
from helpdesk.models import (
    Attachment,
    CloseReason,
    Contact,
    DeskSettings,
    Folder,
    Message,
    PredefinedReply,
    Priority,
    Status,
)
from helpdesk.models.thread_change import MOST

NOTHING_SAID = _("There is nothing to send: write a message first.")
LONGEST = 200_000  # characters of a text


class ContactField(serializers.SlugRelatedField):
    """A contact in use, by its short name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="slug", queryset=Contact.objects.active(), **options)

    def to_internal_value(self, data: Any) -> Contact:
        """The contact. One with NUL in its name is none, and PostgreSQL would not even look for it."""
        if isinstance(data, str) and "\x00" in data:
            self.fail("does_not_exist", slug_name="slug", value=data.replace("\x00", "\ufffd"))
        return super().to_internal_value(data)


class FilesField(serializers.ListField):
    """Uploaded files (multipart requests only), each up to the desk's limit."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.FileField(), required=False, max_length=20, **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        """The files as the verbs want them."""
        return [_mail_file(file) for file in super().to_internal_value(data)]


def _mail_file(file: UploadedFile) -> MailFile:
    limit = DeskSettings.load().upload_limit_mb
    if (file.size or 0) > limit * 1024 * 1024:
        sentence = gettext("“%(name)s” is larger than %(limit)s MB. Choose a smaller file.")
        raise serializers.ValidationError(sentence % {"name": file.name, "limit": limit})
    return MailFile(file.name or "", file.content_type or "", file.read())


class ReasonField(serializers.PrimaryKeyRelatedField):
    """A reason for closing that is in use; needed where the desk asks for one."""

    def __init__(self, **options: Any) -> None:
        in_use = CloseReason.objects.filter(archived_at=None)
        super().__init__(queryset=in_use, required=False, allow_null=True, **options)


class Words(serializers.Serializer):
    """Plain `text`, or `html` as the editor writes it; one of the two is needed."""

    text = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST, default="")
    html = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST, default="")
    files = FilesField(default=list)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something must be said."""
        if not attrs["text"].strip() and not attrs["html"].strip():
            raise serializers.ValidationError({"text": [NOTHING_SAID]})
        return attrs


class MacroBody(serializers.Serializer):
    """A predefined reply that is sent as it is, with all that it does besides."""

    reply = serializers.PrimaryKeyRelatedField(queryset=PredefinedReply.objects.all())


class NoteBody(Words):
    """A note that only agents see."""


class ReplyBody(Words):
    """An answer to the customer. `then` is the status afterwards; without it the contact's rule holds."""

    cc = serializers.ListField(child=serializers.EmailField(), required=False, max_length=20, default=list)
    then = serializers.ChoiceField(choices=Status.choices, required=False, default="")
    reason = ReasonField(default=None)


class ForwardBody(serializers.Serializer):
    """To a colleague (`agent`) or to an address outside (`email`), never both."""

    agent = serializers.PrimaryKeyRelatedField(queryset=Agent.objects.active(), required=False, allow_null=True)
    email = serializers.EmailField(required=False, allow_blank=True, default="")
    note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST, default="")
    messages = serializers.PrimaryKeyRelatedField(many=True, required=False, queryset=Message.objects.none())
    attachments = serializers.PrimaryKeyRelatedField(many=True, required=False, queryset=Attachment.objects.none())
    then = serializers.ChoiceField(choices=Status.choices, required=False, default="")

    def __init__(self, *args: Any, **options: Any) -> None:
        """Only this thread's messages and files may be chosen."""
        super().__init__(*args, **options)
        if thread := self.context.get("thread"):
            self._choose("messages", thread.messages.current())
            self._choose("attachments", Attachment.objects.filter(message__thread=thread))

    def _choose(self, field: str, rows: Any) -> None:
        self.fields[field].child_relation.queryset = rows  # type: ignore[attr-defined]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One addressee; somebody outside needs something to read."""
        to_agent, to_address = attrs.get("agent") is not None, bool(attrs["email"])
        if to_agent == to_address:
            hint = _("Name either a colleague or an e-mail address outside.")
            raise serializers.ValidationError({"agent": [hint], "email": [hint]})
        if to_address and not attrs["note"].strip() and not attrs.get("messages"):
            raise serializers.ValidationError({"note": [_("Write something or choose a message to forward.")]})
        return attrs


class StatusBody(serializers.Serializer):
    """One of the four keys, and why it is closed."""

    status = serializers.ChoiceField(choices=Status.choices)
    reason = ReasonField(default=None)


class SnoozeBody(serializers.Serializer):
    """Until when, why, and whether the customer was promised it. `status` is pending1 or pending2."""

    until = serializers.DateTimeField()
    note = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    promise = serializers.BooleanField(required=False, default=False)
    status = serializers.ChoiceField(choices=[Status.PENDING_1, Status.PENDING_2], required=False, default="")


class PriorityBody(serializers.Serializer):
    """How pressing a thread is."""

    priority = serializers.ChoiceField(choices=Priority.choices)


class AssignmentBody(serializers.Serializer):
    """An agent in charge; null for nobody."""

    agent = serializers.PrimaryKeyRelatedField(queryset=Agent.objects.active(), allow_null=True)


class ContactBody(serializers.Serializer):
    """The contact whose queue takes the thread, by its short name."""

    contact = ContactField()


class TagsBody(serializers.Serializer):
    """All the tags the thread shall have."""

    tags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20)


class SubjectBody(serializers.Serializer):
    """What a thread is called."""

    subject = serializers.CharField(max_length=255)


class AboutBody(serializers.Serializer):
    """What a thread is about: an order and a line of it (`product`), or a cart. What is not named stays.

    They are the customer's own, or an order that the messages name. Null takes one away.
    """

    order = serializers.IntegerField(required=False, allow_null=True)
    product = serializers.IntegerField(required=False, allow_null=True)
    cart = serializers.IntegerField(required=False, allow_null=True)


class SenderBody(serializers.Serializer):
    """A customer on file (`customer`), or somebody new: an e-mail or a phone is enough."""

    customer = serializers.IntegerField(required=False, min_value=1)
    first_name = serializers.CharField(required=False, allow_blank=True, max_length=255, default="")
    last_name = serializers.CharField(required=False, allow_blank=True, max_length=255, default="")
    email = serializers.CharField(required=False, allow_blank=True, max_length=255, default="")
    phone = serializers.CharField(required=False, allow_blank=True, max_length=40, default="")


class CartNumberBody(serializers.Serializer):
    """A cart, by Mostrador's number."""

    cart = serializers.IntegerField(min_value=1)


class ThreadChangeBody(serializers.Serializer):
    """Threads by number, and one thing to do with all of them. `add_tags` and `remove_tags` go together."""

    threads = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=1, max_length=MOST)
    status = serializers.ChoiceField(choices=Status.choices, required=False)
    reason = ReasonField()
    agent = serializers.PrimaryKeyRelatedField(queryset=Agent.objects.active(), required=False, allow_null=True)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    contact = ContactField(required=False)
    folder = serializers.ChoiceField(choices=Folder.choices, required=False)
    add_tags = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=20)
    remove_tags = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One thing at a time: each has an undo of its own."""
        wanted = {"tags" if name.endswith("_tags") else name for name in attrs if name not in ("threads", "reason")}
        if len(wanted) != 1:
            raise serializers.ValidationError({"threads": [_("Name one thing to do with the threads.")]})
        return attrs


class AcceptanceBody(serializers.Serializer):
    """Where the proposed address goes: into the order and to the customer, or to the customer only."""

    order = serializers.BooleanField(default=True)


class RefusalBody(serializers.Serializer):
    """Why not; the customer reads it."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class IntoBody(serializers.Serializer):
    """The thread that takes the messages."""

    into = serializers.IntegerField(min_value=1)


class SplitOffBody(serializers.Serializer):
    """Messages of the thread, some and not all, and what the new thread is called."""

    messages = serializers.PrimaryKeyRelatedField(many=True, queryset=Message.objects.none())
    subject = serializers.CharField(max_length=255)

    def __init__(self, *args: Any, **options: Any) -> None:
        """Only this thread's messages may be chosen."""
        super().__init__(*args, **options)
        if thread := self.context.get("thread"):
            self.fields["messages"].child_relation.queryset = thread.messages.current()  # type: ignore[attr-defined]


class RequesterBody(serializers.Serializer):
    """With whom the thread is; `cc` get a copy of every reply."""

    email = serializers.EmailField()
    name = serializers.CharField(required=False, allow_blank=True, max_length=255, default="")
    cc = serializers.ListField(child=serializers.EmailField(), required=False, max_length=20, default=list)


class ThanksBody(serializers.Serializer):
    """What a short thank-you to a closed thread is taken for."""

    taken_for = serializers.ChoiceField(
        choices=[("seen", _("Seen")), ("question", _("Question"))], required=False, default="seen"
    )


class ReadBody(serializers.Serializer):
    """Whether I have read the thread."""

    read = serializers.BooleanField(required=False, default=True)


class FolderBody(serializers.Serializer):
    """Where the thread lies; only supervisors put threads into the bin."""

    folder = serializers.ChoiceField(choices=Folder.choices)


class ThreadBody(Words):
    """A new thread, begun by us (`agent`: a mail leaves) or noted down in a customer's name (`customer`)."""

    written_by = serializers.ChoiceField(choices=[("agent", _("Agent")), ("customer", _("Customer"))])
    contact = ContactField()
    email = serializers.EmailField()
    name = serializers.CharField(required=False, allow_blank=True, max_length=255, default="")
    subject = serializers.CharField(max_length=255)
    order_reference = serializers.CharField(required=False, allow_blank=True, max_length=64, default="")
    language = serializers.RegexField(r"^[a-z]{2}$", required=False, allow_blank=True, default="")

    def validate_contact(self, contact: Contact) -> Contact:
        """Only a contact whose threads this agent sees."""
        if not Contact.objects.visible_to(self.context["request"].user).filter(pk=contact.pk).exists():
            raise serializers.ValidationError(_("You do not belong to this contact."))
        return contact
