"""What a player does in the shop meanwhile: told as the shop's own connector would tell it."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.models import Cart, CartItem, CartSums, Customer, Order, OrderLine
from crm.sync import orders
from mailgateway.practice.players import last_order, live_cart

SHIPPING = Decimal("4.90")
SHIPPED = {"state": "En camino", "is_shipped": True}
DELIVERED = {"state": "Entregado", "is_shipped": False, "is_done": True}


def next_step(customer: Customer | None) -> str | Promise:
    """What happens next to the newest order, in words; empty when nothing more does."""
    order = last_order(customer)
    if order is None or order.is_done or order.source is None:
        return ""
    return _("It arrives") if order.is_shipped else _("It leaves the workshop")


def move_order(customer: Customer | None) -> Order | None:
    """The newest order goes one step on. Returns it, or None if it cannot."""
    order = last_order(customer)
    if order is None or order.source is None or not next_step(customer):
        return None
    said: dict[str, Any] = {"id": order.shop_id, **(DELIVERED if order.is_shipped else SHIPPED)}
    if order.is_shipped:
        said["delivered_at"] = timezone.now()
    orders.upsert(order.source, [said])
    order.refresh_from_db()
    return order


def add_to_cart(customer: Customer | None) -> Cart | None:
    """One product more in the cart of somebody the shop knows, who is there now. Returns it; None without a product."""
    if customer is None:
        return None
    cart = live_cart(customer) or Cart.objects.create(customer=customer, language=customer.language)
    has = [
        CartItem(*(getattr(line, name) for name in CartItem.__dataclass_fields__))  # as the shop would send it again
        for line in cart.lines.all()
    ]
    more = [item for item in _goods() if item.key not in {one.key for one in has}][:1]
    if not more:
        return None
    cart.replace_lines([*has, *more])
    cart.see(step="Carrito")
    return cart


def lose_cart(language: str) -> Cart | None:
    """Somebody paid, and the shop made no order of it: a cart of nobody. Returns it; None without a product."""
    goods = _goods()[:2]
    if not goods:
        return None
    cart = Cart.objects.create(is_charged=True, step="Pago", language=language)
    cart.replace_lines(goods, sums=CartSums(shipping=SHIPPING))
    cart.refresh_from_db()
    return cart


def _goods() -> list[CartItem]:
    """Some things the shop has sold, others each time."""
    sold = OrderLine.objects.filter(pk__in=OrderLine.objects.order_by("?").values("pk")[:12])
    found = {
        line.name: CartItem(line.name, 1, line.unit_price, product_ref=line.product_ref, category=line.category)
        for line in sold.order_by("?")
    }
    return list(found.values())
