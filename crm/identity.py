"""One person, several records: who else a customer may be, and why. Suggests only; nothing is merged by itself.

A fixed number of queries by indexed columns; what those find is compared in full.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.emails import canonical
from crm.matching.addresses import phone_key, postcode_key
from crm.matching.reading import names_of
from crm.matching.reasons import Sure
from crm.matching.words import is_near
from crm.models import Address, Customer, CustomerEmail, CustomerWords, DifferentPeople, Order
from search.folding import fold, name_key

SHOWN, LOOKED_AT = 5, 200
SURE_FROM, LIKELY_FROM, LEAST = 8.0, 5.0, 3.0
ASKED_FIRST, ASKED_FROM = 3, 2.0  # of somebody who is about to be entered: to ask costs less than a second record


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

    name: str = ""
    birthday: date | None = None
    written: set[str] = field(default_factory=set)  # e-mails as they stand on file
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    homes: set[tuple[str, str]] = field(default_factory=set)  # postcode, first line without its accents and spaces
    ordered: set[str] = field(default_factory=set)  # e-mails of orders
    names: list[frozenset[str]] = field(default_factory=list)

    @property
    def postcodes(self) -> set[str]:
        """Of all homes."""
        return {postcode for postcode, _line in self.homes if postcode}


def alike(customer: Customer, *, most: int = SHOWN) -> list[Likeness]:
    """Who else this customer may be, the likeliest first; nobody whom the team called somebody else."""
    mine = traces_of([customer])[customer.pk]
    return _like(mine, besides={customer.pk, *_told_apart(customer)}, least=LEAST)[:most]


def resembling(*, first_name: str, last_name: str, email: str, phone: str) -> list[Likeness]:
    """Who on file somebody may be of whom only this is known: asked before a record is made twice."""
    name, box = f"{first_name} {last_name}".strip(), email.strip().lower()
    known = Traces(
        name=name,
        written={box} - {""},
        emails={canonical(box)} if box else set(),
        phones={phone_key(phone)} - {""},
        names=names_of([name]),
    )
    return _like(known, besides=set(), least=ASKED_FROM)[:ASKED_FIRST]


def _like(mine: Traces, *, besides: set[int], least: float) -> list[Likeness]:
    ids = _found_by_index(mine) - besides
    others = list(Customer.objects.present().filter(pk__in=ids).prefetch_related("emails")[:LOOKED_AT])
    theirs = traces_of(others)
    found = [Likeness(one, tuple(signs_of(mine, theirs[one.pk]))) for one in others]
    likely = [one for one in found if one.weight >= least]
    return sorted(likely, key=lambda one: (-one.weight, one.customer.pk))


def traces_of(customers: Iterable[Customer]) -> dict[int, Traces]:
    """The traces of each. Three queries."""
    people = {one.pk: one for one in customers}
    found = {pk: Traces(one.name, one.birthday, phones=_keys(one.phone, one.other_phone)) for pk, one in people.items()}
    names: dict[int, list[str]] = {pk: [one.name] for pk, one in people.items()}
    for email in CustomerEmail.objects.filter(customer__in=people):
        found[email.customer_id].written.add(email.address)
        found[email.customer_id].emails.add(canonical(email.address))
    for home in Address.objects.filter(customer__in=people, deleted_at=None):
        found[home.customer_id].homes.add((postcode_key(home.postcode), _line(home.line1)))
        found[home.customer_id].phones |= _keys(home.phone, home.mobile)
        names[home.customer_id].append(f"{home.first_name} {home.last_name}")
    columns = ("customer", "email", "delivery_name", "delivery_postcode", "delivery_phone")
    rows = Order.objects.filter(customer__in=people).order_by().values_list(*columns).distinct()
    for pk, email, name, postcode, phone in rows[: LOOKED_AT * 10]:
        found[pk].written |= {email.lower()} - {""}
        found[pk].ordered |= {canonical(email)} if email else set()
        found[pk].phones |= _keys(phone)
        if postcode:
            found[pk].homes.add((postcode_key(postcode), ""))
        names[pk].append(name)
    for pk, traces in found.items():
        traces.names = names_of(dict.fromkeys(names[pk]))
    return found


def _keys(*phones: str) -> set[str]:
    return {phone_key(phone) for phone in phones} - {""}


def _line(text: str) -> str:
    return "".join(letter for letter in fold(text) if letter.isalnum())


def _found_by_index(mine: Traces) -> set[int]:
    """Who shares an address of e-mail, a telephone, the name, or name and postcode. Six queries."""
    boxes = mine.emails | mine.ordered
    found = set(_people(CustomerEmail.objects.filter(canonical__in=boxes)))
    spoken = {way for phone in mine.phones for way in ways_to_write(phone)}
    by_phone = Q(phone__in=spoken) | Q(other_phone__in=spoken)
    found |= set(Customer.objects.filter(by_phone).values_list("pk", flat=True)[:LOOKED_AT])
    if key := name_key(mine.name):
        found |= set(_people(CustomerWords.objects.filter(key=key)))
    homes = Address.objects.filter(Q(phone__in=spoken) | Q(mobile__in=spoken), deleted_at=None)
    found |= set(_people(homes))
    found |= set(_people(Address.objects.filter(postcode__in=mine.postcodes, deleted_at=None).filter(_named(mine))))
    orders = Order.objects.filter(Q(email__in=boxes | mine.written) | Q(delivery_phone__in=spoken))
    return found | set(_people(orders.exclude(customer=None).order_by()))


def _people(rows: QuerySet) -> Iterator[int]:
    yield from rows.values_list("customer", flat=True)[:LOOKED_AT]


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


def signs_of(mine: Traces, theirs: Traces) -> Iterator[Sign]:
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
    yield from _names(mine, theirs)
    if mine.birthday and theirs.birthday:
        if mine.birthday == theirs.birthday:
            yield Sign(True, 3, _("The same birthday"))
        else:
            yield Sign(False, -4, _("Another birthday"))


def _names(mine: Traces, theirs: Traces) -> Iterator[Sign]:
    """How much the best pair of names has in common."""
    if not mine.names or not theirs.names:
        return
    best = max((_in_common(one, two), -len(one ^ two)) for one in mine.names for two in theirs.names)[0]
    if best >= 2:
        yield Sign(True, 3.5, _("The same name: %(word)s"), theirs.name)
    elif best == 1:
        yield Sign(True, 1, _("Part of the name: %(word)s"), theirs.name)
    else:
        yield Sign(False, -2.5, _("Another name: %(word)s"), theirs.name)


def _in_common(one: frozenset[str], two: frozenset[str]) -> int:
    return sum(any(is_near(word, other) or _short_for(word, other) for other in two) for word in one)


def _short_for(word: str, other: str) -> bool:
    """As "fdez." is for "fernandez"."""
    short, full = sorted((word.rstrip("."), other.rstrip(".")), key=len)
    return 3 <= len(short) < len(full) and short[0] == full[0] and short[-1] == full[-1] and _in_order(short, full)


def _in_order(short: str, full: str) -> bool:
    letters = iter(full)
    return all(letter in letters for letter in short)
