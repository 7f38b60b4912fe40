"""A customer's page: what the shop and the team know of one person, in a number of queries that never grows."""

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from crm.models import (
    Cart,
    CartLine,
    Consent,
    Customer,
    CustomerNote,
    CustomerSession,
    Order,
    OrderLine,
    RecordSettings,
    Shop,
)
from crm.models.customer import CustomerQuerySet

NEWEST = 10  # orders, carts, products and visits on the page; the rest is one click away


@dataclass(frozen=True)
class Bought:
    """A product in a customer's valid orders: how many pieces, and in which orders, newest first."""

    name: str
    quantity: int
    orders: list[Order] = field(default_factory=list)

    @property
    def times(self) -> int:
        """In how many orders."""
        return len(self.orders)


def page_of(customer: Customer) -> dict[str, Any]:
    """What the page shows at once."""
    return {
        **figures_of(customer),
        **orders_shown(customer),
        **carts_shown(customer),
        "notes": notes_of(customer),
        "groups": customer.groups.all(),
    }


def figures_of(customer: Customer) -> dict[str, Any]:
    """What the top of the page shows beside the record itself: figures, and since when there are consents."""
    records = RecordSettings.load()
    return {
        "records": records,
        "main_currency": records.currency,
        "rank": rank_of(customer),
        "average": average_of(customer),
        "consents": consents_of(customer),
    }


def orders_shown(customer: Customer) -> dict[str, Any]:
    """The newest orders, whether there are more, and what was paid in all."""
    orders = list(orders_of(customer)[: NEWEST + 1])
    more, paid = len(orders) > NEWEST, purchases_of(customer)
    return {"orders": orders[:NEWEST], "more_orders": more, "purchases": paid}


def carts_shown(customer: Customer) -> dict[str, Any]:
    """The newest carts, whether there are more, and the one that is being filled now."""
    carts = list(carts_of(customer)[: NEWEST + 1])
    here = next((cart for cart in carts if cart.is_online), None)
    return {"carts": carts[:NEWEST], "more_carts": len(carts) > NEWEST, "here": here}


def products_of(customer: Customer) -> dict[str, Any]:
    """What the card of products shows."""
    return {"bought": products_bought(customer), "looked_at": products_looked_at(customer)}


def aside_of(customer: Customer) -> dict[str, Any]:
    """What stands beside: addresses, vouchers, visits and pages elsewhere."""
    return {
        "customer": customer,
        "addresses": customer.addresses.filter(deleted_at=None),
        "vouchers": customer.vouchers.all()[:NEWEST],
        "visits": customer.visits.all()[:NEWEST],
        "links": links_of(customer),
    }


def notes_of(customer: Customer) -> models.QuerySet[CustomerNote]:
    """The pinned note first, then the newest."""
    return customer.notes.select_related("author", "customer")


def consents_of(customer: Customer) -> dict[str, Consent]:
    """The last word of the customer on each kind of mail."""
    return {consent.kind: consent for consent in customer.consents.order_by("at", "pk")}


def links_of(customer: Customer) -> list[tuple[str, str]]:
    """Name and address of the customer's pages elsewhere: the gallery that the shop's template names comes first."""
    shop = customer.source or Shop.objects.exclude(gallery_link="").first()
    known = {"id": customer.shop_id, "email": customer.email}
    gallery = shop.link(shop.gallery_link, **known) if shop and shop.gallery_link and customer.shop_id else ""
    own = [(link.name, link.url) for link in customer.links.all()]
    return [(_("Gallery"), gallery), *own] if gallery else own


def counted() -> CustomerQuerySet:
    """Customers with what their page counts: `richer`, how many spent more; `devices` on which they are signed in."""
    richer = Customer.objects.present().filter(spent__gt=models.OuterRef("spent"))
    devices = CustomerSession.objects.alive().filter(customer=models.OuterRef("pk"))
    return Customer.objects.annotate(richer=_count(richer), devices=_count(devices))


def _count(rows: models.QuerySet[Any]) -> Coalesce:
    one_group = rows.order_by().annotate(all=models.Value(1)).values("all")
    counted = one_group.annotate(n=models.Count("pk")).values("n")
    return Coalesce(models.Subquery(counted, output_field=models.IntegerField()), 0)


def rank_of(customer: Customer) -> int | None:
    """1 for whoever spent most in the main currency; None for who has paid nothing. Of customers that are counted()."""
    return None if customer.spent is None else customer.richer + 1  # type: ignore[attr-defined]


def average_of(customer: Customer) -> Decimal | None:
    """What one order comes to on average, in the main currency; None without an order."""
    return customer.spent / customer.order_count if customer.spent is not None and customer.order_count else None


def purchases_of(customer: Customer) -> list[Any]:
    """Number and sum of valid orders, one row a currency, the most used first."""
    rows = customer.orders.filter(is_valid=True).order_by().values("currency")
    return list(rows.annotate(count=models.Count("pk"), total=models.Sum("total")).order_by("-count", "currency"))


def orders_of(customer: Customer) -> models.QuerySet[Order]:
    """A customer's orders, newest first, each with `pieces`: how many products are in it."""
    pieces = OrderLine.objects.filter(order=models.OuterRef("pk")).order_by().values("order")
    counted = pieces.annotate(sum=models.Sum("quantity")).values("sum")
    return customer.orders.select_related("source").annotate(pieces=models.Subquery(counted))


def carts_of(customer: Customer) -> models.QuerySet[Cart]:
    """A customer's carts with their lines and orders, the last one touched first."""
    return customer.carts.select_related("order").prefetch_related("lines")


def products_bought(customer: Customer, *, limit: int = NEWEST) -> list[Bought]:
    """What this customer buys, grouped by product, most pieces first. Two queries."""
    lines = OrderLine.objects.filter(order__customer=customer, order__is_valid=True).order_by()
    top = lines.values("name").annotate(sum=models.Sum("quantity")).order_by("-sum", "name")[:limit]
    sums = {row["name"]: row["sum"] for row in top}
    behind = lines.filter(name__in=sums).select_related("order").order_by("name", "-order__placed_at", "-order")
    orders = {name: _once(line.order for line in same) for name, same in groupby(behind, key=lambda one: one.name)}
    return [Bought(name, quantity, orders.get(name, [])) for name, quantity in sums.items()]


def _once(orders: Any) -> list[Order]:
    return list({order.pk: order for order in orders}.values())


def products_looked_at(customer: Customer, *, limit: int = NEWEST) -> list[Any]:
    """Names of products that lay in a cart and in no valid order, the latest first, each with `last`: when."""
    bought = OrderLine.objects.filter(order__customer=customer, order__is_valid=True, name=models.OuterRef("name"))
    lines = CartLine.objects.filter(cart__customer=customer).order_by().values("name")
    never = lines.exclude(models.Exists(bought)).annotate(last=models.Max("cart__changed_at"))
    return list(never.order_by("-last", "name")[:limit])
