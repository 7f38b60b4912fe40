"""What agents type: replies, notes, forwards, and the controls of a thread."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from accounts.typed import number
from helpdesk import html as markup
from helpdesk.mail import MailFile
from helpdesk.models import (
    Attachment,
    CloseReason,
    Contact,
    DeskSettings,
    Message,
    MessageKind,
    PredefinedReply,
    Priority,
    Status,
    Thread,
)
from helpdesk.models.reply import PLACEHOLDER

ADDRESS_BREAK = re.compile(r"[,;\s]+")
MAX_COPIES, COPIES_LENGTH = 40, 4000


def clean_addresses(typed: str) -> list[str]:
    """Addresses with commas or blanks between them, in lower case. Raises ValidationError that names the wrong one."""
    addresses = [one.lower() for one in ADDRESS_BREAK.split(typed) if one]
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError as problem:
            sentence = _("“%(address)s” is not an e-mail address. Correct it or take it out.")
            raise ValidationError(sentence, params={"address": address}) from problem
    if len(addresses) > MAX_COPIES:
        raise ValidationError(_("Too many addresses: at most 40 people can get a copy."))
    return list(dict.fromkeys(addresses))


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files, as MailFile."""

    widget = ManyFilesInput

    def __init__(self, *, limit_mb: int, **options: Any) -> None:
        self.limit_mb = limit_mb
        super().__init__(required=False, **options)

    def clean(self, data: Any, initial: Any = None) -> list[MailFile]:
        """Each file within the desk's limit. Raises ValidationError that names the one that is not."""
        uploads = data if isinstance(data, list | tuple) else [data]
        return [self._read(upload) for upload in uploads if upload]

    def _read(self, upload: Any) -> MailFile:
        if upload.size > self.limit_mb * 1024 * 1024:
            words = {"name": upload.name, "limit": self.limit_mb}
            raise ValidationError(_("“%(name)s” is larger than %(limit)s MB. Choose a smaller file."), params=words)
        return MailFile(upload.name or "file", upload.content_type or "", upload.read())


