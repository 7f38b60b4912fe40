"""One person, several records: who else a customer may be, and why. Suggests only; nothing is merged by itself.

A fixed number of queries by indexed columns; what those find is compared in full.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.emails import canonical
from crm.matching.addresses import phone_key, postcode_key
from crm.matching.reading import names_of
from crm.matching.reasons import Sure
from crm.matching.words import fold, is_near
from crm.models import Address, Customer, CustomerEmail, DifferentPeople, Order

SHOWN, LOOKED_AT = 5, 200
SURE_FROM, LIKELY_FROM, LEAST = 8.0, 5.0, 3.0


@dataclass(frozen=True)
class Sign:
    """One thing that speaks for or against it."""

    fits: bool
    weight: float
    pattern: str | Promise
    word: str = ""

    @property
    def sentence(self) -> str:
        """The whole sentence."""
        return str(self.pattern) % {"word": self.word} if self.word else str(self.pattern)


@dataclass(frozen=True)
class Likeness:
    """Somebody who may be the same person."""

    customer: Customer
    signs: tuple[Sign, ...]

    @property
    def weight(self) -> float:
        """All signs together."""
        return sum(sign.weight for sign in self.signs)

    @property
    def sure(self) -> Sure:
        """In a word."""
        return Sure.HIGH if self.weight >= SURE_FROM else Sure.MEDIUM if self.weight >= LIKELY_FROM else Sure.LOW


@dataclass
class Traces:
    """By what a person is known: keys of crm.matching.addresses, folded words."""

    emails: set[str]
    phones: set[str]
    homes: set[tuple[str, str]]  # postcode, first line without its accents and spaces
    ordered: set[str]  # e-mails of orders
    names: list[frozenset[str]]

    @property
    def postcodes(self) -> set[str]:
        """Of all homes."""
        return {postcode for postcode, _line in self.homes if postcode}


def alike(customer: Customer, *, most: int = SHOWN) -> list[Likeness]:
    """Who else this customer may be, the likeliest first; nobody whom the team called somebody else."""
    mine = traces_of([customer])[customer.pk]
    ids = _found_by_index(customer, mine) - _told_apart(customer)
    others = list(Customer.objects.present().filter(pk__in=ids).exclude(pk=customer.pk)[:LOOKED_AT])
    theirs = traces_of(others)
    found = [Likeness(one, tuple(signs_of(mine, theirs[one.pk], customer, one))) for one in others]
    likely = [one for one in found if one.weight >= LEAST]
    return sorted(likely, key=lambda one: (-one.weight, one.customer.pk))[:most]


def traces_of(customers: Iterable[Customer]) -> dict[int, Traces]:
    """The traces of each. Three queries."""
    people = {one.pk: one for one in customers}
    emails: dict[int, set[str]] = defaultdict(set)
    phones: dict[int, set[str]] = defaultdict(set)
    ordered: dict[int, set[str]] = defaultdict(set)
    homes: dict[int, set[tuple[str, str]]] = defaultdict(set)
    names: dict[int, list[str]] = {pk: [one.name] for pk, one in people.items()}
    for one in people.values():
        phones[one.pk] |= {phone_key(one.phone), phone_key(one.other_phone)} - {""}
    for email in CustomerEmail.objects.filter(customer__in=people):
        emails[email.customer_id].add(canonical(email.address))
    for home in Address.objects.filter(customer__in=people, deleted_at=None):
        homes[home.customer_id].add((postcode_key(home.postcode), _line(home.line1)))
        phones[home.customer_id] |= {phone_key(home.phone), phone_key(home.mobile)} - {""}
        names[home.customer_id].append(f"{home.first_name} {home.last_name}")
    columns = ("customer", "email", "delivery_name", "delivery_postcode", "delivery_phone")
    rows = Order.objects.filter(customer__in=people).order_by().values_list(*columns).distinct()
    for pk, email, name, postcode, phone in rows[: LOOKED_AT * 10]:
        ordered[pk] |= {canonical(email)} if email else set()
        phones[pk] |= {phone_key(phone)} - {""}
        if postcode:
            homes[pk].add((postcode_key(postcode), ""))
        names[pk].append(name)
    return {
        pk: Traces(emails[pk], phones[pk], homes[pk], ordered[pk], names_of(dict.fromkeys(names[pk]))) for pk in people
    }


def _line(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


def _found_by_index(customer: Customer, mine: Traces) -> set[int]:
    """Who shares an address of e-mail, a telephone, the name, or name and postcode. Five queries."""
    boxes = mine.emails | mine.ordered
    found = set(_people(CustomerEmail.objects.filter(canonical__in=boxes)))
    spoken = {way for phone in mine.phones for way in ways_to_write(phone)}
    by_phone = Q(phone__in=spoken) | Q(other_phone__in=spoken)
    by_name = Q(last_name=customer.last_name, first_name=customer.first_name) if customer.last_name else Q(pk=None)
    found |= set(Customer.objects.filter(by_phone | by_name).values_list("pk", flat=True)[:LOOKED_AT])
    homes = Address.objects.filter(Q(phone__in=spoken) | Q(mobile__in=spoken), deleted_at=None)
    found |= set(_people(homes))
    found |= set(_people(Address.objects.filter(postcode__in=mine.postcodes, deleted_at=None).filter(_named(mine))))
    orders = Order.objects.filter(Q(email__in=boxes) | Q(delivery_phone__in=spoken)).exclude(customer=None)
    return found | set(_people(orders.order_by()))


def _people(rows: "object") -> Iterator[int]:
    yield from rows.values_list("customer", flat=True)[:LOOKED_AT]  # type: ignore[attr-defined]


def _named(mine: Traces) -> Q:
    """A row whose last name begins with a word of theirs."""
    wanted = Q(pk=None)
    for word in sorted({word for name in mine.names for word in name if len(word) >= 3})[:8]:
        wanted |= Q(last_name__icontains=word) | Q(first_name__icontains=word)
    return wanted


def ways_to_write(phone: str) -> set[str]:
    """How nine digits may stand on file: bare, with the country's code of the shop, in groups."""
    groups = f"{phone[:3]} {phone[3:6]} {phone[6:]}"
    return {phone, f"0{phone}", groups, *(f"+{code}{phone}" for code in ("34", "44", "33", "49", "39", "351"))}


