"""What somebody wrote, as facts to compare with carts. Pure, and linear in what was written."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from crm.emails import canonical
from crm.matching import addresses, words
from crm.matching.amounts import Amount, amounts_in
from crm.matching.complaint import Complaint
from crm.matching.days import Days, days_in
from search.folding import fold

MOST_LETTERS = 20_000  # of all that somebody wrote; a complaint says what it is about in its first lines
MOST_WORDS = 600


@dataclass(frozen=True)
class Facts:
    """What was said, and what is known of who said it. Words are folded; keys are as crm.matching.addresses makes."""

    at: datetime
    words: tuple[str, ...] = ()
    amounts: tuple[Amount, ...] = ()
    days: tuple[Days, ...] = ()
    names: tuple[frozenset[str], ...] = ()
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    postcodes: frozenset[str] = frozenset()  # said in the text: may be any number of five digits
    home: frozenset[str] = frozenset()  # on file
    browsers: frozenset[str] = frozenset()
    ips: frozenset[str] = frozenset()
    customer: int | None = None
    asks: bool = True  # for something bought
    has_orders: bool = False  # of late, that it may be about just as well
    spoken: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        """Words as a set."""
        object.__setattr__(self, "spoken", frozenset(self.words))


def read(complaint: Complaint, *, zone: tzinfo) -> Facts:
    """The facts in a complaint; days are those of the shop's `zone`."""
    text = " \n ".join(complaint.texts)[:MOST_LETTERS]
    folded = fold(text)
    today: date = complaint.at.astimezone(zone).date()
    said = list(dict.fromkeys(words.words_of(folded)))[:MOST_WORDS]
    return Facts(
        at=complaint.at,
        words=tuple(said),
        amounts=tuple(amounts_in(folded)),
        days=tuple(days_in(folded, today=today)),
        names=tuple(names_of([complaint.name])),
        emails=frozenset(map(canonical, complaint.addresses)) | addresses.emails_in(text),
        phones=frozenset(addresses.phones_in(text)),
        postcodes=frozenset(addresses.postcodes_in(text)),
        browsers=frozenset(one for one in [complaint.user_agent] if one),
        ips=frozenset(one for one in [complaint.ip] if one),
        customer=complaint.customer,
        asks=words.asks_for_something_bought(said),
    )


def names_of(full_names: Iterable[str]) -> list[frozenset[str]]:
    """Names as sets of folded words, initials left out."""
    found = (frozenset(word for word in fold(name).replace("-", " ").split() if len(word) > 1) for name in full_names)
    return [name for name in dict.fromkeys(found) if name]
