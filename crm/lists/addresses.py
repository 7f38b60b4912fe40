"""The list of addresses."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from crm import places
from crm.lists import address_cells
from crm.models import Address, CustomerEmail, Order
from crm.tables import Choice, Column, Number, Table, Text

NAME = ("first_name", "last_name", "company")
STREET = ("line1", "line2", "alias")
IN_USE, IN_BIN = "use", "bin"


def orders_of(addresses: QuerySet[Address]) -> QuerySet[Address]:
    """Each with `order_count`: how many orders went to it, or had their invoice sent there."""
    went = _counted(Order.objects.filter(delivered_to=OuterRef("pk")), "delivered_to")
    billed = Order.objects.filter(invoiced_to=OuterRef("pk")).exclude(delivered_to=OuterRef("pk"))
    return addresses.annotate(order_count=went + _counted(billed, "invoiced_to"))


def _counted(orders: QuerySet[Order], by: str) -> Coalesce:
    counted = orders.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def fetch(addresses: QuerySet[Address]) -> QuerySet[Address]:
    """With all that a row shows."""
    return orders_of(addresses.select_related("customer").prefetch_related("customer__emails"))


def with_email(word: str) -> Q:
    """An address of a customer whose e-mail holds these letters."""
    return Q(customer__in=CustomerEmail.objects.filter(address__contains=word.lower()).values("customer"))


def countries() -> list[tuple[Any, Any]]:
    """The countries that addresses on file are in, by name."""
    used = set(Address.objects.order_by().values_list("country", flat=True).distinct())
    return [(code, name) for code, name in places.names().items() if code in used]


ADDRESSES = Table(
    name="addresses",
    label=_("Addresses"),
    columns=(
        Column(
            "id",
            _("No."),
            lambda one: one.pk,
            say=lambda one: str(one.pk),
            sort=("pk",),
            falls_first=True,
            is_shown=False,
            filter=Number("id", _("No.")),
        ),
        Column(
            "name",
            _("Customer"),
            lambda one: one.addressee or str(one.customer),
            cell=address_cells.name,
            sort=("last_name", "first_name"),
            is_main=True,
            filter=Text("name", _("Customer"), fields=NAME, also=with_email),
        ),
        Column(
            "street",
            _("Address"),
            lambda one: one.line1,
            cell=address_cells.street,
            sort=("line1",),
            is_main=True,
            filter=Text("street", _("Address"), fields=STREET),
        ),
        Column(
            "postcode",
            _("Postcode"),
            sort=("postcode",),
            filter=Text("postcode", _("Postcode"), fields=("postcode",)),
        ),
        Column(
            "city",
            _("City"),
            sort=("city",),
            filter=Text("city", _("City"), fields=("city",)),
        ),
        Column(
            "country",
            _("Country"),
            lambda one: places.country_name(one.country),
            sort=("country",),
            filter=Choice("country", _("Country"), field="country", choices=countries),
        ),
        Column(
            "orders",
            _("Orders"),
            lambda one: one.order_count,
            cell=address_cells.orders,
            is_number=True,
        ),
    ),
    filters=(
        Text("q", _("Search"), fields=(*NAME, *STREET, "postcode", "city"), also=with_email),
        Number("customer", _("Customer no."), field="customer"),
    ),
    fetch=fetch,
    actions=address_cells.Actions,
    empty="crm/addresses/_empty.html",
)


def rows_in(folder: str) -> QuerySet[Address]:
    """The addresses in use, or those in the bin."""
    return Address.objects.deleted() if folder == IN_BIN else Address.objects.present()
