"""Orders: whose they are, and what of them a thread is about."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db import models

from crm import panel
from crm.models import Customer, Order, OrderLine
from helpdesk.context.group import with_standing


def newest_orders(customers: Iterable[int]) -> dict[int, Order]:
    """The newest order of each of these customers (ids), by customer. One query."""
    own = Order.objects.filter(customer=models.OuterRef("customer")).order_by("-placed_at", "-pk").values("pk")[:1]
    found = Order.objects.filter(customer__in=list(customers), pk=models.Subquery(own)).select_related("source")
    return {order.customer_id: order for order in found if order.customer_id is not None}


def orders_of_address(address: str) -> list[Order]:
    """Orders made with an address that nobody on file has."""
    return panel.orders_of_address(address)


def orders_mentioned(texts: list[str]) -> list[Order]:
    """Orders whose references stand in what somebody wrote."""
    return panel.orders_mentioned(texts)


def order_for(reference: str, *, customer: Customer | None, email: str) -> Order | None:
    """The order with this reference, only if it is this sender's: by customer or by the order's own e-mail."""
    order = Order.objects.referred_to(reference)
    if order is None:
        return None
    same_customer = customer is not None and order.customer_id == customer.pk
    same_address = bool(email) and order.email.lower() == email.lower()
    owner_address = (
        bool(email) and order.customer is not None and order.customer.emails.filter(address=email.lower()).exists()
    )
    return order if same_customer or same_address or owner_address else None


def product_of(order: Order | None, product_ref: str) -> OrderLine | None:
    """The line of an order with this product reference."""
    return order.lines.filter(product_ref=product_ref).first() if order and product_ref else None


def orders_of(customer: Customer | None, *, limit: int = 10) -> list[Order]:
    """A customer's newest orders with their lines."""
    if customer is None:
        return []
    return list(customer.orders.prefetch_related("lines")[:limit])


def with_purchases(threads: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Threads, each with its customer's `order_count` and `order_total` of valid orders, in `order_currency`,
    and with their standing.

    The total is None where the customer bought in several currencies: then there is no one number.
    """
    return with_standing(threads).annotate(**_purchases())


@cache  # three queries in one, the same for every thread that is opened
def _purchases() -> dict[str, models.Subquery]:
    valid = Order.objects.filter(customer=models.OuterRef("customer"), is_valid=True).order_by().values("customer")
    one = models.Q(first=models.F("last"))
    sums = valid.annotate(
        count=models.Count("pk"), sum=models.Sum("total"), first=models.Min("currency"), last=models.Max("currency")
    )
    return {
        "order_count": models.Subquery(sums.values("count")),
        "order_total": models.Subquery(sums.filter(one).values("sum")),
        "order_currency": models.Subquery(sums.values("first")),
    }
