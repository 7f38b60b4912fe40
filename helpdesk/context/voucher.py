"""Vouchers that go with a letter: what each is worth, and giving one."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import date_format

from accounts.models import Agent
from crm.forms_vouchers import last_moment, zone_of
from crm.models import Customer, Voucher

Terms = Mapping[str, str]  # percent, amount, currency, name and valid_until (a day), as they are kept with the letter
UNKNOWN_CODE = "····-····-··"


def give_voucher(customer: Customer, terms: Terms, *, by: Agent) -> Voucher:
    """Give a customer a voucher on these terms. Raises ValueError for what no shop could make."""
    try:
        return Voucher.objects.give(customer, by=by, **_columns(customer, terms))
    except ValidationError as error:
        raise ValueError(" ".join(error.messages)) from error


def voucher_worth(terms: Terms) -> str:
    """What each such voucher takes off, in words; empty where there is none."""
    return Voucher(**_columns(None, terms)).worth if terms else ""


def voucher_words(customer: Customer, terms: Terms, *, code: str = "") -> dict[str, str]:
    """What a letter says of it, by placeholder; without a code as it looks before there is one."""
    voucher = Voucher(**_columns(customer, terms))
    return {
        "voucher.code": code or UNKNOWN_CODE,
        "voucher.worth": voucher.worth,
        "voucher.until": date_format(voucher.valid_until, "DATE_FORMAT") if voucher.valid_until else "",
    }


def _columns(customer: Customer | None, terms: Terms) -> dict[str, Any]:
    until, zone = terms.get("valid_until", ""), zone_of(customer)
    percent, amount = terms.get("percent", ""), terms.get("amount", "")
    return {
        "percent": Decimal(percent) if percent else None,
        "amount": Decimal(amount) if amount else None,
        "currency": terms.get("currency", "").upper() if amount else "",
        "name": terms.get("name", ""),
        "valid_until": last_moment(date.fromisoformat(until), zone) if until else None,
    }
