"""Forms of the shop's choices about records: which fields there are, which are required, how long things are kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import Dressed
from accounts.models import Agent
from crm.countries import countries
from crm.models import Customer, PrivacyRequest, RecordSettings

# What a shop may insist on. A consent has to be free, so none is in this list.
REQUIRABLE = ("title", "first_name", "last_name", "birthday", "emails", "phone", "language", "company", "tax_number")
NAMES: dict[str, Any] = {"emails": gettext_lazy("e-mail")}


def requirable() -> list[tuple[str, str]]:
    """Fields of a record with their names, in the order of the form."""
    columns = {column.name: str(column.verbose_name) for column in Customer._meta.concrete_fields}
    names = [(name, str(NAMES.get(name) or columns[name])) for name in REQUIRABLE]
    return [(name, words[:1].upper() + words[1:]) for name, words in names]


class PreferencesForm(Dressed, forms.ModelForm):
    """Which fields a record has, what is required, and what happens when somebody is entered."""

    required_customer = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Required in a customer"),
        help_text=gettext_lazy(
            "Asked of whoever is entered from now on, here and by the API. Records that lack it can still be saved."
        ),
    )

    class Meta:
        model = RecordSettings
        fields = [
            *("currency", "country", "business", "birthdays", "partner_offers", "title_use"),
            *("required_customer", "registration_mail", "show_cart_at_entry"),
        ]
        help_texts = {
            "birthdays": gettext_lazy("Off: the field is gone from the form, the page and the API."),
            "title_use": gettext_lazy("How letters address people: Mr, Mrs, Dr."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        required: Any = self.fields["required_customer"]
        required.choices = requirable()
        country = self.fields["country"]
        self.fields["country"] = forms.ChoiceField(
            choices=countries(), label=country.label, help_text=country.help_text
        )
        self.dress()

    def clean_currency(self) -> str:
        """Three letters in capitals. Raises ValidationError for anything else."""
        currency: str = self.cleaned_data["currency"].strip().upper()
        if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):
            raise forms.ValidationError(_("Three letters, as in EUR."))
        return currency

    def save_by(self, agent: Agent) -> RecordSettings:
        """Save with who did it in the history."""
        records: RecordSettings = self.instance
        records._history_user = agent  # type: ignore[attr-defined]
        records.required_customer = self.cleaned_data.get("required_customer", records.required_customer)
        records.save()
        return records


class KeepingForm(Dressed, forms.ModelForm):
    """How long things are kept."""

    class Meta:
        model = RecordSettings
        fields = ["cart_days", "visit_days", "bin_days"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, least in (("cart_days", 0), ("visit_days", 1), ("bin_days", 1)):
            label = self.fields[name].label
            self.fields[name] = forms.IntegerField(min_value=least, max_value=36_500, label=label)
        self.dress()

    def save_by(self, agent: Agent) -> RecordSettings:
        """Save with who did it in the history."""
        records: RecordSettings = self.instance
        records._history_user = agent  # type: ignore[attr-defined]
        records.save()
        return records


class RequestForm(Dressed, forms.Form):
    """A customer asked for a copy of their data, or that it is erased."""

    who = forms.CharField(
        label=gettext_lazy("Customer"), help_text=gettext_lazy("Their number or one of their e-mails.")
    )
    kind = forms.ChoiceField(
        choices=PrivacyRequest.Kind.choices,
        label=gettext_lazy("Asks for"),
        help_text=gettext_lazy("What the law calls it."),
    )
    received_on = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        label=gettext_lazy("Received on"),
        help_text=gettext_lazy("The answer is due within a month of it."),
    )
    words = forms.CharField(
        required=False,
        max_length=255,
        label=gettext_lazy("Where and how"),
        help_text=gettext_lazy("Such as the number of the thread."),
    )

    def clean_who(self) -> Customer:
        """The customer that is meant. Raises ValidationError if there is none."""
        who: str = self.cleaned_data["who"]
        found = Customer.objects.numbered(who)
        if found is None:
            raise forms.ValidationError(_("There is no customer with the number or e-mail “%(who)s”.") % {"who": who})
        return found

    def save(self, *, by: Agent) -> PrivacyRequest:
        """Write it down. Raises ValueError, with a sentence, for a day that has not come."""
        data = self.cleaned_data
        return PrivacyRequest.objects.note(
            data["who"], data["kind"], by=by, received_on=data["received_on"], words=data["words"]
        )
