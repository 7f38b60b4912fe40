"""The forms of a customer's own details. The verbs of the record check what is typed, as for everybody else."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import guard
from portal.customer import Address, Customer, RecordSettings, country_choices, fields_off
from portal.forms_area import text


class OfCustomer(forms.Form):
    """A form about the customer who is signed in."""

    use_required_attribute = False

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer

    def take_errors(self, error: ValidationError) -> None:
        """Put what a verb refused to its fields; what concerns none of them stands on top."""
        for name, sentences in error.message_dict.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)


class DetailsForm(OfCustomer):
    """Name, phones, language, birthday."""

    first_name = forms.CharField(label=_("First name"), max_length=255, required=False, widget=text("given-name"))
    last_name = forms.CharField(label=_("Last name"), max_length=255, required=False, widget=text("family-name"))
    phone = forms.CharField(
        label=_("Phone"), max_length=32, required=False, widget=text("tel", inputmode="tel", type="tel")
    )
    other_phone = forms.CharField(
        label=_("Other phone"), max_length=32, required=False, widget=text("off", inputmode="tel", type="tel")
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        widget=forms.Select({"class": "select"}),
        help_text=_("We write to you in it."),
    )
    birthday = forms.DateField(
        label=_("Birthday"),
        required=False,
        widget=forms.DateInput({"class": "input", "type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as 1992-02-04.")},
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        names = ("first_name", "last_name", "phone", "other_phone", "language", "birthday")
        kwargs.setdefault("initial", {name: getattr(customer, name) for name in names})
        super().__init__(*args, customer=customer, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)  # noqa: S101 - for the type checker
        language.choices = [("", _("No preference")), *settings.CUSTOMER_LANGUAGES]
        for name in fields_off() & set(self.fields):
            del self.fields[name]

    def save(self) -> bool:
        """Save what was typed; False if the record does not take it, with the reasons at the fields."""
        try:
            self.customer.edit(self.cleaned_data, by=None)
        except ValidationError as error:
            self.take_errors(error)
            return False
        return True


class ConsentForm(OfCustomer):
    """What the customer allows us to send. The words they saw are kept with their choice."""

    newsletter = forms.BooleanField(label=_("Newsletter"), help_text=_("Unsubscribe with one click."), required=False)
    offers = forms.BooleanField(label=_("Offers of partners"), required=False)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        kwargs["initial"] = {"newsletter": customer.newsletter, "offers": customer.partner_offers}
        super().__init__(*args, customer=customer, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.update({"class": "switch", "role": "switch"})
        if "partner_offers" in fields_off():
            del self.fields["offers"]

    def save(self, *, source: str, ip: str) -> None:
        """Write down each choice that is another one than before."""
        for kind, given in self.cleaned_data.items():
            words = str(self.fields[kind].label)
            self.customer.set_consent(kind, given, source=source, by=None, wording=words, ip=ip)


class EmailForm(OfCustomer):
    """An address: `do` is empty for a new one, "main" or "remove" for one that is there."""

    address = forms.EmailField(
        label=_("Another e-mail"),
        max_length=254,
        widget=forms.EmailInput({"class": "input", "autocomplete": "email", "inputmode": "email"}),
        error_messages={
            "required": _("Write the e-mail that you want to add."),
            "invalid": _("Write your full e-mail, like name@example.com"),
        },
    )
    do = forms.ChoiceField(choices=[(one, one) for one in ("", "main", "remove")], required=False)

    def clean(self) -> dict[str, Any]:
        """Nobody else's address, and never the last one away."""
        said = super().clean() or {}
        address, do, own = said.get("address", "").lower(), said.get("do"), self.own
        if address and do and address not in own:
            self.add_error("address", gettext("This is not one of your addresses."))
        if do == "remove" and address == own[0]:
            self.add_error("address", gettext("This is your main address. Make another one the main one first."))
        if address and not do and address in own:
            self.add_error("address", gettext("This is one of your addresses already."))
        return said

    @property
    def own(self) -> list[str]:
        """The customer's addresses, the main one first."""
        return self.customer.addresses_of_mail()

    def seconds_to_wait(self) -> int:
        """Until another mail may go to a new address; 0 for all else."""
        if self.cleaned_data["do"]:
            return 0
        who = f"address {self.customer.pk} {self.cleaned_data['address'].lower()}"
        wait = max(guard.OF_LINKS.wait(who), guard.OF_LINKS_OF_NETWORK.wait(f"customer {self.customer.pk}"))
        if not wait:
            guard.OF_LINKS.failed(who)
            guard.OF_LINKS_OF_NETWORK.failed(f"customer {self.customer.pk}")
        return wait

    def save(self) -> str:
        """Do it; says what was done, as a sentence."""
        address = self.cleaned_data["address"].lower()
        if not self.cleaned_data["do"]:
            self.customer.ask_for_address(address)
            return gettext("We have sent a mail to %(address)s. With its link the address becomes yours.") % {
                "address": address
            }
        if self.cleaned_data["do"] == "main":
            self.customer.set_emails([address, *(one for one in self.own if one != address)])
            return gettext("We write to %(address)s from now on.") % {"address": address}
        self.customer.remove_email(address)
        return gettext("%(address)s is no longer one of your addresses.") % {"address": address}


class AddressForm(OfCustomer):
    """A postal address."""

    alias = forms.CharField(label=_("What you call it"), max_length=64, required=False, widget=text("off"))
    first_name = forms.CharField(label=_("First name"), max_length=255, required=False, widget=text("given-name"))
    last_name = forms.CharField(label=_("Last name"), max_length=255, required=False, widget=text("family-name"))
    company = forms.CharField(label=_("Company"), max_length=255, required=False, widget=text("organization"))
    line1 = forms.CharField(
        label=_("Street and number"),
        max_length=255,
        widget=text("address-line1"),
        error_messages={"required": _("Write the street and the number.")},
    )
    line2 = forms.CharField(label=_("Floor, door"), max_length=255, required=False, widget=text("address-line2"))
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False, widget=text("postal-code"))
    city = forms.CharField(
        label=_("City"),
        max_length=128,
        widget=text("address-level2"),
        error_messages={"required": _("Write the city.")},
    )
    state = forms.CharField(label=_("State or province"), max_length=64, required=False, widget=text("address-level1"))
    country = forms.ChoiceField(label=_("Country"), required=False, widget=forms.Select({"class": "select"}))
    phone = forms.CharField(label=_("Phone"), max_length=32, required=False, widget=text("tel", inputmode="tel"))

    def __init__(self, *args: Any, customer: Customer, address: Address | None, **kwargs: Any) -> None:
        known = address or Address(
            first_name=customer.first_name, last_name=customer.last_name, country=RecordSettings.load().country
        )
        kwargs["initial"] = {name: getattr(known, name) for name in self.base_fields}
        super().__init__(*args, customer=customer, **kwargs)
        self.address = address
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)  # noqa: S101 - for the type checker
        country.choices = country_choices()

    def save(self) -> bool:
        """Save it; False if it is no address that a parcel would find, with the reasons at the fields."""
        try:
            if self.address is None:
                Address.objects.add(self.customer, self.cleaned_data, by=None)
            else:
                self.address.edit(self.cleaned_data, by=None)
        except ValidationError as error:
            self.take_errors(error)
            return False
        return True