def _told_apart(customer: Customer) -> set[int]:
    pairs = DifferentPeople.objects.filter(Q(one=customer) | Q(other=customer)).values_list("one", "other")
    return {pk for pair in pairs for pk in pair}


def signs_of(mine: Traces, theirs: Traces, one: Customer, other: Customer) -> Iterator[Sign]:
    """All that speaks for and against two records being one person's."""
    if same := mine.emails & theirs.emails:
        yield Sign(True, 9, _("The same e-mail: %(word)s"), min(same))
    elif same := (mine.emails & theirs.ordered) | (mine.ordered & theirs.emails) | (mine.ordered & theirs.ordered):
        yield Sign(True, 7, _("Ordered with the same e-mail: %(word)s"), min(same))
    if same := mine.phones & theirs.phones:
        yield Sign(True, 5, _("The same phone: %(word)s"), min(same))
    if {home for home in mine.homes if home[1]} & theirs.homes:
        yield Sign(True, 3.5, _("The same address"))
    elif same := mine.postcodes & theirs.postcodes:
        yield Sign(True, 1.5, _("The same postcode: %(word)s"), min(same))
    yield from _names(mine, theirs, other)
    if one.birthday and other.birthday:
        if one.birthday == other.birthday:
            yield Sign(True, 3, _("The same birthday"))
        else:
            yield Sign(False, -4, _("Another birthday"))


def _names(mine: Traces, theirs: Traces, other: Customer) -> Iterator[Sign]:
    """How much the best pair of names has in common."""
    if not mine.names or not theirs.names:
        return
    best = max((_in_common(one, two), -len(one ^ two)) for one in mine.names for two in theirs.names)[0]
    if best >= 2:
        yield Sign(True, 3.5, _("The same name: %(word)s"), other.name)
    elif best == 1:
        yield Sign(True, 1, _("Part of the name: %(word)s"), other.name)
    else:
        yield Sign(False, -2.5, _("Another name: %(word)s"), other.name)


def _in_common(one: frozenset[str], two: frozenset[str]) -> int:
    return sum(any(is_near(word, other) or _short_for(word, other) for other in two) for word in one)


def _short_for(word: str, other: str) -> bool:
    """As "fdez." is for "fernandez"."""
    short, full = sorted((word.rstrip("."), other.rstrip(".")), key=len)
    return 3 <= len(short) < len(full) and short[0] == full[0] and short[-1] == full[-1] and _in_order(short, full)


def _in_order(short: str, full: str) -> bool:
    letters = iter(full)
    return all(letter in letters for letter in short)
