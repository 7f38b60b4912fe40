"""What an agent types to write by WhatsApp."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from helpdesk.models import Contact, Thread


class WhatsAppForm(Dressed, forms.Form):
    """The text, and the thread in which it is noted; a new one needs a contact."""

    text = forms.CharField(label=_("Message"), required=False, max_length=10_000, widget=forms.Textarea({"rows": 7}))
    thread = forms.ModelChoiceField(
        Thread.objects.none(), required=False, empty_label=_("A new thread"), label=_("Note it in")
    )
    contact = forms.ModelChoiceField(
        Contact.objects.none(), required=False, empty_label=None, label=_("Contact"), help_text=_("For a new thread.")
    )

    def __init__(self, *args: Any, contacts: Any, threads: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.contacts, self.languages = contacts, settings.CUSTOMER_LANGUAGES
        chooser: Any = self.fields
        chooser["contact"].queryset, chooser["thread"].queryset = contacts, threads

    def clean(self) -> dict[str, Any]:
        """A new thread begins somewhere."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("thread") and not cleaned.get("contact") and not self.errors:
            raise ValidationError({"contact": _("Choose from which contact you write.")})
        return cleaned
