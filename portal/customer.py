"""All that the portal asks of crm about the customer who is signed in; the only importer of it."""

from django.db import models

from crm import door, places
from crm.copying import write_copy
from crm.models import (
    Address,
    AreaLink,
    AreaPage,
    Consent,
    Customer,
    CustomerSession,
    Order,
    PrivacyRequest,
    RecordSettings,
)
from crm.models.area import UsernameTakenError, propose_password
from crm.models.record import fields_off

__all__ = [
    "Address",
    "AreaLink",
    "AreaPage",
    "Consent",
    "Customer",
    "CustomerSession",
    "Order",
    "PrivacyRequest",
    "RecordSettings",
    "UsernameTakenError",
    "country_choices",
    "door",
    "fields_off",
    "orders_of",
    "pages_of",
    "propose_password",
    "write_copy",
]


def pages_of(customer: Customer) -> list[str]:
    """The pages of the area that the customer's main group may use."""
    allowed = set(customer.group.area_pages) if customer.group else set(AreaPage.values)
    return [page for page in AreaPage.values if page in allowed]


def country_choices() -> list[tuple[str, str]]:
    """(code, name) of countries in the reader's language."""
    return list(places.names().items())


def orders_of(customer: Customer) -> models.QuerySet[Order]:
    """The customer's own orders with their lines, newest first."""
    return customer.orders.prefetch_related("lines")
