"""The form of a customer's record, and what became of a record while somebody had it open."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import Dressed
from accounts.models import Agent
from accounts.typed import number
from crm.countries import as_dialled, country_of, phone_countries
from crm.models import Consent, Customer, CustomerGroup, RecordSettings
from crm.models.record import Checked, fields_off, usual_group
from crm.models.shop import BUSINESS_FIELDS

Given = Consent.Source
ASKED = [("", gettext_lazy("Choose one")), *((one.value, one.label) for one in (Given.MAIL, Given.PHONE, Given.PAPER))]
NOT_COLUMNS = ("version", "emails", "links", "groups", "newsletter", "partner_offers")
CONSENTS = {"newsletter": "newsletter", "offers": "partner_offers"}


def _initial(customer: Customer) -> dict[str, Any]:
    """What the form shows of what is no plain column."""
    country = country_of(customer.phone) or RecordSettings.load().country
    shown = {"phone_country": country, "version": customer.version}
    shown |= {name: as_dialled(getattr(customer, name), country) for name in ("phone", "other_phone")}
    if customer.pk is None:
        group = usual_group(guest=False)
        return {**shown, "groups": [group], "group": group, "emails": [], "links": []}
    links = [[link.name, link.url] for link in customer.links.all()]
    groups = sorted(customer.all_groups(), key=lambda group: group.pk)
    return {**shown, "groups": groups, "emails": customer.addresses_of_mail(), "links": links}


class EmailRows(forms.Widget):
    """Several addresses (`email`), the one that `main` counts first. Drawn by crm/form/_emails.html."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """What was typed, the main address first, empty rows left out."""
        rows = data.getlist("email")
        main = number(data.get("main", ""))
        first = main if main < len(rows) else 0
        ordered = [*rows[first : first + 1], *rows[:first], *rows[first + 1 :]]
        return [row.strip() for row in ordered if row.strip()]


class LinkRows(forms.Widget):
    """Several pages elsewhere, as `link_name` and `link_url`. Drawn by crm/form/_links.html."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[list[str]]:
        """Pairs of name and address; empty rows are left out."""
        rows = zip(data.getlist("link_name"), data.getlist("link_url"), strict=False)
        return [[name.strip(), url.strip()] for name, url in rows if name.strip() or url.strip()]


