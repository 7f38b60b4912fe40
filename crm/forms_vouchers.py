"""The forms with which an agent gives a voucher: to one customer, or with a letter to each who gets it."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from accounts.models import Agent
from crm.models import Customer, RecordSettings, Voucher
from crm.models.voucher import propose_code

USUAL_DAYS = 30
LAST_MOMENT = time(23, 59, 59)


def zone_of(customer: Customer | None) -> ZoneInfo:
    """The time zone of a customer's shop, in which the days of a voucher are counted."""
    return ZoneInfo(customer.source.time_zone if customer and customer.source else settings.TIME_ZONE)


def last_moment(day: date | None, zone: ZoneInfo) -> datetime | None:
    """When a voucher ends that is valid until a day, the day included."""
    return datetime.combine(day, LAST_MOMENT, zone) if day else None


class VoucherTerms(Dressed, forms.Form):
    """What a voucher is worth: a percentage or an amount. Everything may stay empty."""

    percent = forms.DecimalField(label=_("Discount in %"), max_digits=5, decimal_places=2, required=False)
    amount = forms.DecimalField(label=_("Or an amount"), max_digits=12, decimal_places=2, required=False)
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    name = forms.CharField(label=_("Name"), max_length=255, required=False, help_text=_("May stay empty."))
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("This day included. Empty: for ever."),
    )

    def __init__(self, *args: Any, zone: ZoneInfo | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone or zone_of(None)
        self.initial = {
            "currency": RecordSettings.load().currency,
            "valid_until": timezone.localdate(timezone=self.zone) + timedelta(days=USUAL_DAYS),
            **self.initial,
        }

    @property
    def terms(self) -> dict[str, Any]:
        """Columns of the voucher. Call if it is valid."""
        terms = dict(self.cleaned_data)
        terms["valid_until"] = last_moment(terms["valid_until"], self.zone)
        terms["currency"] = terms["currency"].strip().upper() if terms["amount"] is not None else ""
        return terms

    def refuse(self, error: ValidationError) -> None:
        """Say at the fields what stands in the way."""
        for name, words in error.message_dict.items():
            self.add_error(name, words)


class VoucherForm(VoucherTerms):
    """A voucher for one customer; the code is proposed."""

    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("What the customer types in the shop."),
    )
    quantity = forms.IntegerField(label=_("Uses"), min_value=1, max_value=10_000, initial=1)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone_of(customer), **kwargs)
        self.customer = customer
        self.initial = {"code": propose_code(), **self.initial}

    def give(self, *, by: Agent) -> Voucher | None:
        """The voucher; None where the form now says, at its fields, what stands in the way. Call if it is valid."""
        try:
            return Voucher.objects.give(self.customer, by=by, **self.terms)
        except ValidationError as error:
            self.refuse(error)
            return None


class EnclosedVoucher(VoucherTerms):
    """A voucher that goes with a letter: each who gets the letter gets one, with a code of their own."""

    @property
    def said(self) -> dict[str, str]:
        """What was typed, finished or not; empty where nothing says what it is worth."""
        typed = {name: str(self[name].value() or "").replace("\x00", "").strip()[:255] for name in self.fields}
        return typed if typed["percent"] or typed["amount"] else {}

    @property
    def is_worth_something(self) -> bool:
        """Whether it could be given as it was typed so far."""
        return bool(self.said) and (not self.is_bound or self.is_valid())

    def clean(self) -> dict[str, Any]:
        """Only what a shop can make."""
        if self.said and not self.errors:
            try:
                Voucher(code=propose_code(), **self.terms).check_terms()
            except ValidationError as error:
                self.refuse(error)
        return self.cleaned_data
