"""The columns of the list of carts, and by what it is narrowed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from babel.numbers import format_currency
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from crm.models import Cart, CartLine, CartState, Customer, CustomerEmail, Order, Shop
from crm.models.cart import ONLINE_FOR
from crm.models.cart_life import PROCESSED
from crm.tables import Choice, Column, Dates, Number, Numbers, Text, YesNo

# By the stored state alone: a condition on the order would lead the database to the index of orders.
WAITING = Q(state__in=[state for state in CartState if state not in PROCESSED])


def online() -> Q:
    """Their customer was in the shop within the last half hour."""
    return Q(seen_at__gt=timezone.now() - ONLINE_FOR)


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


def what_else(word: str) -> Q:
    """A word may be a number, the shop's id, a product, a customer's name or an address."""
    people = Customer.objects.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word))
    found = Q(pk__in=CartLine.objects.filter(name__icontains=word).values("cart"))
    found |= Q(customer__in=people.values("pk")) | Q(email__icontains=word) | Q(name__icontains=word)
    found |= Q(customer__in=CustomerEmail.objects.filter(address__contains=word.lower()).values("customer"))
    plain = word.removeprefix("#")
    if plain.isascii() and plain.isdigit() and len(plain) < 19:
        found |= Q(pk=int(plain)) | Q(shop_id=plain)
    return found


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


def money(cart: Cart) -> str:
    """The total with its currency."""
    return str(format_currency(cart.total, cart.currency, locale=to_locale(get_language() or "en")))


def content(cart: Cart) -> str:
    """What is in it, on one line."""
    return ", ".join(f"{line.quantity}× {line.name}" for line in cart.lines.all())


def address(cart: Cart) -> str:
    """The customer's main address, else the one typed into the cart."""
    return (cart.customer.email if cart.customer else "") or cart.email


def shops() -> list[tuple[Any, Any]]:
    """Shops to choose from."""
    return [(one.pk, one.name) for one in Shop.objects.all()]


def several_shops() -> bool:
    """More than one shop sends carts; asked once a minute."""
    return bool(cache.get_or_set("several-shops", lambda: int(Shop.objects.count() > 1), 60))


FILTERS = (
    Text("q", _("Search"), also=what_else),
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
        lambda one: one.pk,
        cell="crm/carts/_number.html",
        sort=("pk",),
        falls_first=True,
        is_main=True,
        filter=Number("id", _("Cart")),
    ),
    Column(
        "state",
        _("State"),
        lambda one: one.get_state_display(),
        cell="crm/carts/_state.html",
        filter=Choice("state", _("State"), field="state", choices=lambda: CartState.choices),
        is_main=True,
    ),
    Column(
        "customer",
        _("Customer"),
        lambda one: str(one.customer or one.name),
        cell="crm/carts/_customer.html",
        filter=Text("who", _("Customer"), also=of_customer),
    ),
    Column(
        "email", _("E-mail"), lambda one: (one.customer.email if one.customer else "") or one.email, is_listed=False
    ),
    Column("content", _("Content"), content, cell="crm/carts/_content.html"),
    Column("items", _("Pieces"), lambda one: one.item_count, is_number=True, is_shown=False),
    Column(
        "total",
        _("Total"),
        lambda one: one.total,
        say=money,
        sort=("total",),
        falls_first=True,
        is_number=True,
        filter=Numbers("total", _("Total"), field="total"),
        is_main=True,
    ),
    Column("currency", _("Currency"), lambda one: one.currency, is_listed=False),
    Column(
        "changed",
        _("Last activity"),
        lambda one: one.changed_at,
        cell="crm/carts/_changed.html",
        sort=("changed_at",),
        falls_first=True,
        filter=Dates("changed", _("Last activity"), field="changed_at"),
    ),
    Column(
        "created",
        _("Date"),
        lambda one: one.created_at,
        sort=("created_at",),
        falls_first=True,
        is_shown=False,
        filter=Dates("created", _("Date"), field="created_at"),
    ),
    Column(
        "contacted",
        _("Contacted"),
        lambda one: one.contacted_at,
        cell="crm/carts/_contacted.html",
        filter=Known("contacted", _("Contacted"), field="contacted_at"),
    ),
    Column(
        "online",
        _("Online"),
        lambda one: one.is_online,
        cell="crm/carts/_online.html",
        filter=Whether("online", _("Online"), condition=online),
    ),
    Column(
        "order",
        _("Order"),
        lambda one: str(one.order or ""),
        cell="crm/carts/_order.html",
        filter=Text("order", _("Order"), also=of_order),
    ),
    Column(
        "carrier",
        _("Carrier"),
        lambda one: one.carrier,
        filter=Text("carrier", _("Carrier"), fields=("carrier",)),
    ),
    Column(
        "shop",
        _("Shop"),
        lambda one: str(one.source or ""),
        filter=Choice("shop", _("Shop"), field="source", choices=shops),
        when=several_shops,
    ),
    Column("shop_id", _("No. in the shop"), lambda one: one.shop_id, is_listed=False),
)
