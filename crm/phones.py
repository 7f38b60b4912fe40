"""The number that a customer can be called at, in the form that machines dial."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.models import Customer
from crm.validators import clean_phone


def number_of(customer: Customer) -> tuple[str, str]:
    """Their number as E.164, such as +34600000123, and an empty string; or an empty string and why there is none.

    The phone comes before the other phone. One without country code belongs to the country where they get parcels.
    """
    typed = [one for one in (customer.phone, customer.other_phone) if one.strip()]
    if not typed:
        return "", _("There is no phone number on file.")
    country = "" if all(one.startswith("+") for one in typed) else country_of(customer)
    problem = ""
    for one in typed:
        try:
            return clean_phone(one, country), ""
        except ValidationError as refused:
            problem = problem or _("“%(phone)s” cannot be called.") % {"phone": one} + " " + refused.messages[0]
    return "", problem


def country_of(customer: Customer) -> str:
    """The country (two letters) of their usual address, or an empty string."""
    usual = customer.addresses.filter(deleted_at=None).order_by("-for_delivery", "-for_invoice", "pk")
    return (usual.values_list("country", flat=True).first() or "").upper()
