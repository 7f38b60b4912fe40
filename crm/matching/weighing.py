"""How well one cart fits what was said: each fact counts by how seldom it would fit by chance.

Weights are natural logarithms of "as likely for the right cart as for any other": 0 says nothing, 4.6 is a hundred
times. How often a fact fits by chance is counted among the shop's own carts where that can be (`Crowd`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from difflib import SequenceMatcher
from ipaddress import ip_network
from math import log

from crm.emails import canonical
from crm.matching import addresses
from crm.matching.amounts import Amount
from crm.matching.days import Days
from crm.matching.reading import Facts, names_of
from crm.matching.reasons import Reason
from crm.matching.vocabulary import Vocabulary, stems_of
from crm.matching.words import is_near, words_of
from search.folding import fold

# How often the right cart fits a fact that was said, though people slip and guess.
SAID_TOTAL, SAID_DAY, SAID_WORD, SAID_CHARGED = 0.8, 0.7, 0.85, 0.6
UNSEEN = 50
USUAL_TOTAL, USUAL_ABOUT, USUAL_DAY, USUAL_WORD, USUAL_POSTCODE, USUAL_CHARGED = 0.005, 0.03, 0.06, 0.03, 0.01, 0.05
IDENTITY = {"name", "email", "email_alike", "phone", "ip"}
STORY = {"amount", "amount_about", "day", "products"}


@dataclass(frozen=True)
class Weight:
    """What one fact says of one cart."""

    value: float
    reason: Reason


@dataclass(slots=True)
class Look:
    """What is looked at of a cart. `lines` are name, unit price and sum of each."""

    pk: int
    customer_id: int | None
    total: Decimal
    total_products: Decimal
    currency: str
    changed_at: datetime
    is_charged: bool
    step: str
    name: str
    email: str
    phone: str
    postcode: str
    city: str
    user_agent: str
    ip_address: str | None
    lines: list[tuple[str, Decimal, Decimal]] = field(default_factory=list)


@dataclass
class Crowd:
    """All carts without an owner of these weeks: how many there are, and how many fit a fact by chance."""

    size: int
    vocabulary: Vocabulary
    zone: tzinfo
    charged: int = 0
    totals: dict[Amount, int] = field(default_factory=dict)
    days: dict[Days, int] = field(default_factory=dict)
    postcodes: dict[str, int] = field(default_factory=dict)
    meant: set[str] = field(default_factory=set)  # words of products that the complaint means
    as_said: list[str] = field(default_factory=list)  # a few of them as they were written
    _words: dict[frozenset[str], float] = field(default_factory=dict)

    def share(self, others: int, usual: float) -> float:
        """How often something fits by chance that fits so many others; `usual` is how often where we have not seen it.

        A small crowd knows little: it counts beside fifty carts of the usual kind.
        """
        return min((max(others, 0) + UNSEEN * usual) / (self.size + UNSEEN), 0.9)

    def day_of(self, at: datetime) -> date:
        """The shop's day of a time."""
        return at.astimezone(self.zone).date()

    def share_of_words(self, together: frozenset[str]) -> float:
        """How often these words of products stand together in a cart."""
        if together not in self._words:
            self._words[together] = self.share(self.vocabulary.lines_with(together) - 1, USUAL_WORD)
        return self._words[together]


def weights_of(cart: Look, facts: Facts, crowd: Crowd) -> list[Weight]:
    """All that speaks for and against a cart."""
    return [
        *_money(cart, facts, crowd),
        *_day(cart, facts, crowd),
        *_products(cart, facts, crowd),
        *name(cart, facts),
        *email(cart, facts),
        *phone(cart, facts),
        *place(cart, facts, crowd),
        *device(cart, facts),
        *_time(cart, facts, crowd),
        *_known(cart, facts, crowd),
    ]


def _against(said: float, share: float) -> float:
    return log((1 - said) / (1 - min(share, 0.9)))


def _money(cart: Look, facts: Facts, crowd: Crowd) -> Iterator[Weight]:
    if not facts.amounts:
        return
    fitting = [one for one in facts.amounts if one.fits(cart.total) or one.fits(cart.total_products)]
    if fitting:
        best = min(fitting, key=lambda one: one.slack)
        kind = "amount" if best.is_exact else "amount_about"
        share = crowd.share(crowd.totals.get(best, 0) - 1, USUAL_TOTAL if best.is_exact else USUAL_ABOUT)
        yield Weight(log(SAID_TOTAL / share), Reason(kind, True, {"amount": (cart.total, cart.currency)}))
        return
    prices = {price for _, *both in cart.lines for price in both}
    if said := next((one for one in facts.amounts if one.is_exact and one.value in prices), None):
        yield Weight(0.7, Reason("amount_line", True, {"amount": (said.value, cart.currency)}))
        return
    against = {"amount": (facts.amounts[0].value, cart.currency)}
    yield Weight(_against(SAID_TOTAL, 0.05), Reason("amount_other", False, against))


def _day(cart: Look, facts: Facts, crowd: Crowd) -> Iterator[Weight]:
    if not facts.days:
        return
    on: date = crowd.day_of(cart.changed_at)
    said = min(facts.days, key=lambda one: (one.distance(on), one.last - one.first))
    off = said.distance(on)
    share = crowd.share(crowd.days.get(said, 0) - (not off), USUAL_DAY)
    if not off:
        yield Weight(log(SAID_DAY / share), Reason("day", True, {"day": on}))
    elif off == 1:
        yield Weight(log(0.18 / max(share, 0.02)), Reason("day_near", True, {"day": said.first}))
    else:
        yield Weight(log(0.12), Reason("day_other", False, {"day": said.first}))


