"""Which carts without an owner a complaint may be about: found by index, weighed, and the likeliest few returned.

A fixed number of queries, whatever is on file. From all carts the few hundred are taken that fit best by what a
database can compare (amount, day, product, postcode, and what tells who it is); only those are weighed in full.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from math import exp, log
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db import models
from django.utils import timezone

from crm.emails import canonical
from crm.matching import addresses
from crm.matching.complaint import Complaint
from crm.matching.reading import Facts, names_of, read
from crm.matching.reasons import Reason, Sure
from crm.matching.vocabulary import Vocabulary
from crm.matching.weighing import IDENTITY, STORY, UNSEEN, Crowd, Look, Weight, weights_of
from crm.models import Address, Cart, CartLine, Customer, CustomerEmail, Order, Shop, Visit

WITHIN = timedelta(days=60)  # who waits longer for a parcel than this?
AFTER = timedelta(minutes=30)  # clocks differ
WEIGHED, BY_IDENTITY, OWNED, NAMES = 150, 60, 40, 150
SHOWN, LEAST = 5, 0.01
SURE_FROM, LIKELY_FROM = 0.95, 0.35
TOGETHER = 0.01  # how often amount and products of two carts are the same together
TELLING = IDENTITY | {"amount", "amount_about", "amount_line", "postcode"}
LATELY = timedelta(days=30)
TOLD_TOGETHER = {"amount", "amount_about", "amount_line", "products"}
VOCABULARY_FOR = 60  # seconds
COLUMNS = (
    *("pk", "customer_id", "total", "total_products", "currency", "changed_at", "is_charged", "step"),
    *("name", "email", "phone", "postcode", "city", "user_agent", "ip_address"),
)


@dataclass(frozen=True)
class Candidate:
    """A cart that somebody may be missing. `chance` is from 0 to 1."""

    cart: Cart
    chance: float
    sure: Sure
    reasons: tuple[Reason, ...]

    @property
    def lines(self) -> list[str]:
        """What lies in it."""
        return [str(line) for line in self.cart.lines.all()]


def candidates_for(complaint: Complaint, *, refused: Iterable[int] = (), most: int = SHOWN) -> list[Candidate]:
    """The carts that fit best, the likeliest first; none where nothing speaks for any. `refused` are ids left out."""
    kept = Cart.objects.filter(order=None, changed_at__range=(complaint.at - WITHIN, complaint.at + AFTER))
    kept = kept.exclude(item_count=0, total=0).exclude(pk__in=list(refused))
    if not kept.filter(models.Q(customer=None) | models.Q(is_charged=True)).exists():
        return []
    zone = zone_of_shop()
    facts = with_known(read(complaint, zone=zone))
    crowd = crowd_for(facts, kept.nameless(), zone)
    weighed = [(look, weights_of(look, facts, crowd)) for look in chosen(facts, crowd, kept)]
    return judged(weighed, crowd, facts, most=most)


def zone_of_shop() -> tzinfo:
    """Where the shop's days begin and end: the first shop's time zone, else that of the page."""
    name = Shop.objects.values_list("time_zone", flat=True).first()
    try:
        return ZoneInfo(name) if name else timezone.get_current_timezone()
    except (KeyError, ValueError, OSError):
        return timezone.get_current_timezone()


def with_known(facts: Facts) -> Facts:
    """The facts with what is on file of the customer who wrote: names, addresses, phones, devices."""
    if facts.customer is None:
        return facts
    person = Customer.objects.filter(pk=facts.customer).first()
    if person is None:
        return facts
    homes = list(Address.objects.filter(customer=person, deleted_at=None)[:20])
    visits = Visit.objects.filter(customer=person).values_list("user_agent", "ip_address")[:20]
    emails = CustomerEmail.objects.filter(customer=person).values_list("address", flat=True)
    names = [person.name, *(f"{home.first_name} {home.last_name}" for home in homes)]
    phones = [person.phone, person.other_phone, *(phone for home in homes for phone in (home.phone, home.mobile))]
    return replace(
        facts,
        names=tuple(dict.fromkeys([*facts.names, *names_of(names)])),
        emails=facts.emails | {canonical(email) for email in emails},
        phones=facts.phones | ({addresses.phone_key(phone) for phone in phones} - {""}),
        home=frozenset(addresses.postcode_key(home.postcode) for home in homes if home.postcode),
        browsers=facts.browsers | {agent for agent, _ in visits if agent},
        ips=facts.ips | {ip for _, ip in visits if ip},
        has_orders=Order.objects.filter(customer=person, placed_at__gt=facts.at - LATELY).exists(),
    )


def vocabulary() -> Vocabulary:
    """The names of what lies in carts, with the number of lines; a minute old at most."""
    kept: Vocabulary | None = cache.get("cart-vocabulary")
    if kept is None:
        rows = CartLine.objects.order_by().values_list("name").annotate(count=models.Count("pk"))
        kept = Vocabulary(dict(rows))
        cache.set("cart-vocabulary", kept, VOCABULARY_FOR)
    return kept


def crowd_for(facts: Facts, nameless: models.QuerySet[Cart], zone: tzinfo) -> Crowd:
    """All carts without a customer, counted by each fact. One query."""
    counts: dict[str, Any] = {
        "size": models.Count("pk"),
        "charged": models.Count("pk", filter=models.Q(is_charged=True)),
        **{f"total_{n}": models.Count("pk", filter=_total_of(one)) for n, one in enumerate(facts.amounts)},
        **{f"day_{n}": models.Count("pk", filter=_on(one, zone)) for n, one in enumerate(facts.days)},
    }
    codes = sorted(facts.home | facts.postcodes)
    counts |= {f"code_{n}": models.Count("pk", filter=models.Q(postcode__iexact=one)) for n, one in enumerate(codes)}
    found = nameless.order_by().aggregate(**counts)
    words = vocabulary()
    return Crowd(
        size=found["size"],
        vocabulary=words,
        zone=zone,
        charged=found["charged"],
        totals={one: found[f"total_{n}"] for n, one in enumerate(facts.amounts)},
        days={one: found[f"day_{n}"] for n, one in enumerate(facts.days)},
        postcodes={one: found[f"code_{n}"] for n, one in enumerate(codes)},
        meant=words.meant_by(facts.words),
        as_said=words.as_said(facts.words, most=3),
    )


def _total_of(amount: Any) -> models.Q:
    edge = (amount.value - amount.slack, amount.value + amount.slack)
    return models.Q(total__range=edge)


def _on(days: Any, zone: tzinfo, *, slack: int = 0) -> models.Q:
    first = datetime.combine(days.first - timedelta(days=slack), time.min, zone).astimezone(UTC)
    last = datetime.combine(days.last + timedelta(days=slack), time.max, zone).astimezone(UTC)
    return models.Q(changed_at__range=(first, last))


def chosen(facts: Facts, crowd: Crowd, kept: models.QuerySet[Cart]) -> list[Look]:
    """The carts worth weighing: those that fit best by column, those that name somebody, those charged to somebody."""
    nameless = kept.filter(customer=None)
    best = nameless.annotate(fit=_fit(facts, crowd)).order_by("-fit", "-changed_at").values_list("pk", flat=True)
    others = kept.filter(is_charged=True).exclude(customer=None).order_by("-changed_at").values_list("pk", flat=True)
    ids = {*best[:WEIGHED], *others[:OWNED]}
    if who := _identity(facts):
        ids |= set(nameless.filter(who).order_by("-changed_at").values_list("pk", flat=True)[:BY_IDENTITY])
    return looks(ids)


def looks(ids: Iterable[int]) -> list[Look]:
    """These carts as they are weighed. Two queries."""
    found = {row[0]: Look(*row) for row in Cart.objects.filter(pk__in=ids).order_by().values_list(*COLUMNS)}
    lines = CartLine.objects.filter(cart__in=found).order_by("pk").values_list("cart", "name", "unit_price", "quantity")
    for cart_id, name, price, quantity in lines:
        found[cart_id].lines.append((name, price, price * quantity))
    return list(found.values())


def _fit(facts: Facts, crowd: Crowd) -> models.Expression:
    """A coarse sum of what fits, as the database works it out."""
    tests: list[tuple[models.Q, int]] = [(models.Q(is_charged=True), 1)]
    tests += [(_total_of(one), 4 if one.is_exact else 2) for one in facts.amounts]
    tests += [(models.Q(total_products=one.value), 3) for one in facts.amounts if one.is_exact]
    tests += [(_on(one, crowd.zone, slack=1), 2) for one in facts.days[:3]]
    names = crowd.vocabulary.names_with(crowd.meant, most=NAMES)
    for share, worth in ((0.6, 2), (0.0, 1)):
        telling = [name for name, value in names if value >= share * names[0][1]]
        if telling:
            tests.append((models.Q(pk__in=CartLine.objects.filter(name__in=telling).order_by().values("cart")), worth))
    cases = [models.Case(models.When(test, then=worth), default=0) for test, worth in tests]
    total: Any = models.Value(0)
    for case in cases:
        total = total + case
    return models.ExpressionWrapper(total, models.IntegerField())


def _identity(facts: Facts) -> models.Q:
    """Carts where somebody typed what tells who it is."""
    who = models.Q()
    if facts.emails:
        who |= models.Q(email__in=facts.emails)
    for email in sorted(facts.emails)[:5]:
        local = email.partition("@")[0]
        if len(local) >= 5 and local not in addresses.SHARED:
            who |= models.Q(email__istartswith=local)
    for phone in sorted(facts.phones)[:5]:
        who |= models.Q(phone__in=[phone, f"+34{phone}", f"0{phone}", f"{phone[:3]} {phone[3:6]} {phone[6:]}"])
    if facts.ips:
        who |= models.Q(ip_address__in=facts.ips)
    if codes := facts.home | facts.postcodes:
        who |= models.Q(postcode__in=codes)
    return who


def odds_of_none(facts: Facts) -> float:
    """How much likelier than not it is, before any cart was looked at, that it is about none of them."""
    return (1 if facts.asks else 20) * (4 if facts.has_orders else 1)


def judged(weighed: list[tuple[Look, list[Weight]]], crowd: Crowd, facts: Facts, *, most: int) -> list[Candidate]:
    """The carts that something telling speaks for, the likeliest first, each with its chance beside all and none.

    Amount and products are one story, not two: together they count no more than how few carts tell it as well.
    """
    stories = [sum(one.value for one in weights if one.reason.kind in TOLD_TOGETHER) for _, weights in weighed]
    ranked_stories, found = sorted(stories), []
    for (look, weights), story in zip(weighed, stories, strict=True):
        as_good = len(stories) - bisect_left(ranked_stories, story - 0.01)
        ceiling = log(0.75 * (crowd.size + UNSEEN) / (as_good - 1 + UNSEEN * TOGETHER))
        total = sum(one.value for one in weights) - max(story - ceiling, 0)
        found.append((exp(min(total, 30)) / max(crowd.size, 1), look, weights))
    everything = odds_of_none(facts) + sum(odds for odds, _, _ in found)
    found = [one for one in found if one[0] / everything >= LEAST and _is_telling(one[2], facts)]
    found.sort(key=lambda one: (-one[0], -one[1].changed_at.timestamp()))
    carts = _whole(look.pk for _, look, _ in found[:most])
    return [
        Candidate(carts[look.pk], odds / everything, _sure(odds / everything, weights), _told(weights))
        for odds, look, weights in found[:most]
    ]


def _is_telling(weights: list[Weight], facts: Facts) -> bool:
    """A day, a town or a kind of browser alone is no reason to look at a cart; nor a product in a mere question."""
    telling = TELLING | {"products"} if facts.asks else TELLING
    return any(one.reason.fits and one.reason.kind in telling for one in weights)


def _whole(ids: Iterable[int]) -> dict[int, Cart]:
    """These carts with all that is shown of them."""
    return Cart.objects.select_related("customer", "source").prefetch_related("lines").in_bulk(list(ids))


def _sure(chance: float, weights: list[Weight]) -> Sure:
    """High only where two things of different kinds fit, and nothing says that it is somebody else."""
    fits = {one.reason.kind for one in weights if one.reason.fits}
    against = {one.reason.kind for one in weights if one.reason.fits is False}
    many = len(fits & STORY) >= 2 or (fits & IDENTITY and len(fits) >= 2)
    if chance >= SURE_FROM and many and not against & {"owner", "name_other"}:
        return Sure.HIGH
    return Sure.MEDIUM if chance >= LIKELY_FROM else Sure.LOW


def _told(weights: list[Weight]) -> tuple[Reason, ...]:
    """What fits, the weightiest first, then what does not, then what is good to know."""
    order = {True: 0, False: 1, None: 2}
    known = [one for one in weights if one.reason.kind]
    ranked = sorted(known, key=lambda one: (order[one.reason.fits], -abs(one.value)))
    return tuple(one.reason for one in ranked)
