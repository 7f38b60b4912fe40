"""Which customers a cart without a name may belong to, by what was typed into it and where it was filled."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

from django.db.models import Q

from crm import identity
from crm.emails import canonical
from crm.matching.addresses import phone_key
from crm.matching.finding import looks
from crm.matching.reading import Facts, names_of
from crm.matching.reasons import Reason, Sure
from crm.matching.vocabulary import Vocabulary
from crm.matching.weighing import Crowd, Look, Weight, device, email, name, phone, place
from crm.models import Cart, CartLine, CartMatch, Customer, CustomerEmail, Order, OrderLine, Visit

SHOWN, LOOKED_AT = 5, 60
NEAR = timedelta(hours=3)
SURE_FROM, LIKELY_FROM, LEAST = 9.0, 5.0, 2.0


@dataclass(frozen=True)
class Owner:
    """A customer whose cart it may be."""

    customer: Customer
    weights: tuple[Weight, ...]

    @property
    def value(self) -> float:
        """All that speaks for and against, together."""
        return sum(one.value for one in self.weights)

    @property
    def sure(self) -> Sure:
        """In a word; one thing alone is never sure."""
        fits = sum(1 for one in self.weights if one.reason.fits)
        if self.value >= SURE_FROM and fits >= 2:
            return Sure.HIGH
        return Sure.MEDIUM if self.value >= LIKELY_FROM else Sure.LOW

    @property
    def reasons(self) -> list[Reason]:
        """What fits first."""
        return [one.reason for one in sorted(self.weights, key=lambda one: -one.value)]


def key_of(customer: Customer) -> str:
    """What a customer is called among the matches of a cart."""
    return f"customer-{customer.pk}"


def owners_of(cart: Cart, *, most: int = SHOWN) -> list[Owner]:
    """The likeliest owners, but for those that are said not to be. A fixed number of queries."""
    look = looks([cart.pk])[0]
    ids = _found_by_index(cart)
    refused = CartMatch.objects.filter(cart=cart).exclude(refused_at=None).values_list("about", "customer")
    people = Customer.objects.present().filter(pk__in=ids).exclude(pk__in=[pk for _, pk in refused if pk])
    customers = list(people.prefetch_related("emails")[:LOOKED_AT])
    facts, same = _facts_of(customers, cart), _same_products(customers, cart)
    crowd = Crowd(0, Vocabulary({}), UTC)
    found = [Owner(one, tuple(_weights(look, facts[one.pk], crowd, same.get(one.pk, [])))) for one in customers]
    return sorted((one for one in found if one.value >= LEAST), key=lambda one: (-one.value, one.customer.pk))[:most]


def _weights(look: Look, facts: Facts, crowd: Crowd, same: list[str]) -> Iterable[Weight]:
    yield from name(look, facts)
    yield from email(look, facts)
    yield from phone(look, facts)
    yield from place(look, facts, crowd)
    yield from device(look, facts)
    if same:
        yield Weight(1.5, Reason("products_bought", True, {"names": ", ".join(same[:3])}))
    else:
        yield Weight(-0.3, Reason("products_never", False))


def _found_by_index(cart: Cart) -> set[int]:
    """Customers who share an address, a telephone, a name or a connection with the cart."""
    found: set[int | None] = set()
    if cart.email:
        found |= set(CustomerEmail.objects.filter(canonical=canonical(cart.email)).values_list("customer", flat=True))
        found |= set(Order.objects.filter(email=cart.email.lower()).order_by().values_list("customer", flat=True))
    if key := phone_key(cart.phone):
        ways = identity.ways_to_write(key)
        found |= set(Customer.objects.filter(Q(phone__in=ways) | Q(other_phone__in=ways)).values_list("pk", flat=True))
    if cart.name:
        first, _, last = cart.name.strip().partition(" ")
        named = Customer.objects.filter(last_name__iexact=last) if last else Customer.objects.filter(first_name=first)
        found |= set(named.values_list("pk", flat=True)[:LOOKED_AT])
    here = Visit.objects.filter(began_at__range=(cart.changed_at - NEAR, cart.changed_at + NEAR))
    same = Q(ip_address=cart.ip_address) if cart.ip_address else Q(pk=None)
    same |= Q(user_agent=cart.user_agent) if cart.user_agent else Q(pk=None)
    found |= set(here.filter(same).order_by().values_list("customer", flat=True)[:LOOKED_AT])
    return {pk for pk in found if pk}


def _facts_of(customers: list[Customer], cart: Cart) -> dict[int, Facts]:
    traces = identity.traces_of(customers)
    browsers: dict[int, set[str]] = defaultdict(set)
    ips: dict[int, set[str]] = defaultdict(set)
    visits = Visit.objects.filter(customer__in=[one.pk for one in customers]).order_by("-began_at")
    for pk, agent, ip in visits.values_list("customer", "user_agent", "ip_address")[: LOOKED_AT * 5]:
        browsers[pk] |= {agent} if agent else set()
        ips[pk] |= {ip} if ip else set()
    return {
        one.pk: Facts(
            at=cart.changed_at,
            names=tuple({*traces[one.pk].names, *names_of([one.name])}),
            emails=frozenset(traces[one.pk].emails | traces[one.pk].ordered),
            phones=frozenset(traces[one.pk].phones),
            home=frozenset(traces[one.pk].postcodes),
            browsers=frozenset(browsers[one.pk]),
            ips=frozenset(ips[one.pk]),
            customer=one.pk,
        )
        for one in customers
    }


def _same_products(customers: list[Customer], cart: Cart) -> dict[int, list[str]]:
    """Products of the cart that each bought, or had in a cart. Two queries."""
    names, ids = [line.name for line in cart.lines.all()], [one.pk for one in customers]
    found: dict[int, list[str]] = defaultdict(list)
    sources: list[Any] = [
        OrderLine.objects.filter(order__customer__in=ids, name__in=names).values_list("order__customer", "name"),
        CartLine.objects.filter(cart__customer__in=ids, name__in=names).values_list("cart__customer", "name"),
    ]
    for rows in sources:
        for pk, product in rows.order_by().distinct():
            found[pk] += [] if product in found[pk] else [product]
    return found
