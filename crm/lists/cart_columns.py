"""The columns of the list of carts, and by what it is narrowed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.pieces import money
from crm.lists import cart_cells
from crm.lists.filters import Searched
from crm.models import Cart, CartState, CartWords, Customer, CustomerEmail, Order, Shop
from crm.models.cart_life import PROCESSED
from crm.tables import Choice, Column, Dates, Number, Numbers, Text, YesNo

# By the stored state alone: a condition on the order would lead the database to the index of orders.
WAITING = Q(state__in=[state for state in CartState if state not in PROCESSED])


def online() -> Q:
    """Their customer was in the shop within the last half hour."""
    return Q(pk__in=Cart.objects.online().order_by().values("pk"))  # few: their index first, whatever sorts the list


def with_email() -> Q:
    """There is an address to write to."""
    return ~Q(email="") | Q(Exists(CustomerEmail.objects.filter(customer=OuterRef("customer"))))


def with_consent() -> Q:
    """The customer allows us to remind them: newsletter, and nothing against it."""
    return Q(customer__newsletter=True, customer__do_not_contact=False)


@dataclass(frozen=True)
class Tab:
    """One kind of carts, as the tabs above the list show them."""

    key: str
    label: str | Promise
    condition: Callable[[], Q]
    is_live: bool = False


TABS = (
    Tab("live", _("Live now"), lambda: WAITING & online(), is_live=True),
    Tab("nameless", _("Without customer"), lambda: WAITING & Q(customer=None)),
    Tab("abandoned", _("Abandoned"), lambda: Q(state=CartState.ABANDONED)),
    Tab("processed", _("Processed"), lambda: Q(state__in=PROCESSED)),
)


@dataclass(frozen=True)
class OneOf(Choice):
    """One of some kinds, each with a condition of its own."""

    kinds: Sequence[Tab] = ()
    choices: Callable[[], Sequence[tuple[Any, Any]]] = field(default=tuple)

    def find(self, text: str) -> tuple[Q | None, str]:
        """That kind."""
        kind = next((one for one in self.kinds if one.key == text), None)
        return (kind.condition(), str(kind.label)) if kind else super().find(text)


@dataclass(frozen=True)
class Whether(YesNo):
    """1 or 0, by a condition that is made when it is asked."""

    condition: Callable[[], Q] = Q

    def find(self, text: str) -> tuple[Q | None, str]:
        """Whether it holds."""
        plain, said = super().find(text)
        if plain is None:
            return None, said
        return (self.condition() if text == "1" else ~self.condition()), said


@dataclass(frozen=True)
class Known(YesNo):
    """1 or 0: whether the field holds anything."""

    def find(self, text: str) -> tuple[Q | None, str]:
        """Whether it is known."""
        plain, said = super().find(text)
        return (plain and Q(**{f"{self.field}__isnull": text == "0"})), said


# -- searching and saying -------------------------------------------------------------------------


def of_customer(word: str) -> Q:
    """A part of the customer's name or of an address."""
    people = Customer.objects.filter(
        Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(company__icontains=word)
    )
    return (
        Q(customer__in=people.values("pk"))
        | Q(customer__in=CustomerEmail.objects.filter(address__contains=word.lower()).values("customer"))
        | Q(email__icontains=word)
        | Q(name__icontains=word)
    )


def of_order(word: str) -> Q:
    """The order's reference."""
    return Q(order__in=Order.objects.filter(reference__icontains=word).values("pk"))


def content(cart: Cart) -> str:
    """What is in it, on one line."""
    lines = cart.listed_lines  # type: ignore[attr-defined]
    return ", ".join(f"{line.quantity}× {line.name}" for line in lines)


def address(cart: Cart) -> str:
    """The customer's main address, else the one typed into the cart."""
    return (cart.customer.email if cart.customer else "") or cart.email


def shops() -> list[tuple[Any, Any]]:
    """Shops to choose from."""
    return [(one.pk, one.name) for one in Shop.objects.all()]


def several_shops() -> bool:
    """More than one shop sends carts; asked once a minute."""
    return bool(cache.get_or_set("several-shops", lambda: int(Shop.objects.count() > 1), 60))


def _date(key: str, label: Promise, field: str, **more: Any) -> Column:
    """When something happened, the newest first."""
    dates = Dates(key, label, field=field)
    return Column(key, label, attrgetter(field), sort=(field,), falls_first=True, filter=dates, **more)


FILTERS = (
    Searched("q", _("Search"), kind=CartWords),
    OneOf("tab", _("Kind"), kinds=TABS, choices=lambda: [(one.key, one.label) for one in TABS]),
    Number("customer", _("No. of the customer"), field="customer"),
    Whether("email", _("Has an e-mail address"), condition=with_email),
    Whether("consent", _("May be reminded"), condition=with_consent),
    YesNo("charged", _("Charged, no order"), field="is_charged"),
    Dates("abandoned", _("Abandoned"), field="abandoned_at"),
    Dates("written", _("Contacted"), field="contacted_at"),
    Dates("recovered", _("Recovered"), field="recovered_at"),
)
COLUMNS = (
    Column(
        "id",
        _("Cart"),
        cell=cart_cells.number,
        sort=("pk",),
        falls_first=True,
        is_main=True,
        filter=Number("id", _("Cart")),
    ),
    Column(
        "state",
        _("State"),
        lambda one: one.get_state_display(),
        cell=cart_cells.state,
        filter=Choice("state", _("State"), field="state", choices=lambda: CartState.choices),
        is_main=True,
    ),
    Column(
        "customer",
        _("Customer"),
        lambda one: str(one.customer or one.name),
        cell=cart_cells.customer,
        filter=Text("who", _("Customer"), also=of_customer),
    ),
    Column("email", _("E-mail"), address, is_listed=False),
    Column("content", _("Content"), content, cell=cart_cells.content),
    Column("items", _("Pieces"), lambda one: one.item_count, is_number=True, is_shown=False),
    Column(
        "total",
        _("Total"),
        say=lambda one: money(one.total, one.currency),
        sort=("total",),
        falls_first=True,
        is_number=True,
        filter=Numbers("total", _("Total"), field="total"),
        is_main=True,
    ),
    Column("currency", _("Currency"), is_listed=False),
    _date("changed", _("Last activity"), "changed_at", drawn=cart_cells.Changed),
    _date("created", _("Date"), "created_at", is_shown=False),
    Column(
        "contacted",
        _("Contacted"),
        lambda one: one.contacted_at,
        drawn=cart_cells.Contacted,
        filter=Known("contacted", _("Contacted"), field="contacted_at"),
    ),
    Column(
        "online",
        _("Online"),
        lambda one: one.is_online,
        cell=cart_cells.online,
        filter=Whether("online", _("Online"), condition=online),
    ),
    Column(
        "order",
        _("Order"),
        lambda one: str(one.order or ""),
        cell=cart_cells.order,
        filter=Text("order", _("Order"), also=of_order),
    ),
    Column("carrier", _("Carrier"), cell=cart_cells.carrier, filter=Text("carrier", _("Carrier"), fields=("carrier",))),
    Column(
        "shop",
        _("Shop"),
        lambda one: str(one.source or ""),
        filter=Choice("shop", _("Shop"), field="source", choices=shops),
        when=several_shops,
    ),
    Column("shop_id", _("No. in the shop"), is_listed=False),
)
