"""The form with which an agent gives a voucher."""

from datetime import datetime, time, timedelta
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


class VoucherForm(Dressed, forms.Form):
    """A percentage or an amount, for one customer; the code is proposed."""

    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("What the customer types in the shop."),
    )
    name = forms.CharField(label=_("Name"), max_length=255, required=False, help_text=_("May stay empty."))
    percent = forms.DecimalField(label=_("Discount in %"), max_digits=5, decimal_places=2, required=False)
    amount = forms.DecimalField(label=_("Or an amount"), max_digits=12, decimal_places=2, required=False)
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    quantity = forms.IntegerField(label=_("Uses"), min_value=1, max_value=10_000, initial=1)
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("This day included. Empty: for ever."),
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        self.zone = ZoneInfo(customer.source.time_zone if customer.source else settings.TIME_ZONE)
        self.initial = {
            "code": propose_code(),
            "currency": RecordSettings.load().currency,
            "valid_until": timezone.localdate(timezone=self.zone) + timedelta(days=USUAL_DAYS),
            **self.initial,
        }

    def give(self, *, by: Agent) -> Voucher | None:
        """The voucher; None where the form now says, at its fields, what stands in the way. Call if it is valid."""
        terms = dict(self.cleaned_data)
        if day := terms["valid_until"]:
            terms["valid_until"] = datetime.combine(day, LAST_MOMENT, self.zone)
        terms["currency"] = terms["currency"].strip().upper() if terms["amount"] is not None else ""
        try:
            return Voucher.objects.give(self.customer, by=by, **terms)
        except ValidationError as error:
            for name, words in error.message_dict.items():
                self.add_error(name, words)
            return None
