"""Orders: whose they are, and what of them a thread is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Agent
from crm import panel
from crm.models import Address, Cart, Customer, Order, OrderLine

ON_WAY = timedelta(days=30)  # an order that is older and has not come is lost, or nobody said so


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


def orders_of(customer: Customer | None, *, limit: int = 10, only: int | None = None) -> list[Order]:
    """A customer's newest orders with their lines; with `only`, the one with this id, if it is theirs."""
    if customer is None:
        return []
    orders = customer.orders.prefetch_related("lines")
    return list(orders[:limit] if only is None else orders.filter(pk=only))


@dataclass(frozen=True)
class Moment:
    """Something that became of an order or a cart, for a time line. `key` stays the same from page to page."""

    key: str
    at: datetime
    text: str
    url: str
    icon: str


def moments_of(order: Order | None, cart: Cart | None, *, since: datetime) -> list[Moment]:
    """The states that an order went through and what became of a cart, from a moment on. One query for an order."""
    found: list[Moment] = []
    if order is not None:
        url, words = reverse("crm:order", args=[order.pk]), _("Order %(reference)s: %(state)s")
        found += [
            Moment(f"{one.pk}", one.at, words % {"reference": order.reference, "state": one.state}, url, "box")
            for one in order.states.filter(at__gte=since)
        ]
    if cart is not None:
        url = reverse("crm:cart", args=[cart.pk])
        for name, at, words in (
            ("abandoned", cart.abandoned_at, _("Cart %(number)s was abandoned")),
            ("recovered", cart.recovered_at, _("Cart %(number)s became an order")),
        ):
            if at is not None and at >= since:
                found.append(Moment(f"c{name}", at, words % {"number": cart}, url, "cart"))
    return found


def check_address(values: Mapping[str, Any]) -> str:
    """A postal address as it stands on a parcel. Raises ValidationError, by field, for what no parcel would find."""
    address = Address(**values)
    address.full_clean(exclude=["customer"], validate_unique=False, validate_constraints=False)
    return label_of_address(values)


def label_of_address(values: Mapping[str, Any]) -> str:
    """An address as it stands on a parcel."""
    address = Address(**values)
    return "\n".join(part for part in (address.addressee, address.label) if part)


def keep_address(customer: Customer | None, values: Mapping[str, Any], *, by: Agent) -> Address:
    """File an address with its customer; of nobody on file it is only made. Raises ValidationError, by field."""
    if customer is None:
        return Address(**values)
    same = customer.addresses.filter(deleted_at=None, **values).first()
    return same or Address.objects.add(customer, values, by=by)


def orders_on_way(moments: list[datetime]) -> list[int]:
    """How many paid orders were on their way to somebody at each of these moments: placed in the month before, not
    there yet. Says what was known then; an order that is done with nobody having said when counts nowhere. One query.
    """
    last_state = models.Max("states__at", filter=models.Q(is_done=True))
    ended = models.Case(models.When(delivered_at__isnull=False, then="delivered_at"), default=last_state)
    placed = Order.objects.filter(is_valid=True, placed_at__gte=min(moments) - ON_WAY, placed_at__lt=max(moments))
    known = placed.order_by().annotate(ended=ended).exclude(is_done=True, ended=None)
    counts = {
        f"n{n}": models.Count(
            "pk",
            filter=models.Q(placed_at__lt=at, placed_at__gte=at - ON_WAY)
            & (models.Q(ended=None) | models.Q(ended__gt=at)),
        )
        for n, at in enumerate(moments)
    }
    told = known.aggregate(**counts)
    return [told[f"n{n}"] for n in range(len(moments))]


def orders_placed(references: Iterable[str], begin: datetime, end: datetime) -> tuple[dict[str, int], dict[str, int]]:
    """How many orders were placed between two moments: with each of these products, and by carrier. One query."""
    lines = OrderLine.objects.filter(
        product_ref__in=list(references), order__placed_at__gte=begin, order__placed_at__lt=end
    )
    placed = Order.objects.filter(placed_at__gte=begin, placed_at__lt=end).exclude(carrier="")
    found: dict[str, dict[str, int]] = {"product": {}, "carrier": {}}
    by_product = _counted(lines, "product", "product_ref", models.Count("order", distinct=True))
    for what, name, n in by_product.union(_counted(placed, "carrier", "carrier", models.Count("pk")), all=True):
        found[what][name] = n
    return found["product"], found["carrier"]


def _counted(rows: models.QuerySet[Any], what: str, column: str, number: models.Count) -> models.QuerySet[Any]:
    told = rows.order_by().values(column).annotate(what=models.Value(what), n=number)
    return told.values_list("what", column, "n")
