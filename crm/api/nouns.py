"""The kinds of objects that a shop may send and read back, each with its words and its door."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from crm.api import bodies, shapes
from crm.models import Address, Cart, Customer, CustomerGroup, Order, Shop, Visit, Voucher
from crm.sync import addresses, carts, customers, groups, orders, visits, vouchers
from crm.sync.batch import Told


@dataclass(frozen=True)
class Noun:
    """One kind. `rows` are those on file, with all that a shape shows; `has_stamp` if it tells when it changed."""

    name: str
    one: str
    body: type[bodies.Said]
    shape: type[serializers.Serializer]
    upsert: Callable[[Shop, Sequence[Any]], list[Told]]
    remove: Callable[[Shop, str], None]
    rows: Callable[[], QuerySet]
    has_stamp: bool = True


def _customers() -> QuerySet:
    rows = Customer.objects.filter(deleted_at=None, erased_at=None).select_related("title", "group")
    return rows.prefetch_related("emails")


def _orders() -> QuerySet:
    related = Order.objects.select_related("customer", "delivered_to", "invoiced_to")
    return related.prefetch_related("lines", "states")


def _carts() -> QuerySet:
    return Cart.objects.select_related("customer", "order").prefetch_related("lines")


CUSTOMERS = Noun(
    "customers",
    "customer",
    bodies.CustomerBody,
    shapes.ShopCustomerShape,
    customers.upsert,
    customers.remove,
    _customers,
)
ADDRESSES = Noun(
    "addresses",
    "address",
    bodies.AddressBody,
    shapes.ShopAddressShape,
    addresses.upsert,
    addresses.remove,
    lambda: Address.objects.filter(deleted_at=None).select_related("customer"),
)
GROUPS = Noun(
    "groups",
    "group",
    bodies.GroupBody,
    shapes.ShopGroupShape,
    groups.upsert,
    groups.remove,
    lambda: CustomerGroup.objects.prefetch_related("category_discounts"),
    has_stamp=False,
)
ORDERS = Noun("orders", "order", bodies.OrderBody, shapes.ShopOrderShape, orders.upsert, orders.remove, _orders)
CARTS = Noun("carts", "cart", bodies.CartBody, shapes.ShopCartShape, carts.upsert, carts.remove, _carts)
VOUCHERS = Noun(
    "vouchers",
    "voucher",
    bodies.VoucherBody,
    shapes.ShopVoucherShape,
    vouchers.upsert,
    vouchers.remove,
    lambda: Voucher.objects.select_related("customer"),
)
VISITS = Noun(
    "visits",
    "visit",
    bodies.VisitBody,
    shapes.ShopVisitShape,
    visits.upsert,
    visits.remove,
    lambda: Visit.objects.select_related("customer"),
    has_stamp=False,
)
NOUNS = (CUSTOMERS, ADDRESSES, GROUPS, ORDERS, CARTS, VOUCHERS, VISITS)
