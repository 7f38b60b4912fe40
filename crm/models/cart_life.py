"""What happens to a cart: the shop fills it, somebody looks at it, it becomes an order, it is forgotten."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import outbound, pings
from crm.models.cart_line import CartChange, CartItem, CartLine, CartSums
from crm.models.order import Order
from crm.models.record_event import RecordEvent
from crm.models.shop import RecordSettings

if TYPE_CHECKING:
    from crm.models.cart import Cart


class CartState(models.TextChoices):
    """Where a cart stands, by its last change and its order."""

    ACTIVE = "active", gettext_lazy("Active")
    ABANDONED = "abandoned", gettext_lazy("Abandoned")
    RECOVERED = "recovered", gettext_lazy("Recovered")
    ORDERED = "ordered", gettext_lazy("Ordered")
    EXPIRED = "expired", gettext_lazy("Expired")


PROCESSED = (CartState.ORDERED, CartState.RECOVERED)


class CartIsOrdered(Exception):
    """What may not be done to a cart that became an order. Says so in a sentence."""


def state_after(changed_at: datetime) -> CartState:
    """The rule: where a cart without order stands that was last changed then."""
    records, age = RecordSettings.load(), timezone.now() - changed_at
    if age < timedelta(hours=records.abandoned_hours):
        return CartState.ACTIVE
    return CartState.ABANDONED if age < timedelta(days=records.expired_days) else CartState.EXPIRED


class CartLife(models.Model):
    """The verbs of a cart. Each changes, records and tells open browsers on commit."""

    class Meta:
        abstract = True

    @property
    def _cart(self) -> "Cart":
        return cast("Cart", self)

    @property
    def is_processed(self) -> bool:
        """It became an order, even if that order is no longer on file."""
        return self._cart.order_id is not None or self._cart.state in PROCESSED

    # -- from the shop ----------------------------------------------------------------------------

    @transaction.atomic
    def replace_lines(
        self, items: Iterable[CartItem], *, sums: CartSums | None = None, at: datetime | None = None
    ) -> bool:
        """Make these the cart's lines and write its totals. Returns whether the lines are other ones now.

        `at` is when the customer did it. Only other lines are a change: they make the cart active again, unless it
        became an order. Without `sums` those known so far stay.
        """
        cart = self._lock()
        moment = at or timezone.now()
        is_changed = self._put(once(items), moment)
        lines = list(cart.lines.all())
        fields = totals_of(
            cart, lines, sums or CartSums(cart.total_discounts, cart.total_wrapping, cart.total_shipping)
        )
        if is_changed:
            fields |= {"changed_at": moment, "seen_at": max(moment, cart.seen_at or moment)}
            if not cart.is_processed:
                fields["state"] = state_after(moment)
        self._set(**fields)
        cart.watch_if_lost()
        return is_changed

    def _put(self, items: dict[Any, CartItem], at: datetime) -> bool:
        """Write lines and what became of them; those that stay keep their row, and with it since when they are in."""
        cart, kept = self._cart, {}
        changes: list[CartChange] = []
        for line in cart.lines.all():
            item = items.get(line.key) if line.key not in kept else None
            if item is None or item.quantity != line.quantity:
                changes.append(change_of(line, item.quantity if item else 0, at))
            if item is None:
                line.delete()
            else:
                kept[line.key] = line
                _bring_up_to_date(line, item)
        new = [CartLine(cart=cart, added_at=at, **vars(item)) for key, item in items.items() if key not in kept]
        CartLine.objects.bulk_create(new)
        CartChange.objects.bulk_create(changes)
        return bool(new or changes)

    @transaction.atomic
    def take_order(self, order: Order, *, at: datetime | None = None) -> bool:
        """It became this order. Returns False if it had one already: the first stays.

        Recovered if it had been abandoned or its customer was written to, else ordered; from then on nothing makes it
        abandoned again. Raises ValueError if the order was made from another cart.
        """
        cart = self._lock()
        if cart.order_id is not None:
            return False
        if type(cart).objects.filter(order=order).exists():
            raise ValueError(_("The order %(order)s was made from another cart.") % {"order": order})
        fields = becoming(cart, order, at=at)
        self._set(**fields)
        return True

    @transaction.atomic
    def see(self, *, at: datetime | None = None, page: str = "", step: str = "") -> None:
        """The customer is in the shop now, on this page and at this step; unknown ones stay as they were."""
        cart, moment = self._lock(), at or timezone.now()
        fields: dict[str, Any] = {"seen_at": max(moment, cart.seen_at or moment)}
        if page:
            fields["page"] = page[:255]
        if step:
            fields["step"] = step[:64]
        self._set(**fields)

    @transaction.atomic
    def lose(self) -> bool:
        """The shop has deleted it: it is expired, and stays for whoever asks. Returns whether it changed."""
        cart = self._lock()
        if cart.is_processed or cart.gone_at is not None:
            return False
        self._set(gone_at=timezone.now(), state=CartState.EXPIRED)
        return True

    @transaction.atomic
    def restore(self) -> str:
        """Its customer wants it back: tell the shop. Returns where they find it; empty if the shop gave no address.

        A cart that became an order is not opened again: then only the shop is returned.
        """
        cart = self._cart
        shop = cart.source
        if cart.is_processed:
            return shop.url if shop else ""
        data = {"cart": cart.pk, "shop_id": cart.shop_id, "show_at_entry": RecordSettings.load().show_cart_at_entry}
        outbound.announce("cart.restored", data, shop=shop)
        return (shop.link(shop.restore_link, id=cart.shop_id) or shop.url) if shop else ""

    # -- from the team ----------------------------------------------------------------------------

    @transaction.atomic
    def note_contact(self, *, by: Any = None, **data: Any) -> None:
        """Somebody wrote to the customer about it: an agent, or the product itself (`by` None). `data` says how."""
        self._lock()
        self._set(contacted_at=timezone.now())
        kind = RecordEvent.Kind.CONTACTED
        RecordEvent.objects.record(kind, self._cart.customer, by=by, cart=str(self._cart), **data)

    @transaction.atomic
    def discard(self, *, by: Any) -> None:
        """Delete it for good. Raises CartIsOrdered if it became an order: that cart explains an invoice."""
        cart = self._lock()
        if cart.is_processed:
            raise CartIsOrdered(_("Cart %(cart)s became an order, so it stays.") % {"cart": cart})
        cart.deletion(by=by).save()
        cart.announce()
        cart.delete()

    def deletion(self, *, by: Any) -> RecordEvent:
        """The fact that it is deleted, not written yet."""
        facts = {"cart": str(self._cart), "total": str(self._cart.total)}
        return RecordEvent(customer=self._cart.customer, kind=RecordEvent.Kind.CART_DELETED, by=by, data=facts)

    # -- how --------------------------------------------------------------------------------------

    def announce(self) -> None:
        """On commit, tell the open pages of this cart, of its customer and of the list that it changed."""
        cart_id, customer_id = self._cart.pk, self._cart.customer_id
        transaction.on_commit(lambda: pings.cart_changed(cart_id, customer_id))

    def _lock(self) -> "Cart":
        """This cart, as it is in the database now, held until the transaction ends."""
        self._cart.refresh_from_db(from_queryset=type(self._cart).objects.select_for_update(of=("self",)))
        return self._cart

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=list(fields))
        self.announce()


def becoming(cart: "Cart", order: Order, *, at: datetime | None = None) -> dict[str, Any]:
    """What a cart is from when it became an order: recovered, if it had been given up or its customer written to."""
    fields: dict[str, Any] = {"order": order, "state": CartState.ORDERED}
    if cart.abandoned_at or cart.contacted_at:
        fields |= {"state": CartState.RECOVERED, "recovered_at": at or order.placed_at}
    if cart.customer_id is None and order.customer_id is not None:
        fields["customer_id"] = order.customer_id
    return fields


def once(items: Iterable[CartItem]) -> dict[Any, CartItem]:
    """The items by what makes them the same; one that comes twice counts once, with both quantities."""
    found: dict[Any, CartItem] = {}
    for item in items:
        if item.quantity > 0:
            seen = found.get(item.key)
            found[item.key] = item if seen is None else _together(seen, item)
    return found


def _together(one: CartItem, other: CartItem) -> CartItem:
    return CartItem(**{**vars(other), "quantity": one.quantity + other.quantity})


def change_of(line: CartLine, after: int, at: datetime) -> CartChange:
    """That there were so many of a product and are `after` of it now."""
    return CartChange(
        cart_id=line.cart_id,
        name=line.name,
        attributes=line.attributes,
        unit_price=line.unit_price,
        before=line.quantity,
        after=after,
        at=at,
    )


def _bring_up_to_date(line: CartLine, item: CartItem) -> None:
    """Quantity, price, stock and the like as the shop says now; writes only what differs."""
    fields = {name: value for name, value in vars(item).items() if getattr(line, name) != value}
    for name, value in fields.items():
        setattr(line, name, value)
    if fields:
        line.save(update_fields=list(fields))


def totals_of(cart: "Cart", lines: list[CartLine], sums: CartSums) -> dict[str, Any]:
    """The columns that lists and sums read, so that they need no work per row."""
    products = sum((line.total for line in lines), Decimal(0))
    worked_out = products - sums.discounts + sums.wrapping + sums.shipping
    return {
        "item_count": sum(line.quantity for line in lines),
        "total_products": products,
        "total_discounts": sums.discounts,
        "total_wrapping": sums.wrapping,
        "total_shipping": sums.shipping,
        "total_tax": sum((line.tax for line in lines), Decimal(0)) if sums.tax is None else sums.tax,
        "total": max(worked_out, Decimal(0)) if sums.total is None else sums.total,
    }
