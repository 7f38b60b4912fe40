"""What an agent types to write to customers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from helpdesk import html as markup
from helpdesk import placeholders
from helpdesk.forms import ManyFilesField
from helpdesk.models import Contact, DeskSettings


class LetterForm(Dressed, forms.Form):
    """From which contact, about what, and the text. After cleaning, `html` holds it clean."""

    contact = forms.ModelChoiceField(Contact.objects.none(), empty_label=None, label=_("From"))
    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    body = forms.CharField(
        label=_("Message"), strip=False, required=False, max_length=100_000, widget=forms.Textarea({"rows": 12})
    )
    body_format = forms.ChoiceField(choices=[("text", "text"), ("html", "html")], required=False)
    form_key = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, contacts: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chooser: Any = self.fields["contact"]
        chooser.queryset = contacts
        self.fields["files"] = ManyFilesField(limit_mb=DeskSettings.load().upload_limit_mb, label=_("Files"))

    @property
    def html(self) -> str:
        """The text as it was typed, as clean HTML; also of a form with mistakes."""
        typed = str(self["body"].value() or "")
        if self["body_format"].value() == "html":
            return markup.clean_reply(typed)
        return markup.from_text(typed.replace("\x00", ""))

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


def _known(text: str) -> str:
    if names := placeholders.unknown(text):
        words = {"names": ", ".join(f"{{{{ {name} }}}}" for name in names)}
        raise ValidationError(_("Nothing stands for %(names)s. Choose a name from the list below."), params=words)
    return text
