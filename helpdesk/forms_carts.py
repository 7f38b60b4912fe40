"""What an agent types to write about a cart."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from helpdesk.models import Contact, Thread
from helpdesk.models.reply import PLACEHOLDER


class CartLetterForm(Dressed, forms.Form):
    """In one of the customer's open threads, or in a new one, which needs a contact and a subject."""

    thread = forms.ModelChoiceField(
        Thread.objects.none(), required=False, empty_label=_("A new thread"), label=_("Where")
    )
    contact = forms.ModelChoiceField(
        Contact.objects.none(), required=False, empty_label=None, label=_("From"), help_text=_("For a new thread.")
    )
    subject = forms.CharField(label=_("Subject"), max_length=255, required=False, help_text=_("For a new thread."))
    text = forms.CharField(label=_("Message"), strip=False, widget=forms.Textarea({"rows": 16}))
    form_key = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, threads: Any, contacts: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chooser: Any = self.fields
        chooser["thread"].queryset, chooser["contact"].queryset = threads, contacts

    def clean_text(self) -> str:
        """Refuse an empty text and one with a placeholder that nobody filled in."""
        text = str(self.cleaned_data["text"])
        if not text.strip():
            raise ValidationError(_("There is nothing to send: write a message first."))
        if missing := PLACEHOLDER.search(text):
            words = {"name": missing[1]}
            raise ValidationError(_("A value is missing: fill in “%(name)s” before sending."), params=words)
        return text

    def clean(self) -> dict[str, Any]:
        """A new thread begins somewhere, about something."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("thread") is None and "thread" not in self.errors:
            if not cleaned.get("contact") and "contact" not in self.errors:
                self.add_error("contact", _("Choose from which contact you write."))
            if not str(cleaned.get("subject", "")).strip():
                self.add_error("subject", _("Write a subject."))
        return cleaned