def _products(cart: Look, facts: Facts, crowd: Crowd) -> Iterator[Weight]:
    if not crowd.meant:
        return
    found: dict[str, frozenset[str]] = {}
    for title, *_ in cart.lines:
        if same := crowd.meant & stems_of(title):
            found[title] = frozenset(same)
    named = frozenset().union(*found.values()) if found else frozenset()
    missing = crowd.meant - named
    value = sum(log(SAID_WORD / crowd.share_of_words(together)) for together in _once(found.values()))
    value += max(sum(_against(SAID_WORD, crowd.share_of_words(frozenset({word}))) for word in missing), -3.5)
    if found:
        yield Weight(value, Reason("products", True, {"names": ", ".join(found)}))
    else:
        yield Weight(value, Reason("products_other", False, {"names": ", ".join(crowd.as_said)}))


def _once(groups: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Groups of words, without what an earlier, larger group said already."""
    kept: list[frozenset[str]] = []
    for group in sorted(set(groups), key=lambda one: (-len(one), sorted(one))):
        rest = group - frozenset().union(*kept) if kept else group
        if rest:
            kept.append(rest)
    return kept


def name(cart: Look, facts: Facts) -> Iterator[Weight]:
    """The name that was typed, beside those of who wrote."""
    for typed in names_of([cart.name]):
        known = [(sum(any(is_near(one, word) for word in said) for one in typed), said) for said in facts.names]
        same = max((count for count, _ in known), default=0)
        words = {"name": cart.name}
        signed = len(typed) > 1 and typed <= facts.spoken
        if same >= 2 or signed:
            yield Weight(7.0, Reason("name", True, words))
        elif same or (len(typed) > 1 and any(len(one) > 3 and _in_box(one, facts) for one in typed)):
            yield Weight(3.0, Reason("name_part", True, words))
        elif facts.names:
            yield Weight(-2.0, Reason("name_other", False, words))


def _in_box(word: str, facts: Facts) -> bool:
    return any(word in known.partition("@")[0] for known in facts.emails)


def email(cart: Look, facts: Facts) -> Iterator[Weight]:
    """The address that was typed, beside theirs."""
    if not cart.email or not facts.emails:
        return
    typed = canonical(cart.email)
    words = {"email": cart.email}
    if typed in facts.emails:
        yield Weight(10.0, Reason("email", True, words))
    elif any(_alike(typed, known) for known in facts.emails):
        yield Weight(6.0, Reason("email_alike", True, words))
    else:
        yield Weight(-1.5, Reason("email_other", False, words))


def _alike(one: str, other: str) -> bool:
    """The same box at another house, or a slip of the finger."""
    local, _, house = one.replace(".", "").partition("@")
    its, _, its_house = other.replace(".", "").partition("@")
    if local == its:
        return len(local) >= 5 and local not in addresses.SHARED
    return house == its_house and len(local) >= 5 and SequenceMatcher(None, local, its).ratio() >= 0.9


def phone(cart: Look, facts: Facts) -> Iterator[Weight]:
    """The telephone that was typed, beside theirs."""
    typed = addresses.phone_key(cart.phone)
    if not typed or not facts.phones:
        return
    if typed in facts.phones:
        yield Weight(9.0, Reason("phone"))
    else:
        yield Weight(-1.0, Reason("phone_other", False))


def place(cart: Look, facts: Facts, crowd: Crowd) -> Iterator[Weight]:
    """The postcode or town that was typed, beside those said and those on file."""
    typed = addresses.postcode_key(cart.postcode)
    if typed and typed in facts.postcodes | facts.home:
        share = max(crowd.share(crowd.postcodes.get(typed, 0) - 1, USUAL_POSTCODE), 0.002)
        yield Weight(log(0.8 / share), Reason("postcode", True, {"postcode": cart.postcode}))
    elif typed and facts.home:
        yield Weight(-0.8, Reason("postcode_other", False, {"postcode": cart.postcode}))
    elif (city := words_of(fold(cart.city))) and set(city) <= facts.spoken:
        yield Weight(1.8, Reason("city", True, {"city": cart.city}))


def device(cart: Look, facts: Facts) -> Iterator[Weight]:
    """Browser and connection."""
    if cart.ip_address and facts.ips:
        if cart.ip_address in facts.ips:
            yield Weight(4.5, Reason("ip"))
        elif any(_network(cart.ip_address) == _network(ip) for ip in facts.ips):
            yield Weight(1.2, Reason("network"))
    if cart.user_agent and facts.browsers:
        if cart.user_agent in facts.browsers:
            yield Weight(1.0, Reason("browser"))
        else:
            yield Weight(-0.4, Reason("browser_other", False))


def _network(ip: str) -> object:
    return ip_network(f"{ip}/{48 if ':' in ip else 24}", strict=False)


def _time(cart: Look, facts: Facts, crowd: Crowd) -> Iterator[Weight]:
    days = max((crowd.day_of(facts.at) - crowd.day_of(cart.changed_at)).days, 0)
    if days <= 10:
        yield Weight(0.9, Reason("soon", None, {"days": days}))
    else:
        yield Weight(-0.5 if days <= 20 else -1.5, Reason("late", False))


def _known(cart: Look, facts: Facts, crowd: Crowd) -> Iterator[Weight]:
    """What is good to know of the cart itself, whatever was said."""
    if cart.is_charged:
        share = max(crowd.share(crowd.charged - 1, USUAL_CHARGED), 0.05)
        yield Weight(log(SAID_CHARGED / share), Reason("charged", None))
    elif cart.step:
        yield Weight(-0.5, Reason("step", None, {"step": cart.step}))
    else:
        yield Weight(-0.5, Reason("", None))
    if cart.customer_id and cart.customer_id != facts.customer:
        yield Weight(-2.0, Reason("owner", False))