class UploadForm(forms.Form):
    """Files that go with what is being written."""

    def __init__(self, *args: Any, desk: DeskSettings, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["files"] = ManyFilesField(limit_mb=desk.upload_limit_mb)


class ComposerForm(forms.Form):
    """What every way of writing has in common. After cleaning, `html` and `text` hold both forms."""

    body = forms.CharField(required=False, strip=False)
    body_format = forms.ChoiceField(choices=[("text", "text"), ("html", "html")], required=False)
    form_key = forms.CharField(max_length=32, required=False)
    last_message = forms.IntegerField(required=False)

    may_be_empty = False

    def __init__(self, *args: Any, thread: Thread, **options: Any) -> None:
        self.thread = thread
        super().__init__(*args, **options)

    @property
    def written(self) -> dict[str, str]:
        """The text as typed, under the name of its form."""
        body = str(self.data.get("body", ""))
        return {"html": body} if self.data.get("body_format") == "html" else {"text": body}

    def clean(self) -> dict[str, Any]:
        """Refuse an empty text and one with a placeholder that nobody filled in."""
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            html, text = markup.both_forms(
                self.written.get("html", ""), self.written.get("text", ""), may_be_empty=self.may_be_empty
            )
        except ValueError as problem:
            self.add_error("body", str(problem))
            return cleaned
        if missing := PLACEHOLDER.search(text):
            words = {"name": missing[1]}
            sentence = _("A value is missing: fill in “%(name)s” before sending.")
            self.add_error("body", ValidationError(sentence, code="missing", params=words))
        return cleaned | {"html": html, "text": text}


class ReplyForm(ComposerForm):
    """An answer to the customer."""

    cc = forms.CharField(required=False, max_length=COPIES_LENGTH)
    then = forms.ChoiceField(choices=Status.choices, required=False)
    reason = forms.CharField(required=False, max_length=20)

    macro = forms.CharField(required=False, max_length=20)

    def clean_reason(self) -> CloseReason | None:
        """Why the thread is closed, if that was said."""
        return CloseReason.called(self.cleaned_data["reason"])

    def clean_macro(self) -> PredefinedReply | None:
        """The predefined reply that was put in, if it does more than its text and may be used here."""
        chosen = number(self.cleaned_data["macro"])
        return PredefinedReply.objects.for_contact(self.thread.contact).filter(pk=chosen).first() if chosen else None

    def clean_cc(self) -> list[str]:
        """The addresses, in lower case. Raises ValidationError that names the wrong one."""
        return clean_addresses(self.cleaned_data["cc"])

    def clean(self) -> dict[str, Any]:
        """As every text; and there must be somebody to answer to."""
        cleaned = super().clean()
        if not self.thread.email:
            self.add_error("body", _("This thread has no e-mail address to answer to."))
        return cleaned


class NoteForm(ComposerForm):
    """What only agents see."""


class ForwardForm(ComposerForm):
    """To a colleague, or to an address outside with chosen messages and files."""

    target = forms.ChoiceField(choices=[("team", "team"), ("outside", "outside")], required=False)
    agent = forms.ModelChoiceField(Agent.objects.none(), required=False)
    address = forms.CharField(required=False, max_length=255)
    messages = forms.ModelMultipleChoiceField(Message.objects.none(), required=False)
    attachments = forms.ModelMultipleChoiceField(Attachment.objects.none(), required=False)

    may_be_empty = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chooser: Any = self.fields
        chosen = forwardable(self.thread)
        chooser["agent"].queryset = self.thread.contact.people()
        chooser["messages"].queryset = chosen
        chooser["attachments"].queryset = Attachment.objects.filter(message__in=chosen)

    def clean_address(self) -> str:
        """The address, in lower case."""
        address = str(self.cleaned_data["address"]).strip().lower()
        if address:
            validate_email(address)
        return address

    def clean(self) -> dict[str, Any]:
        """Somebody must get it: both fields say so when both are empty."""
        cleaned = super().clean()
        agent, address = cleaned.get("agent"), cleaned.get("address")
        if not agent and not address and "address" not in self.errors and "agent" not in self.errors:
            self.add_error("agent", _("Choose a colleague."))
            self.add_error("address", _("Write an e-mail address, such as name@example.com."))
        outside = bool(address) and (cleaned.get("target") == "outside" or not agent)
        if outside and not cleaned.get("text") and not cleaned.get("messages"):
            self.add_error("body", _("Write something or choose a message to forward."))
        return cleaned | {"to": address if outside else agent}


def forwardable(thread: Thread) -> Any:
    """Messages that may leave: everything but notes."""
    return thread.messages.current().exclude(kind=MessageKind.NOTE).prefetch_related("attachments")


class StatusForm(forms.Form):
    """One of the four keys."""

    status = forms.ChoiceField(
        choices=Status.choices,
        error_messages={"invalid_choice": _("There is no such status. Choose open, pending 1, pending 2 or closed.")},
    )
    reason = forms.CharField(required=False, max_length=20)

    def clean_reason(self) -> CloseReason | None:
        """Why it is closed, if that was said."""
        return CloseReason.called(self.cleaned_data["reason"])


class PriorityForm(forms.Form):
    """How pressing a thread is."""

    priority = forms.ChoiceField(
        choices=Priority.choices,
        error_messages={"invalid_choice": _("There is no such priority. Choose low, normal, high or urgent.")},
    )


class AssignmentForm(forms.Form):
    """Who is in charge; empty is nobody."""

    assignee = forms.ModelChoiceField(
        Agent.objects.none(),
        required=False,
        error_messages={"invalid_choice": _("This person cannot see the thread. Choose a member of its contact.")},
    )

    def __init__(self, *args: Any, thread: Thread, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["assignee"]
        field.queryset = thread.contact.people()


class MoveForm(forms.Form):
    """The contact that takes the thread; any in use, also one whose threads the agent will not see."""

    contact = forms.ModelChoiceField(
        Contact.objects.active(),
        error_messages={"invalid_choice": _("There is no such contact. Choose one from the list.")},
    )


class SubjectForm(forms.Form):
    """A new subject."""

    subject = forms.CharField(max_length=255, error_messages={"required": _("Write a subject.")})


class OrderForm(forms.Form):
    """Which order and product, or which cart, the thread is about: the customer's own, or an order they name.

    Whatever the form does not bring stays as it is.
    """

    order = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": _("This order is not the customer's. Choose one of theirs.")}
    )
    product = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": _("This product is not in the order. Choose one of it.")}
    )

    cart = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": _("This cart is not the customer's. Choose one of theirs.")}
    )

    def __init__(self, *args: Any, orders: list[Any], carts: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.carts = {str(cart.pk): cart for cart in carts}
        self.orders = {str(order.pk): order for order in orders}
        self.lines = {str(line.pk): line for order in orders for line in order.lines.all()}
        choosers: Any = self.fields
        choosers["order"].choices = [("", "—")] + [(key, str(order)) for key, order in self.orders.items()]
        choosers["product"].choices = [("", "—")] + [(key, line.name) for key, line in self.lines.items()]
        choosers["cart"].choices = [("", "—")] + [(key, str(cart)) for key, cart in self.carts.items()]

    def chosen(self) -> list[str]:
        """What the form speaks of: a product always with its order."""
        about_order = ["order", "product"] if {"order", "product"} & self.data.keys() else []
        return about_order + (["cart"] if "cart" in self.data else [])

    def clean(self) -> dict[str, Any]:
        """The rows themselves; choosing a product chooses its order."""
        cleaned = super().clean() or {}
        line = self.lines.get(cleaned.get("product", ""))
        order = self.orders.get(cleaned.get("order", ""))
        if line and order and line.order_id != order.pk:
            line = None
        cart = self.carts.get(cleaned.get("cart", ""))
        return {"order": order or (line.order if line else None), "product": line, "cart": cart}
