"""Carts as the shop tells them, with their lines; and that their customers are there now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm import pings
from crm.models import Cart, CartChange, CartIsOrdered, CartItem, CartLine, CartSums, Order, Shop
from crm.models.cart_life import becoming, change_of, once, state_after, totals_of
from crm.sync import references
from crm.sync.batch import AT_ONCE, Batch, Refusal, Said, Told, the_one, twice

KNOWN_BY_SHOP = """step is_charged currency vouchers carrier email name phone postcode city language device user_agent
ip_address page created_at seen_at""".split()
SUMS = {"total_discounts": "discounts", "total_wrapping": "wrapping", "total_shipping": "shipping"}
SUMS |= {"total_tax": "tax", "total": "total"}
MOST = Decimal("9999999999.99")
OF_A_LINE = """product_ref name attributes customization supplier_ref category quantity stock unit_price tax_rate
image_url""".split()


def upsert(shop: Shop, said: Sequence[Said]) -> list[Told]:
    """Write down carts: columns by name, and `customer`, `order` (ids), `lines` (all of them), `changed_at`: when
    the customer last changed it. Totals that are not named are worked out from the lines.

    Who has been found to be a cart's customer stays, though the shop does not know it; other lines make an
    abandoned cart active again; a cart that became an order stays one.
    """
    return twice(Carts, shop, said)


@transaction.atomic
def remove(shop: Shop, shop_id: str) -> None:
    """The shop has this cart no more. Raises ValueError, with a sentence, if it became an order."""
    cart: Cart = the_one(Cart, shop, shop_id)
    try:
        cart.discard(by=None)
    except CartIsOrdered as refusal:
        raise ValueError(str(refusal)) from refusal


@transaction.atomic
def see(shop: Shop, shop_id: str, *, page: str = "", step: str = "", at: datetime | None = None) -> None:
    """The cart's customer is in the shop now, on this page and at this step. Raises LookupError."""
    cart: Cart = the_one(Cart, shop, shop_id)
    cart.see(at=at, page=page, step=step)


@dataclass
class Difference:
    """What has to be written of a cart's lines, and what its columns become by it."""

    lines: list[CartLine]
    new: list[CartLine] = field(default_factory=list)
    other: list[CartLine] = field(default_factory=list)
    gone: list[CartLine] = field(default_factory=list)
    changes: list[CartChange] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)

    @property
    def is_change(self) -> bool:
        """Whether the customer did something, as Cart.replace_lines understands it."""
        return bool(self.new or self.changes)


