"""Finding customers, orders and carts by what was typed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from itertools import chain
from string import ascii_lowercase, digits
from typing import TypeVar

from django.db import connection
from django.db.models import Q

from crm.models import Cart, CartWords, Customer, CustomerWords, Order, OrderWords, Visit
from crm.models.words import GONE, PRESENT
from search import folding
from search.models import Words
from search.query import Query, Term, read

MOST = 200  # of a kind; beyond it, a list says "more than"
FEW = 3  # fewer customers than this may have been mistyped
LONGEST_REFERENCE = 16  # of those whose neighbours are looked for

Network = IPv4Network | IPv6Network
Row = TypeVar("Row", Customer, Order, Cart)


@dataclass(frozen=True)
class Found:
    """Ids, the best first. Unless `is_all` there are more."""

    ids: Sequence[int] = ()
    is_all: bool = True


def customers(typed: str, *, with_gone: bool = False) -> Found:
    """Customers whose words begin as all the typed ones do: the full name first, then by name, then the rest.

    Where that finds hardly anybody: also by a part of a name, or with one letter mistyped. Those who were deleted,
    erased or merged are left out unless `with_gone`.
    """
    words = (PRESENT, GONE) if with_gone else (PRESENT,)
    query = read(typed, begins="all")
    if not query:
        return Found()
    hits = CustomerWords.find(query.among(*words), enough=MOST)
    ids = [pk for pk, _ in hits.rows]
    if len(ids) < FEW:
        ids += [pk for pk, _ in CustomerWords.find(query.near.among(*words), enough=MOST).rows]
    ids = _exact(typed, with_gone=with_gone) + _named_first(ids[:MOST], query)
    return _cut(ids, hits.is_all)


def _exact(typed: str, *, with_gone: bool) -> list[int]:
    """Whose full name it is, in whatever order."""
    found = CustomerWords.objects.filter(key=folding.name_key(typed))
    present = {"customer__deleted_at": None, "customer__erased_at": None, "customer__merged_into": None}
    found = found if with_gone else found.filter(**present)
    return list(found.order_by("-pk").values_list("pk", flat=True)[:MOST])


def _named_first(ids: list[int], query: Query) -> list[int]:
    """Those who are called so before those who only live there or write from there."""
    keys = dict(CustomerWords.objects.filter(pk__in=ids).values_list("pk", "key"))

    def is_elsewhere(pk: int) -> bool:
        line = f" {keys.get(pk, '')} "
        return not all(any(term.inside in line for term in group) for group in query.groups)

    return sorted(ids, key=is_elsewhere)


def orders(typed: str) -> Found:
    """Orders by reference, e-mail, tracking number, delivery, products or customer, the newest first."""
    return _newest(OrderWords, read(typed, begins="all"))


def carts(typed: str) -> Found:
    """Carts by number, customer, what was typed into them, or products, the newest first."""
    return _newest(CartWords, read(typed, begins="all"))


def _newest(kind: type[Words], query: Query) -> Found:
    hits = kind.find(query, enough=MOST)
    return _cut([pk for pk, _ in hits.rows], hits.is_all)


def _cut(ids: Iterable[int], is_all: bool) -> Found:
    once = list(dict.fromkeys(ids))
    return Found(once[:MOST], is_all and len(once) <= MOST)


def present(found: Found, *, with_gone: bool = False) -> list[int]:
    """Ids of those customers that may be shown."""
    kept = Customer.objects.all() if with_gone else Customer.objects.present()
    shown = set(kept.filter(pk__in=found.ids).values_list("pk", flat=True))
    return [pk for pk in found.ids if pk in shown]


# -- by where they were -------------------------------------------------------------------------------------------


def customers_from(network: Network) -> Found:
    """Customers with a visit from an address or a network of addresses, the last visit first."""
    visits = Visit.objects.filter(_within(network)).order_by("-began_at").values_list("customer", "ip_address")[:2000]
    inside = (customer for customer, address in visits if address and folding.within(address, network))
    return _cut(inside, is_all=True)


def carts_from(network: Network) -> Found:
    """Carts filled from there."""
    terms = tuple(Term(word, begins=True) for word in folding.machine_beginnings(network))
    return _newest(CartWords, Query((terms,)))


def _within(network: Network) -> Q:
    """As narrow as an index can tell: PostgreSQL knows networks, SQLite only how an address begins."""
    if network.num_addresses == 1:
        return Q(ip_address=str(network.network_address))
    if connection.vendor == "postgresql":
        return Q(ip_address__gte=str(network[0]), ip_address__lte=str(network[-1]))
    begin = network.network_address.exploded.split(".")[: network.prefixlen // 8] if network.version == 4 else []
    return Q(ip_address__startswith=f"{'.'.join(begin)}.") if begin else Q()


# -- by reference -------------------------------------------------------------------------------------------------


def order_called(typed: str) -> int | None:
    """The order with exactly this reference, however it is written; the newest of several."""
    key = folding.reference_key(typed)
    found = OrderWords.objects.filter(key=key).order_by("-pk") if key else OrderWords.objects.none()
    return found.values_list("pk", flat=True).first()


def nearest_order(typed: str) -> Order | None:
    """The order whose reference is one slip away: a sign wrong, missing, too much, or two of them swapped."""
    key = folding.reference_key(typed)
    if not 4 <= len(key) <= LONGEST_REFERENCE or not any(sign in digits for sign in key):
        return None
    found = OrderWords.objects.filter(key__in=set(_slips(key))).order_by("-pk").select_related("order__customer")
    nearest = found.first()
    return nearest.order if nearest else None


def _slips(key: str) -> Iterator[str]:
    parts = [(key[:at], key[at:]) for at in range(len(key) + 1)]
    swapped = (a + b[1] + b[0] + b[2:] for a, b in parts if len(b) > 1)
    missing = (a + b[1:] for a, b in parts if b)
    wrong = (a + sign + b[1:] for a, b in parts if b for sign in (digits if b[0] in digits else ascii_lowercase))
    added = (a + sign + b for a, b in parts for sign in digits)
    return chain(swapped, missing, wrong, added)


# -- to show ------------------------------------------------------------------------------------------------------


def show_customers(ids: Sequence[int]) -> list[Customer]:
    """These customers with all that a row shows, in this order."""
    return _in_order(Customer.objects.filter(pk__in=ids).prefetch_related("emails", "tags"), ids)


def show_orders(ids: Sequence[int]) -> list[Order]:
    """These orders with customer and lines, in this order."""
    return _in_order(Order.objects.filter(pk__in=ids).select_related("customer").prefetch_related("lines"), ids)


def show_carts(ids: Sequence[int]) -> list[Cart]:
    """These carts with customer and lines, in this order."""
    return _in_order(Cart.objects.filter(pk__in=ids).select_related("customer").prefetch_related("lines"), ids)


def _in_order(rows: Iterable[Row], ids: Sequence[int]) -> list[Row]:
    by_id = {row.pk: row for row in rows}
    return [by_id[pk] for pk in ids if pk in by_id]
