"""What an agent types to write to customers."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from accounts.tag_choices import words_of
from helpdesk import html as markup
from helpdesk import placeholders
from helpdesk.context import EnclosedVoucher
from helpdesk.forms import ManyFilesField
from helpdesk.models import Contact, DeskSettings, Status, StatusLabel
from helpdesk.models.reply import PLACEHOLDER


class LetterForm(Dressed, forms.Form):
    """From which contact, about what, the text, when it leaves and what happens then; `voucher` is a form inside it."""

    contact = forms.ModelChoiceField(Contact.objects.none(), empty_label=None, label=_("From"))
    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    body = forms.CharField(
        label=_("Message"), strip=False, required=False, max_length=100_000, widget=forms.Textarea({"rows": 12})
    )
    body_format = forms.ChoiceField(choices=[("text", "text"), ("html", "html")], required=False)
    send_at = forms.DateTimeField(
        label=_("Leaves on"),
        required=False,
        help_text=_("Empty: at once. Until then it can be taken back."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Write a date and a time.")},
    )
    then = forms.ChoiceField(label=_("Leave the threads in"), required=False)
    tags = forms.CharField(
        label=_("Tags of the threads"),
        required=False,
        max_length=1000,
        help_text=_("With commas between them."),
        widget=forms.TextInput({"list": "thread-tags"}),
    )
    form_key = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, contacts: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chooser: Any = self.fields["contact"]
        chooser.queryset = contacts
        statuses: Any = self.fields["then"]
        statuses.choices = [(key, row.full_name) for key, row in StatusLabel.all_by_status().items()]
        typed = self.data if self.is_bound else None
        self.voucher = EnclosedVoucher(typed, prefix="voucher", initial=self.initial.get("voucher") or {})
        self.fields["files"] = ManyFilesField(limit_mb=DeskSettings.load().upload_limit_mb, label=_("Files"))

    @property
    def html(self) -> str:
        """The text as it was typed, as clean HTML; also of a form with mistakes."""
        typed = str(self["body"].value() or "")
        if self["body_format"].value() == "html":
            return markup.clean_reply(typed)
        return markup.from_text(typed.replace("\x00", ""))

    @property
    def words(self) -> dict[str, Any]:
        """All that was typed, finished or not, as a draft keeps it."""
        chosen = str(self["contact"].value() or "")
        known: Any = self.fields["contact"]
        return {
            "contact": next((one for one in known.queryset if str(one.pk) == chosen), None),
            "subject": " ".join(str(self["subject"].value() or "").replace("\x00", "").split())[:255],
            "html": self.html,
            "send_at": self._time(),
            "then": said if (said := str(self["then"].value() or "")) in Status.values else "",
            "tags": words_of(str(self["tags"].value() or "")),
            "voucher": self.voucher.said,
        }

    def _time(self) -> datetime | None:
        try:
            return self.fields["send_at"].clean(self["send_at"].value())
        except ValidationError:
            return None

    def clean_tags(self) -> list[str]:
        """The words."""
        return words_of(str(self.cleaned_data["tags"]))

    def clean_send_at(self) -> datetime | None:
        """A time that is still to come."""
        at: datetime | None = self.cleaned_data["send_at"]
        if at and not timezone.now() < at < timezone.now() + timedelta(days=366):
            raise ValidationError(_("Choose a time that is still to come, within a year."))
        return at

    def clean_subject(self) -> str:
        """On one line, with names that stand for something."""
        subject = " ".join(str(self.cleaned_data["subject"]).split())
        if not subject:
            raise ValidationError(_("Write a subject."))
        return _known(subject)

    def clean_body(self) -> str:
        """As clean HTML, with something in it."""
        html = self.html
        if not markup.to_text(html).strip():
            raise ValidationError(_("There is nothing to send: write a message first."))
        return _known(html)

    def clean(self) -> dict[str, Any]:
        """A voucher and the text that speaks of it go together."""
        cleaned = super().clean() or {}
        names = set(PLACEHOLDER.findall(f"{cleaned.get('subject', '')} {cleaned.get('body', '')}"))
        cleaned["voucher"] = self.voucher.said
        if not self.voucher.said:
            if names & placeholders.OF_VOUCHER.keys():
                self._refuse_voucher("percent", _("The text speaks of a voucher: say what it is worth."))
        elif not self.voucher.is_valid():
            self.add_error(None, _("The voucher cannot be given like this."))
        elif "voucher.code" not in names:
            words = {"name": "{{ voucher.code }}"}
            self.add_error("body", ValidationError(_("Put %(name)s where the code is to stand."), params=words))
        elif self._is_over(cleaned.get("send_at")):
            self._refuse_voucher("valid_until", _("It would be over before the letter leaves."))
        return cleaned

    def _is_over(self, send_at: datetime | None) -> bool:
        until = self.voucher.terms["valid_until"]
        return bool(send_at and until and until <= send_at)

    def _refuse_voucher(self, name: str, why: Any) -> None:
        self.voucher.is_valid()
        self.voucher.add_error(name, why)
        self.add_error(None, _("The voucher cannot be given like this."))


def _known(text: str) -> str:
    if names := placeholders.unknown(text, in_letter=True):
        words = {"names": ", ".join(f"{{{{ {name} }}}}" for name in names)}
        raise ValidationError(_("Nothing stands for %(names)s. Choose a name from the list below."), params=words)
    return text