class Carts(Batch[Cart]):
    """Carts of one call. The rules are those of Cart.replace_lines and Cart.take_order, for many at once."""

    model = Cart
    columns = frozenset(KNOWN_BY_SHOP)

    def refer(self) -> None:
        """Customers and orders; the lines of carts on file; who had them."""
        self.people = references.People(self.shop, self.said)
        self.orders = references.orders(self.shop, self.said)
        self.lines: defaultdict[int, list[CartLine]] = defaultdict(list)
        for line in CartLine.objects.filter(cart__in=list(self.rows.values())).order_by("pk"):
            self.lines[line.cart_id].append(line)
        ids = [order.pk for order in self.orders.values()]
        self.made_from = dict(Cart.objects.filter(order__in=ids).values_list("order", "pk")) if ids else {}
        self.customers = {row.customer_id for row in self.rows.values()}
        self.differences: dict[str, Difference] = {}

    def values(self, said: Said) -> dict[str, Any]:
        """Columns, and the customer where one is named."""
        values = super().values(said)
        if customer := self.people.named(said):
            values["customer_id"] = customer
        self._order(self.rows.get(str(said["id"])), said)
        return values

    def _order(self, row: Cart | None, said: Said) -> Order | None:
        """The order that the cart becomes now; None where it has one, or none is named. Raises Refusal."""
        shop_id = str(said.get("order") or "")
        if not shop_id or (row is not None and row.order_id is not None):
            return None
        if shop_id not in self.orders:
            raise Refusal("order", _("There is no order %(id)s: send the order first.") % {"id": shop_id})
        order = self.orders[shop_id]
        if order.pk in self.made_from:
            raise Refusal("order", _("The order %(order)s was made from another cart.") % {"order": order})
        return order

    def differs(self, row: Cart, said: Said) -> bool:
        """Other lines, other totals, or an order."""
        difference = self._difference(row, said)
        columns = any(getattr(row, name) != value for name, value in difference.columns.items())
        lines = difference.new or difference.other or difference.gone
        return columns or bool(lines) or self._order(row, said) is not None

    def touch(self, row: Cart, said: Said, names: set[str]) -> set[str]:
        """Totals, when it changed, the state that follows, its order."""
        difference = self.differences.get(row.shop_id) or self._difference(row, said)
        fields = dict(difference.columns)
        if "gone_at" in names and not row.is_processed:
            fields.setdefault("state", state_after(row.changed_at))
        if order := self._order(row, said):
            self.made_from[order.pk] = row.pk or 0
            fields |= becoming(row, order)
        for name, value in fields.items():
            setattr(row, name, value)
        return set(fields)

    def _difference(self, row: Cart, said: Said) -> Difference:
        moment = said.get("changed_at") or (self.now if row.pk else said.get("created_at") or self.now)
        difference = self._of_lines(row, said, moment)
        self.differences[row.shop_id] = difference
        named = any(name in said for name in SUMS)
        if named or row.pk is None or difference.new or difference.other or difference.gone:
            difference.columns |= _fitting(totals_of(row, difference.lines, _sums(row, said)))
        if difference.is_change or row.pk is None:
            difference.columns["changed_at"] = moment
            if not row.is_processed:
                difference.columns["state"] = state_after(moment)
        if difference.is_change:
            difference.columns["seen_at"] = max(moment, row.seen_at or moment)
        return difference

    def _of_lines(self, row: Cart, said: Said, at: datetime) -> Difference:
        """Lines that stay keep their row, and with it since when they are in."""
        has = self.lines[row.pk] if row.pk else []
        if "lines" not in said:
            return Difference(has)
        items = once(CartItem(**one) for one in said["lines"])
        difference, kept = Difference([]), set()
        for line in has:
            item = items.get(line.key) if line.key not in kept else None
            if item is None or item.quantity != line.quantity:
                difference.changes.append(change_of(line, item.quantity if item else 0, at))
            if item is None:
                difference.gone.append(line)
                continue
            kept.add(line.key)
            difference.lines.append(line)
            if _bring_up_to_date(line, item):
                difference.other.append(line)
        difference.new = [CartLine(added_at=at, **vars(item)) for key, item in items.items() if key not in kept]
        difference.lines += difference.new
        return difference

    def finish(self) -> None:
        """Lines and what became of them; whoever looks at these carts hears of it."""
        news = [(row, self.differences[row.shop_id]) for row in [*self.new, *self.changed]]
        for row, difference in news:
            for line in difference.new:
                line.cart = row
        CartLine.objects.filter(pk__in=[line.pk for _row, one in news for line in one.gone]).delete()
        CartLine.objects.bulk_create([line for _row, one in news for line in one.new], batch_size=AT_ONCE)
        CartLine.objects.bulk_create(
            [line for _row, one in news for line in one.other],
            batch_size=AT_ONCE,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=OF_A_LINE,
        )
        CartChange.objects.bulk_create([change for _row, one in news for change in one.changes], batch_size=AT_ONCE)
        if news:
            others = self.customers - {row.customer_id for row, _one in news}
            pings.carts_changed((row.pk, row.customer_id) for row, _one in news)
            pings.customers_changed(others if self.changed else ())


def _sums(row: Cart, said: Said) -> CartSums:
    """What the shop adds up itself; what it does not name stays, or is worked out from the lines."""
    known = CartSums(row.total_discounts, row.total_wrapping, row.total_shipping)
    return CartSums(**{**vars(known), **{word: said[name] for name, word in SUMS.items() if name in said}})


def _fitting(totals: dict[str, Any]) -> dict[str, Any]:
    """Totals that their columns hold. Raises Refusal for others."""
    if any(abs(totals[name]) > MOST for name in ("total", "total_products")):
        raise Refusal("total", _("The cart adds up to more than an amount can be."))
    return totals


def _bring_up_to_date(line: CartLine, item: CartItem) -> bool:
    """Quantity, price, stock and the like as the shop says now; whether that is another line."""
    fields = {name: value for name, value in vars(item).items() if getattr(line, name) != value}
    for name, value in fields.items():
        setattr(line, name, value)
    return bool(fields)
