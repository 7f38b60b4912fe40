"""All that the portal asks of crm about the customer who is signed in; the only importer of it."""

from typing import Any

from django.db import models

from crm import door, places
from crm.models import Address, AreaLink, AreaPage, Consent, Customer, CustomerSession, Order, RecordSettings
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
    "RecordSettings",
    "UsernameTakenError",
    "country_choices",
    "door",
    "facts_of",
    "fields_off",
    "orders_of",
    "pages_of",
    "propose_password",
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


def facts_of(customer: Customer) -> dict[str, Any]:
    """What the shop's records hold of a customer, without what the team wrote for itself."""
    columns = ("first_name", "last_name", "company", "birthday", "phone", "other_phone", "language", "username")
    account = ("newsletter", "partner_offers", "registered_at", "entered_at", "visited_at")
    places = ("alias", "first_name", "last_name", "company", "line1", "line2", "postcode", "city", "state", "country")
    return {
        "number": customer.pk,
        **{name: getattr(customer, name) for name in (*columns, *account)},
        "emails": [one.address for one in customer.emails.all()],
        "addresses": list(customer.addresses.filter(deleted_at=None).values(*places, "phone", "mobile")),
        "orders": [_order(one) for one in orders_of(customer)],
        "consents": list(customer.consents.values("kind", "given", "source", "wording", "at")),
        "visits": list(customer.visits.values("began_at", "page", "pages", "ip_address")),
    }


def _order(order: Order) -> dict[str, Any]:
    told = ("reference", "placed_at", "state", "total", "currency", "delivery_name", "delivery_address")
    lines = [{"name": one.name, "quantity": one.quantity, "price": one.unit_price} for one in order.lines.all()]
    return {**{name: getattr(order, name) for name in told}, "lines": lines}
