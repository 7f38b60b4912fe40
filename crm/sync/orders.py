"""Orders as the shop tells them, with lines and the states they went through."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm import indexing, pings
from crm.models import Cart, Order, OrderLine, OrderState, Shop
from crm.models.cart_life import becoming
from crm.sync import references
from crm.sync.batch import AT_ONCE, Batch, Refusal, Said, Told, the_one, twice

KNOWN_BY_SHOP = """reference email state state_color is_shipped is_valid is_done payment total total_products
total_shipping total_discounts total_tax currency rate vouchers carrier tracking_number tracking_url promised_on
delivery_name delivery_address delivery_postcode delivery_phone invoice_address delivered_at placed_at""".split()
BECOMING = ["order", "state", "recovered_at", "customer", "updated_at"]
PLACES = ("delivered_to", "invoiced_to")
OF_A_LINE = ("product_ref", "name", "category", "quantity", "unit_price", "tax_rate", "image_url")


def upsert(shop: Shop, said: Sequence[Said]) -> list[Told]:
    """Write down orders: columns by name, and `customer`, `cart`, `delivered_to`,
    `invoiced_to` (ids of addresses), `lines` (all of them), `states`: each with
    `state` and `at`. A state that is new without a moment began now. What customers bought is added up once.
    """
    return twice(Orders, shop, said)


@transaction.atomic
def remove(shop: Shop, shop_id: str) -> None:
    """The shop has this order no more. Raises LookupError."""
    order: Order = the_one(Order, shop, shop_id)
    customer = order.customer_id
    order.delete()
    Order.objects.add_up([customer] if customer else [])
    pings.customers_changed([customer])


class Orders(Batch[Order]):
    """Orders of one call."""

    model = Order
    columns = frozenset(KNOWN_BY_SHOP)

    def refer(self) -> None:
        """Customers and carts; lines and states of the orders on file."""
        self.people = references.People(self.shop, self.said)
        self.carts = references.carts(self.shop, self.said)
        self.places = references.addresses(self.shop, self.said, *PLACES)
        self.lines: defaultdict[int, list[OrderLine]] = defaultdict(list)
        self.states: defaultdict[int, list[OrderState]] = defaultdict(list)
        rows = list(self.rows.values())
        for line in OrderLine.objects.filter(order__in=rows).order_by("pk"):
            self.lines[line.order_id].append(line)
        for state in OrderState.objects.filter(order__in=rows):
            self.states[state.order_id].append(state)
        self.made_from = set(Cart.objects.filter(order__in=rows).values_list("order", flat=True))
        self.was = {row.customer_id for row in rows}

    def values(self, said: Said) -> dict[str, Any]:
        """Columns and the customer; an order keeps its customer where the shop knows them no more."""
        values = super().values(said)
        if "email" in values:  # as customers' addresses are kept, so that an order finds its customer
            values["email"] = str(values["email"]).lower()
        if customer := self.people.named(said):
            values["customer_id"] = customer
        values |= {f"{name}_id": self._place(name, said) for name in PLACES if said.get(name)}
        if said.get("cart") and str(said["cart"]) not in self.carts:
            raise Refusal("cart", _("There is no cart %(id)s: send the cart first.") % {"id": said["cart"]})
        if self._made_elsewhere(said):
            raise Refusal("cart", _("This order was made from another cart."))
        return values

    def _place(self, name: str, said: Said) -> int:
        shop_id = str(said[name])
        if shop_id not in self.places:
            raise Refusal(name, _("There is no address %(id)s: send the address first.") % {"id": shop_id})
        return self.places[shop_id]

    def differs(self, row: Order, said: Said) -> bool:
        """Lines, states, or the cart it came from."""
        lines = "lines" in said and _as_told(said["lines"]) != [_line(one) for one in self.lines[row.pk]]
        return lines or bool(self._new_states(row, said)) or self._cart(said) is not None

    def _cart(self, said: Said) -> Cart | None:
        """The cart that it was made from, if that is news: a cart that became an order stays that one."""
        cart = self.carts.get(str(said.get("cart") or ""))
        return cart if cart and cart.order_id is None else None

    def _made_elsewhere(self, said: Said) -> bool:
        """Whether another cart on file made this order."""
        row, cart = self.rows.get(str(said["id"])), self._cart(said)
        return row is not None and cart is not None and row.pk in self.made_from

    def _new_states(self, row: Order, said: Said) -> list[OrderState]:
        """States that are not on file; a change of state that the shop names without a moment is one too."""
        has = {(one.state, one.at) for one in self.states[row.pk]}
        told = [(one["state"], one["at"]) for one in said.get("states") or ()]
        named = {state for state, _at in told}
        last = max(self.states[row.pk], key=lambda one: (one.at, one.pk), default=None)
        if "state" in said and said["state"] not in named and (last is None or last.state != said["state"]):
            told.append((said["state"], self.now if last else said.get("placed_at") or self.now))
        return [
            OrderState(order=row, state=state, at=at) for state, at in dict.fromkeys(told) if (state, at) not in has
        ]

    def finish(self) -> None:
        """Lines, states, carts; sums of the customers, once each."""
        self._write_lines()
        states = [state for row, said in self.taken for state in self._new_states(row, said)]
        OrderState.objects.bulk_create(states, batch_size=AT_ONCE)
        self._write_carts()
        rows = [*self.new, *self.changed]
        customers = ({row.customer_id for row in rows} | (self.was if self.changed else set())) - {None}
        if customers:
            Order.objects.add_up(pk for pk in customers if pk)
        pings.customers_changed(customers)

    def _write_lines(self) -> None:
        others = [
            (row, said["lines"])
            for row, said in self.taken
            if "lines" in said and _as_told(said["lines"]) != [_line(one) for one in self.lines[row.pk]]
        ]
        OrderLine.objects.filter(order__in=[row for row, _lines in others if self.lines[row.pk]]).delete()
        lines = [OrderLine(order=row, **one) for row, told in others for one in told]
        OrderLine.objects.bulk_create(lines, batch_size=AT_ONCE)

    def _write_carts(self) -> None:
        """Carts become orders, as Cart.take_order does it."""
        taken = [(cart, row) for row, said in self.taken if (cart := self._cart(said))]
        for cart, row in taken:
            cart.order = row
            for name, value in becoming(cart, row).items():
                setattr(cart, name, value)
            cart.updated_at = self.now
        carts = [cart for cart, _row in taken]
        Cart.objects.bulk_update(carts, BECOMING, batch_size=AT_ONCE)
        if carts:
            indexing.changed(carts=[cart.pk for cart in carts])
            pings.carts_changed((cart.pk, cart.customer_id) for cart in carts)


def _line(row: OrderLine) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in OF_A_LINE)


def _as_told(lines: Sequence[Said]) -> list[tuple[Any, ...]]:
    """Lines as they will be on file."""
    return [_line(OrderLine(**one)) for one in lines]
