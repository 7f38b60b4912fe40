"""What is shown of a customer beside somebody's matter: the card, the live cart, the orders."""

from datetime import datetime
from typing import Any

from crm.models import Cart, Customer, Order, OrderState
from crm.profile import purchases_of

OTHER_ORDERS = 5


def customer_with_card(customer_id: int) -> Customer | None:
    """A customer with all that the card shows of them."""
    related = Customer.objects.select_related("title", "group", "household", "source")
    return related.prefetch_related("emails", "tags", "group__category_discounts").filter(pk=customer_id).first()


def panel_of(
    customer: Customer, *, order: int | None = None, line: int | None = None, written_at: datetime | None = None
) -> dict[str, Any]:
    """Everything of the panel.

    `order` and `line` are ids of what the matter is about; `written_at` is when the customer wrote: the order
    is shown as it was then too, where that differs from now.
    """
    return {
        "customer": customer,
        "note": customer.notes.filter(is_pinned=True).select_related("author").first(),
        "purchases": purchases_of(customer),
        "addresses": customer.addresses.filter(deleted_at=None)[:5],
        "cart": live_cart(customer),
        **orders_shown(customer, order=order, line=line, written_at=written_at),
    }


def live_cart(customer: Customer) -> Cart | None:
    """The newest cart that made no order, with its lines; None where that one is empty."""
    newest = customer.carts.unordered().select_related("source").prefetch_related("lines").first()
    return newest if newest and newest.lines.all() else None


def orders_shown(
    customer: Customer, *, order: int | None, line: int | None, written_at: datetime | None
) -> dict[str, Any]:
    """The order that the matter is about, if it is this customer's, and the newest others."""
    orders = customer.orders.select_related("source").prefetch_related("lines")
    hit = orders.filter(pk=order).first() if order else None
    others = [one for one in orders[: OTHER_ORDERS + 1] if one != hit][:OTHER_ORDERS]
    return {
        "hit": hit,
        "hit_line": line or 0,
        "hit_then": state_when(hit, written_at),
        "others": others,
        "order_count": customer.orders.count(),
    }


def state_when(order: Order | None, at: datetime | None) -> OrderState | None:
    """The state that an order was in at a time, if the shop told it and it is another one now."""
    if order is None or at is None:
        return None
    then = order.states.filter(at__lte=at).last()
    return then if then and then.state != order.state else None
