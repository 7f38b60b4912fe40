"""The form of an address, by the country it is in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from crm import places
from crm.models import Address, Customer, RecordSettings
from crm.models.address import OPTIONAL


class AddressForm(Dressed, forms.ModelForm):
    """An address of a customer, who is found by e-mail. What is valid goes to the address's verb as `values`."""

    email = forms.CharField(
        label=_("Customer's e-mail"),
        max_length=255,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Whose address is it? Enter the customer's e-mail.")},
    )

    class Meta:
        model = Address
        fields = [
            *("alias", "identity_number", "first_name", "last_name", "company", "tax_number", "line1", "line2"),
            *("country", "state", "postcode", "city", "phone", "mobile", "other", "for_delivery", "for_invoice"),
        ]
        labels = {"line2": _("Floor, door"), "state": _("Province"), "other": _("Other details")}
        error_messages = {"line1": {"required": _("Enter the address.")}, "city": {"required": _("Enter the city.")}}
        widgets = {"other": forms.Textarea, "postcode": forms.TextInput(attrs={"autocomplete": "off"})}

    def __init__(self, *args: Any, customer: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        if customer is not None:
            del self.fields["email"]
            self._know(customer)
        self.country = self._country()
        self._by_country()
        self.fields["alias"].required = True
        for name in OPTIONAL:
            if name in RecordSettings.load().required_address:
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = _("The shop asks for this.")
        self.dress()

    def _know(self, customer: Customer) -> None:
        """A new address is first of all the customer's own name."""
        if self.instance.pk is None:
            for name in ("first_name", "last_name", "company"):
                self.initial[name] = self.initial.get(name) or getattr(customer, name)

    def _country(self) -> str:
        typed = self.data.get(self.add_prefix("country"), "") if self.is_bound else self.initial.get("country", "")
        return str(typed or self.instance.country or RecordSettings.load().country).upper()

    def _by_country(self) -> None:
        """The words, the example and the states of the country."""
        kept = [(self.instance.country, self.instance.country)] if self.instance.country not in places.names() else []
        choices = [*places.names().items(), *(one for one in kept if one[0])]
        self.fields["country"] = forms.ChoiceField(choices=choices, label=_("Country"))
        self.initial["country"] = self.country
        self.fields["postcode"].required = places.needs_postcode(self.country)
        self.fields["postcode"].widget.attrs["placeholder"] = places.example_of(self.country)
        self.fields["postcode"].error_messages["required"] = _("Enter the postcode.")
        self.fields["identity_number"].label = places.identity_word(self.country)
        states = places.states_of(self.country)
        if not states:
            del self.fields["state"]
            return
        own = self.instance.state if self.instance.country == self.country else ""
        named = [*states, own] if own and own not in states else states
        self.fields["state"] = forms.ChoiceField(
            choices=[("", _("Choose…")), *((name, name) for name in named)],
            label=places.state_word(self.country),
            error_messages={"required": _("Choose it: addresses of this country need it.")},
        )

    def clean_email(self) -> str:
        """Somebody on file uses it."""
        email: str = self.cleaned_data["email"].strip().lower()
        self.customer = Customer.objects.for_email(email)
        if self.customer is None:
            raise forms.ValidationError(_("No customer on file uses this e-mail."))
        return email

    def clean(self) -> dict[str, Any]:
        """Names left empty are the customer's."""
        data = super().clean() or self.cleaned_data
        if self.customer and not (data.get("first_name") or data.get("last_name") or data.get("company")):
            data |= {name: getattr(self.customer, name) for name in ("first_name", "last_name", "company")}
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, for the verbs; a state goes when the country changes to one without."""
        columns = {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}
        moved = "state" not in self.fields and "country" in self.changed_data
        return {**columns, "state": ""} if moved else columns
