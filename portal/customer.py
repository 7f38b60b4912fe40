"""All that the portal asks of crm about the customer who is signed in; the only importer of it."""

from django.db import models

from crm import door
from crm.models import Address, AreaLink, AreaPage, Consent, Customer, CustomerSession, Order, RecordSettings
from crm.models.area import UsernameTakenError, propose_password

__all__ = [
    "Address",
    "AreaLink",
    "AreaPage",
    "Consent",
    "Customer",
    "CustomerSession",
    "Order",
    "RecordSettings",
    "UsernameTakenError",
    "door",
    "orders_of",
    "pages_of",
    "propose_password",
]


def pages_of(customer: Customer) -> list[str]:
    """The pages of the area that the customer's main group may use."""
    allowed = set(customer.group.area_pages) if customer.group else set(AreaPage.values)
    return [page for page in AreaPage.values if page in allowed]


def orders_of(customer: Customer) -> models.QuerySet[Order]:
    """The customer's own orders with their lines, newest first."""
    return customer.orders.prefetch_related("lines")
