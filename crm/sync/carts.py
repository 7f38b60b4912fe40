"""Carts as the shop tells them, with their lines; and that their customers are there now."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm import pings
from crm.models import Cart, CartLine, CartState, Order, Shop
from crm.sync import references
from crm.sync.batch import AT_ONCE, Batch, Refusal, Said, Told, the_one, twice

KNOWN_BY_SHOP = """step is_charged currency vouchers carrier email name phone postcode city language device user_agent
ip_address page created_at seen_at""".split()
SUMS = "total total_discounts total_wrapping total_shipping total_tax".split()
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
    if cart.order_id is not None:
        raise ValueError(_("This cart became an order and stays."))
    customer = cart.customer_id
    cart.delete()
    pings.carts_changed([customer])


class Carts(Batch[Cart]):
    """Carts of one call."""

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
        self.made_from = dict(Cart.objects.filter(order__in=ids).values_list("order", "shop_id")) if ids else {}
        self.customers = {row.customer_id for row in self.rows.values()}
        self.others: list[tuple[Cart, list[CartLine]]] = []

    def values(self, said: Said) -> dict[str, Any]:
        """Columns, the customer where one is named, the order."""
        values = super().values(said)
        if customer := self.people.named(said):
            values["customer_id"] = customer
        if said.get("order"):
            values["order_id"] = self._order(said).pk
        return values

    def _order(self, said: Said) -> Order:
        shop_id = str(said["order"])
        if shop_id not in self.orders:
            raise Refusal("order", _("There is no order %(id)s: send the order first.") % {"id": shop_id})
        order = self.orders[shop_id]
        if self.made_from.setdefault(order.pk, str(said["id"])) != str(said["id"]):
            raise Refusal("order", _("The order %(id)s was made from another cart.") % {"id": shop_id})
        return order

    def differs(self, row: Cart, said: Said) -> bool:
        """Other lines or other totals."""
        has = [_line(one) for one in self.lines[row.pk]]
        sums = any(getattr(row, name) != said[name] for name in SUMS if name in said)
        return sums or ("lines" in said and [_line(one) for one in _lines(row, said)] != has)

    def touch(self, row: Cart, said: Said, names: set[str]) -> set[str]:
        """Totals, when it changed, and the state that follows."""
        fields: dict[str, Any] = {name: said[name] for name in SUMS if name in said}
        has = self.lines[row.pk] if row.pk else []
        lines = _lines(row, said) if "lines" in said else has
        is_other = [_line(one) for one in lines] != [_line(one) for one in has]
        if is_other:
            self.others.append((row, lines))
            fields |= {"changed_at": said.get("changed_at") or self.now}
            _keep_when_added(lines, has, fields["changed_at"])
        elif row.pk is None:
            fields |= {"changed_at": said.get("changed_at") or row.created_at}
        fields |= _sums(row, lines, said)
        fields["state"] = _state(row, is_other=is_other)
        for name, value in fields.items():
            setattr(row, name, value)
        return set(fields)

    def finish(self) -> None:
        """Lines; whoever looks at these carts hears of it."""
        stale = [row.pk for row, _lines in self.others if self.lines[row.pk]]
        if stale:
            CartLine.objects.filter(cart__in=stale).delete()
        lines = [line for _row, lines in self.others for line in lines]
        for line in lines:
            line.cart_id = line.cart.pk
        CartLine.objects.bulk_create(lines, batch_size=AT_ONCE)
        changed = [*self.new, *self.changed]
        if changed:
            pings.carts_changed(self.customers | {row.customer_id for row in changed})


def _line(row: CartLine) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in OF_A_LINE)


def _lines(row: Cart, said: Said) -> list[CartLine]:
    """Lines as they will be on file."""
    return [CartLine(cart=row, **one) for one in said["lines"]]


def _keep_when_added(lines: list[CartLine], has: list[CartLine], now: Any) -> None:
    """What was in the cart before has been in it since then."""
    since = {(one.product_ref, one.name, one.attributes, one.customization): one.added_at for one in has}
    for line in lines:
        line.added_at = since.get((line.product_ref, line.name, line.attributes, line.customization), now)


def _sums(row: Cart, lines: list[CartLine], said: Said) -> dict[str, Any]:
    """What lists read, so that they need no work per row."""
    products = sum((line.total for line in lines), Decimal(0))
    parts = {name: said.get(name, getattr(row, name)) for name in SUMS}
    whole = products - parts["total_discounts"] + parts["total_wrapping"] + parts["total_shipping"]
    return {
        "item_count": sum(line.quantity for line in lines),
        "total_products": products,
        "total": said["total"] if "total" in said else max(whole, Decimal(0)),
    }


def _state(row: Cart, *, is_other: bool) -> str:
    if row.order_id is not None:
        return row.state if row.state in (CartState.ORDERED, CartState.RECOVERED) else CartState.ORDERED
    return CartState.ACTIVE if is_other else row.state
