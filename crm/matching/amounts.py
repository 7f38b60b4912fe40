"""Amounts of money in a text: "64,90 €", "1.234,50", "unos 40 euros". Pure; linear time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

MOST = 6
CURRENCY = r"(?:€|\$|£|eur(?:os?)?|usd|gbp|dollars?|dolares|pounds?|libras|pesos)"
NUMBER = r"(?P<whole>\d{1,3}(?:[.,'\u00a0\u202f ]\d{3}){1,2}|\d{1,7})(?:(?P<point>[.,'])(?P<cents>\d{1,2}))?"
AMOUNT = re.compile(
    rf"(?<![\w.,/:-])(?P<before>{CURRENCY}\s?)?{NUMBER}(?![\d])(?P<after>\s?{CURRENCY}(?![a-z]))?(?![.,:/-]?\d)"
)
ABOUT = re.compile(
    r"(?:unos|unas|sobre|casi|aprox\w{0,12}\.?|mas o menos|about|around|almost|roughly|some|etwa|ca\.|circa"
    r"|ungefahr|environ|presque)\s{1,3}(?:de\s|los\s)?$"
)
ABOUT_SHARE, WHOLE_SLACK = Decimal("0.1"), Decimal("0.99")


@dataclass(frozen=True)
class Amount:
    """What somebody says it cost, and how far off they may be."""

    value: Decimal
    slack: Decimal = Decimal(0)

    def fits(self, total: Decimal) -> bool:
        """Whether they may mean this total."""
        return abs(total - self.value) <= self.slack

    @property
    def is_exact(self) -> bool:
        """Said to the cent."""
        return not self.slack


def amounts_in(folded: str) -> list[Amount]:
    """The amounts of a folded text, each once; bare whole numbers are none."""
    return list(dict.fromkeys(_found(folded)))[:MOST]


def _found(folded: str) -> Iterator[Amount]:
    for match in AMOUNT.finditer(folded):
        marked, cents = match["before"] or match["after"], match["cents"] or ""
        if not marked and (len(cents) != 2 or _may_be_day(match)):
            continue
        whole = re.sub(r"\D", "", match["whole"])
        value = Decimal(f"{whole}.{cents or 0}")
        if not value:
            continue
        if ABOUT.search(folded[max(0, match.start() - 24) : match.start()]):
            yield Amount(value, (value * ABOUT_SHARE).quantize(Decimal("0.01")))
        else:
            yield Amount(value, Decimal(0) if cents else WHOLE_SLACK)


def _may_be_day(match: re.Match[str]) -> bool:
    """Whether it looks as much like a day and a month, as 14.10 does."""
    return (
        match["point"] == "." and len(match["whole"]) <= 2 and int(match["whole"]) <= 31 and int(match["cents"]) <= 12
    )
