"""What an agent types to write by WhatsApp."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from accounts.models import Agent
from helpdesk import context as shop
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


class PhoneForm(Dressed, forms.Form):
    """A number that can be called, for a customer who has none."""

    country = forms.ChoiceField(label=_("Country"))
    phone = forms.CharField(label=_("Phone"), max_length=32, widget=forms.TextInput({"type": "tel"}))

    def __init__(self, *args: Any, customer: shop.Customer, **options: Any) -> None:
        self.customer = customer
        first = {"country": shop.country_of_phone(customer), "phone": customer.phone}
        super().__init__(*args, initial=first, **options)
        country: Any = self.fields["country"]
        country.choices = shop.phone_countries()

    def save(self, *, by: Agent) -> bool:
        """Whether the customer can be written to now; if not, the form says why."""
        try:
            shop.set_phone(self.customer, self.cleaned_data["phone"], self.cleaned_data["country"], by=by)
        except ValidationError as refused:
            self.add_error("phone", refused.messages)
            return False
        if problem := shop.whatsapp_number(self.customer)[1]:
            self.add_error("phone", problem)
        return not problem