class CustomerForm(Dressed, forms.ModelForm):
    """A customer's record. `save` writes it by the verbs; fields that the shop does not use are missing."""

    emails = forms.Field(widget=EmailRows, required=False, label=gettext_lazy("E-mails"))
    phone_country = forms.ChoiceField(label=gettext_lazy("Country of the phone"), required=False)
    links = forms.Field(widget=LinkRows, required=False, label=gettext_lazy("Galleries and links"))
    newsletter_source = forms.ChoiceField(choices=ASKED, required=False, label=gettext_lazy("How did they ask for it?"))
    newsletter_detail = forms.CharField(max_length=255, required=False, label=gettext_lazy("Detail"))
    offers_source = forms.ChoiceField(choices=ASKED, required=False, label=gettext_lazy("How did they ask for it?"))
    offers_detail = forms.CharField(max_length=255, required=False, label=gettext_lazy("Detail"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    base = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Customer
        fields = [
            *("title", "first_name", "last_name", "language", "birthday", "phone", "other_phone"),
            *("company", "tax_number", "activity", "website", "credit_limit", "payment_days", "risk"),
            *("shipping_method", "payment_method", "payment_is_forced"),
            *("is_active", "is_guest", "do_not_contact", "username", "newsletter", "partner_offers", "groups", "group"),
        ]
        widgets = {
            "title": forms.RadioSelect,
            "birthday": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "phone": forms.TextInput(attrs={"type": "tel"}),
            "other_phone": forms.TextInput(attrs={"type": "tel"}),
            "groups": forms.CheckboxSelectMultiple,
            "group": forms.RadioSelect,
        }
        help_texts = {
            "title": gettext_lazy("How letters address them."),
            "first_name": gettext_lazy("As they write it, in any script."),
            "last_name": gettext_lazy("May stay empty."),
            "birthday": gettext_lazy("To wish them well, for nothing else."),
            "phone": gettext_lazy("Kept with the code of its country."),
            "other_phone": gettext_lazy("For whoever else opens the door."),
            "company": gettext_lazy("Takes the place of the name where there is none."),
            "tax_number": gettext_lazy("As it stands on invoices."),
            "activity": gettext_lazy("Number in the trade register, or what they do."),
            "website": gettext_lazy("Begins with https://"),
            "credit_limit": gettext_lazy("How much they may owe, in the main currency."),
            "payment_days": gettext_lazy("How long an invoice may wait."),
            "risk": gettext_lazy("How surely they pay."),
            "shipping_method": gettext_lazy("Proposed when they buy; empty: as they choose."),
            "payment_method": gettext_lazy("Proposed when they buy; empty: as they choose."),
            "payment_is_forced": gettext_lazy("The shop hides the other ways to pay."),
            "is_active": gettext_lazy("Off: they cannot sign in nor buy. Their mail still arrives."),
            "is_guest": gettext_lazy("Bought without an account; may share an e-mail with others."),
            "do_not_contact": gettext_lazy("No follow-up and no mail of the team's own accord; answers only."),
            "username": gettext_lazy("To sign in to the private area; the e-mail works too."),
            "newsletter": gettext_lazy("Only if they asked for it."),
            "partner_offers": gettext_lazy("Only if they asked for it."),
        }

    def __init__(self, *args: Any, instance: Customer | None = None, **kwargs: Any) -> None:
        customer = instance or Customer(is_active=True)
        self.is_new = customer.pk is None
        kwargs["initial"] = {**_initial(customer), **(kwargs.get("initial") or {})}
        super().__init__(*args, instance=customer, **kwargs)
        self._choose_fields()
        self._describe()
        self.dress()

    def _choose_fields(self) -> None:
        off = fields_off()
        for name in off | (set() if self.is_new else {"is_guest"}):
            del self.fields[name]
        if "partner_offers" in off:
            del self.fields["offers_source"], self.fields["offers_detail"]

    def _describe(self) -> None:
        choice: Any = self.fields["phone_country"]
        choice.choices = phone_countries()
        choice.help_text = _("For numbers without a code.")
        languages = dict(settings.CUSTOMER_LANGUAGES)
        known = self.instance.language
        extra = {known: known} if known and known not in languages else {}
        help_text = _("Mails and ready-made replies come in it.")
        choices = [("", _("Unknown")), *languages.items(), *extra.items()]
        self.fields["language"] = forms.ChoiceField(
            choices=choices, required=False, label=_("Language"), help_text=help_text
        )
        groups: Any = self.fields["groups"]
        groups.queryset = CustomerGroup.objects.all()
        self.fields["group"].empty_label = None  # type: ignore[attr-defined]
        if "title" in self.fields:
            self.fields["title"].empty_label = _("No title")  # type: ignore[attr-defined]
        for name in RecordSettings.load().required_customer:
            if name in self.fields:
                self.fields[name].widget.attrs["aria-required"] = "true"

    def _post_clean(self) -> None:
        """The verbs check what Django would check here."""

    def clean(self) -> dict[str, Any]:
        """All that the verbs would refuse, at once, beside its field."""
        data = super().clean() or self.cleaned_data
        try:
            Checked(self.values(), self.instance)
        except ValidationError as error:
            self.refuse(error)
        for kind, field in CONSENTS.items():
            self._check_consent(kind, field)
        return data

    def refuse(self, error: ValidationError) -> None:
        """Show a verb's refusal beside the fields it names; what it says of others stands on top."""
        for name, messages in error.message_dict.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)

    def _check_consent(self, kind: str, field: str) -> None:
        if not self._turned_on(field):
            return
        if not self.cleaned_data.get(f"{kind}_source"):
            self.add_error(f"{kind}_source", _("Say how they asked for it."))
        if not self.cleaned_data.get(f"{kind}_detail", "").strip():
            self.add_error(f"{kind}_detail", _("Write who they spoke to and what they asked for."))

    def _turned_on(self, field: str) -> bool:
        return bool(self.cleaned_data.get(field)) and not getattr(self.instance, field)

    def values(self) -> dict[str, Any]:
        """What was entered, as Customer.edit() takes it; fields with errors are left out."""
        data = self.cleaned_data
        columns = [name for name in self.fields if name in data and hasattr(Customer, name) and name not in NOT_COLUMNS]
        values = {name: data[name] for name in columns}
        values |= {name: data[name] for name in ("emails", "links") if name in data}
        if "groups" in data:
            values["groups"] = list(data["groups"])
        values["phone_country"] = data.get("phone_country", "")
        for name in ("phone", "other_phone"):
            if name in values and values[name] == self.initial.get(name):  # shown as people dial it, stored as E.164
                values[name] = getattr(self.instance, name)
        return values

    @property
    def email_rows(self) -> list[dict[str, Any]]:
        """Addresses to draw, each with whether it is verified, and an empty row to type one more into."""
        verified = set()
        if not self.is_new:
            verified = set(self.instance.emails.exclude(verified_at=None).values_list("address", flat=True))
        typed = self["emails"].value() or []
        return [{"address": one, "verified": one.lower() in verified} for one in (*typed, "")]

    @property
    def link_rows(self) -> list[list[str]]:
        """Links to draw, and an empty row."""
        return [*(self["links"].value() or []), ["", ""]]

    @property
    def group_rows(self) -> list[dict[str, Any]]:
        """Each group with whether it is chosen, and whether it is the main one."""
        chosen = {str(pk) for pk in self["groups"].value() or []}
        main, groups = str(self["group"].value()), self.fields["groups"].queryset  # type: ignore[attr-defined]
        return [{"group": one, "chosen": str(one.pk) in chosen, "main": str(one.pk) == main} for one in groups]

    @property
    def free_usernames(self) -> list[str]:
        """A few names that nobody has, made of what was typed."""
        first, last = (slugify(self[name].value() or "") for name in ("first_name", "last_name"))
        stem = slugify(self["username"].value() or "")
        wanted = [f"{first}.{last}".strip("."), f"{first}{last}", *(f"{stem or first}{n}" for n in (2, 3, 4, 5))]
        taken = Customer.objects.exclude(pk=self.instance.pk).annotate(lower=Lower("username"))
        there = set(taken.filter(lower__in=wanted).values_list("lower", flat=True))
        return [name for name in dict.fromkeys(wanted) if name and name not in there][:3]

    @property
    def business(self) -> list[str]:
        """Whether the card of the company is shown."""
        return [name for name in BUSINESS_FIELDS if name in self.fields]

    @transaction.atomic
    def save(self, *, by: Agent) -> Customer:  # type: ignore[override]
        """Write the record and the consents. Raises what the verbs raise: ValidationError, OutdatedError."""
        if self.is_new:
            customer = Customer.objects.add(self.values(), by=by)
        else:
            customer = Customer.objects.get(pk=self.instance.pk)
            customer.edit(self.values(), by=by, version=self.cleaned_data["version"] or 0)
        for kind, field in CONSENTS.items():
            if field in self.fields:
                self._save_consent(customer, kind, field, by=by)
        return customer

    def _save_consent(self, customer: Customer, kind: str, field: str, *, by: Agent) -> None:
        given = self.cleaned_data[field]
        source = self.cleaned_data[f"{kind}_source"] if given else Given.TEAM
        customer.set_consent(kind, given, source=source, detail=self.cleaned_data[f"{kind}_detail"], by=by)
