"""What the page of a cart shows: its lines with and without tax, what was taken out, what its customer did."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm import links
from crm.models import Cart, CartChange, CartLine, FollowUp, Shop
from crm.models.cart_line import CENT, before_tax

NEW_FOR = timedelta(seconds=10)  # the page takes a second to hear of it; the tint lasts five
GONE_FOR = timedelta(minutes=10)
FRESH_FOR = timedelta(seconds=30)
STORY = 30


@dataclass(frozen=True)
class Row:
    """A line of the page; amounts as the agent wants them, with or without tax."""

    line: CartLine
    price: Decimal
    total: Decimal
    is_new: bool
    picture: str


@dataclass(frozen=True)
class Sums:
    """The amounts below the lines. Without tax they add up as well, to the cent."""

    products: Decimal
    discounts: Decimal
    wrapping: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True)
class Deed:
    """Something that happened to the cart; `what` stands in bold."""

    at: datetime
    verb: str | Promise
    what: str = ""


def cart_with_all(cart_id: int) -> Cart | None:
    """A cart with everything that its page shows."""
    related = Cart.objects.select_related("customer__title", "customer__group", "order", "source")
    return related.prefetch_related("lines", "customer__emails", "customer__tags").filter(pk=cart_id).first()


def page_of(cart: Cart, *, net: bool) -> dict[str, Any]:
    """Everything at once; the same number of queries for every cart."""
    return {
        **content_of(cart, net=net),
        **age_of(cart),
        "others": _others(cart),
        "purchases": _purchases(cart),
        "vouchers": _vouchers(cart),
        "restore_url": cart.restore_url(),
        "restore_ends_at": links.restore_ends_at(),
    }


def content_of(cart: Cart, *, net: bool) -> dict[str, Any]:
    """What changes while the customer shops."""
    now = timezone.now()
    changes = list(cart.changes.all()[:STORY])
    return {
        "cart": cart,
        "net": net,
        "rows": [_row(cart, line, net=net, now=now) for line in cart.lines.all()],
        "gone": _gone(cart, changes, now),
        "sums": sums_of(cart, net=net),
        "story": story_of(cart, changes, list(cart.follow_ups.select_related("rule"))),
    }


def age_of(cart: Cart) -> dict[str, Any]:
    """When the shop last said something of this cart, and whether that is a moment ago."""
    heard_at = max(one for one in (cart.changed_at, cart.seen_at) if one)
    return {"heard_at": heard_at, "is_fresh": timezone.now() - heard_at < FRESH_FOR}


def _row(cart: Cart, line: CartLine, *, net: bool, now: datetime) -> Row:
    return Row(
        line=line,
        price=before_tax(line.unit_price, line.tax_rate) if net else line.unit_price,
        total=line.total - line.tax if net else line.total,
        is_new=now - line.added_at < NEW_FOR,
        picture=picture_of(line, cart.source),
    )


def picture_of(line: CartLine, shop: Shop | None) -> str:
    """The address of the product's picture, if it lies on the shop's own servers."""
    host = (urlsplit(line.picture).hostname or "") if line.picture else ""
    own = _host_of(shop)
    return line.picture if own and (host == own or host.endswith(f".{own}")) else ""


def picture_sources(shop: Shop | None) -> list[str]:
    """Where a page may load the shop's pictures from, for its Content-Security-Policy."""
    own = _host_of(shop)
    return [f"https://{own}", f"https://*.{own}"] if own else []


def _host_of(shop: Shop | None) -> str:
    host = (urlsplit(shop.url).hostname or "") if shop else ""
    return host.removeprefix("www.") if host.replace("-", "").replace(".", "").isalnum() else ""


def _gone(cart: Cart, changes: list[CartChange], now: datetime) -> list[CartChange]:
    """What was taken out a moment ago and did not come back, each product once."""
    inside = {(line.name, line.attributes) for line in cart.lines.all()}
    found: dict[tuple[str, str], CartChange] = {}
    for change in changes:
        product = (change.name, change.attributes)
        if not change.after and now - change.at < GONE_FOR and product not in inside:
            found.setdefault(product, change)
    return list(found.values())


def sums_of(cart: Cart, *, net: bool) -> Sums:
    """The amounts that the shop added up; without tax what is no product shares the rest by its size."""
    if not net:
        parts = (cart.total_discounts, cart.total_wrapping, cart.total_shipping)
        return Sums(cart.total_products, *parts, cart.total_tax, cart.total)
    products = sum((line.total - line.tax for line in cart.lines.all()), Decimal(0))
    gross = cart.total_wrapping + cart.total_shipping - cart.total_discounts
    rest = cart.total_net - products
    share = rest / gross if gross else Decimal(1)
    discounts, wrapping = _cents(cart.total_discounts * share), _cents(cart.total_wrapping * share)
    shipping = rest + discounts - wrapping if cart.total_shipping else Decimal(0)
    return Sums(products, discounts, wrapping, shipping, cart.total_tax, cart.total_net)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def story_of(cart: Cart, changes: list[CartChange], sent: list[FollowUp]) -> list[Deed]:
    """What happened, the newest first."""
    told = [Deed(line.added_at, _("Added"), _named(line.quantity, line)) for line in cart.lines.all()]
    told += [_deed(change) for change in changes]
    told += [Deed(one.at, _("Reminder sent:"), _said(one)) for one in sent]
    told += [
        Deed(at, verb, what)
        for at, verb, what in (
            (cart.created_at, _("Began the cart"), ""),
            (cart.abandoned_at, _("Left it: abandoned"), ""),
            (cart.contacted_at, _("We wrote about it"), ""),
            (cart.gone_at, _("Deleted in the shop"), ""),
            (cart.order.placed_at if cart.order else None, _("Ordered"), str(cart.order or "")),
        )
        if at
    ]
    return sorted(told, key=lambda deed: deed.at, reverse=True)[:STORY]


def _deed(change: CartChange) -> Deed:
    if not change.after:
        return Deed(change.at, _("Took out"), _named(change.before, change))
    words = {"before": change.before, "after": change.after}
    return Deed(change.at, _("Changed from %(before)s to %(after)s:") % words, _named(0, change))


def _said(sent: FollowUp) -> str:
    return f"{sent.rule.step}, {sent.voucher_code}" if sent.voucher_code else str(sent.rule.step)


def _named(quantity: int, of: CartLine | CartChange) -> str:
    name = f"{of.name}, {of.attributes}" if of.attributes else of.name
    return f"{quantity} × {name}" if quantity > 1 else name


def _others(cart: Cart) -> list[Cart]:
    return list(cart.customer.carts.exclude(pk=cart.pk)[:3]) if cart.customer else []


def _purchases(cart: Cart) -> list[Any]:
    """Number and sum of the customer's valid orders, one row a currency."""
    if cart.customer is None:
        return []
    rows = cart.customer.orders.filter(is_valid=True).order_by().values("currency")
    return list(rows.annotate(count=models.Count("pk"), total=models.Sum("total")).order_by("-count", "currency"))


def _vouchers(cart: Cart) -> list[tuple[str, Any]]:
    """Codes in the cart, each with the customer's voucher of that code where we know it."""
    codes = [str(code) for code in cart.vouchers if isinstance(code, str | int)]
    known = {one.code: one for one in cart.customer.vouchers.filter(code__in=codes)} if cart.customer and codes else {}
    return [(code, known.get(code)) for code in codes]
