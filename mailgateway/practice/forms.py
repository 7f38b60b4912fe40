"""What one writes as a customer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class LetterForm(forms.Form):
    """A new mail, or an answer, which needs neither recipient nor subject."""

    to = forms.ChoiceField(label=_("To"))
    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    text = forms.CharField(
        label=_("Message"),
        max_length=200_000,
        error_messages={"required": _("There is nothing to send: write a message first.")},
    )
    file = forms.FileField(label=_("File"), required=False, allow_empty_file=True, max_length=200)
    photo = forms.BooleanField(label=_("Sample photo"), required=False)

    def __init__(self, *args: Any, addresses: list[tuple[str, str]], is_answer: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_answer:
            del self.fields["to"], self.fields["subject"]
        else:
            self.fields["to"].choices = addresses  # type: ignore[attr-defined]

    def clean_subject(self) -> str:
        """On one line, as headers must be."""
        return " ".join(self.cleaned_data["subject"].split())
