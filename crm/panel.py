"""What is shown of a customer beside somebody's matter: the card, the live cart, the orders."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from crm.history import newest_of
from crm.identity import alike
from crm.models import Cart, Customer, Order, OrderState, RecordSettings
from crm.models.customer import CustomerQuerySet
from crm.profile import links_of, purchases_of

SHOWN, CHOICES = 5, 10
MOST_WORDS = 60
# A reference has a digit, as in MK-10482, or is a word of capitals, as PrestaShop's XKBKNABJK.
REFERENCE = re.compile(r"(?<![\w@./-])#?([A-Za-z0-9][A-Za-z0-9-]{2,30}[A-Za-z0-9])(?![\w@/-])")


def customer_with_card(customer_id: int, *, among: CustomerQuerySet | None = None) -> Customer | None:
    """A customer with all that the card shows of them, and what `among` brings besides."""
    customers = Customer.objects.all() if among is None else among
    related = customers.select_related("title", "group", "household", "source")
    return related.prefetch_related("emails", "tags").filter(pk=customer_id).first()


def panel_of(
    customer: Customer, *, order: int | None = None, line: int | None = None, written_at: datetime | None = None
) -> dict[str, Any]:
    """Everything of the panel.

    `order` and `line` are ids of what the matter is about; `written_at` is when the customer wrote: the order
    is shown as it was then too, where that differs from now.
    """
    carts = carts_with_lines(customer)
    return {
        "customer": customer,
        "records": RecordSettings.load(),
        "note": customer.notes.filter(is_pinned=True).select_related("author").first(),
        "purchases": purchases_of(customer),
        "addresses": customer.addresses.filter(deleted_at=None)[:SHOWN],
        "vouchers": customer.vouchers.all()[:SHOWN],
        "visits": customer.visits.all()[:SHOWN],
        "links": links_of(customer),
        "story": newest_of(customer),
        "alike": alike(customer, most=2),
        "carts": carts,
        "cart": _live(carts),
        **orders_shown(customer, order=order, line=line, written_at=written_at),
    }


def carts_with_lines(customer: Customer) -> list[Cart]:
    """The newest carts, the last one touched first."""
    return list(customer.carts.select_related("source").prefetch_related("lines")[:CHOICES])


def live_cart(customer: Customer) -> Cart | None:
    """The newest cart that made no order, with its lines; None where that one is empty."""
    return _live(carts_with_lines(customer))


def _live(carts: list[Cart]) -> Cart | None:
    newest = next((cart for cart in carts if cart.order_id is None), None)
    return newest if newest and newest.lines.all() else None


def orders_shown(
    customer: Customer, *, order: int | None, line: int | None, written_at: datetime | None
) -> dict[str, Any]:
    """The order that the matter is about, if it is this customer's, the newest others, and those to choose from."""
    orders = Order.objects.of_person(customer).select_related("source").prefetch_related("lines")
    newest = list(orders[:CHOICES])
    hit = next((one for one in newest if one.pk == order), None) or (orders.filter(pk=order).first() if order else None)
    return {
        "hit": hit,
        "hit_line": line or 0,
        "hit_then": state_when(hit, written_at),
        "other_orders": [one for one in newest if one != hit][:SHOWN],
        "orders": newest if hit is None or hit in newest else [hit, *newest],
        "order_count": Order.objects.of_person(customer).count(),
    }


def orders_of_address(address: str) -> list[Order]:
    """The newest orders made with an address that nobody on file has; none without one."""
    if not address:
        return []
    made = Order.objects.filter(customer=None, email__in={address, address.lower()})
    return list(made.select_related("source").prefetch_related("lines")[:SHOWN])


def state_when(order: Order | None, at: datetime | None) -> OrderState | None:
    """The state that an order was in at a time, if the shop told it and it is another one now."""
    if order is None or at is None:
        return None
    then = order.states.filter(at__lte=at).last()
    return then if then and then.state != order.state else None


def orders_mentioned(texts: Iterable[str]) -> list[Order]:
    """Orders whose references stand in what somebody wrote, in the order of the text. One query."""
    words = {word.upper(): None for text in texts for word in REFERENCE.findall(text) if _may_be_reference(word)}
    wanted = list(words)[:MOST_WORDS]
    if not wanted:
        return []
    variants = {*wanted, *(word.lower() for word in wanted), *(word.capitalize() for word in wanted)}
    found = Order.objects.filter(reference__in=variants).select_related("customer", "source").prefetch_related("lines")
    return sorted(found, key=lambda order: wanted.index(order.reference.upper()))


def _may_be_reference(word: str) -> bool:
    return any(letter.isdigit() for letter in word) or (word.isupper() and len(word) >= 6)
