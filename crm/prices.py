"""How a customer sees prices: by the discounts, the VAT and the permission of their group. Amounts stay as stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

from crm.models import CustomerGroup, PriceDisplay

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


class Priced(Protocol):
    """A line of a cart or of an order: its unit price has the tax in it."""

    name: str
    category: str
    quantity: int
    unit_price: Decimal
    tax_rate: Decimal


@dataclass(frozen=True)
class SeenLine:
    """A line as the customer sees it: `unit` and `total`, with what was taken off in percent."""

    line: Any
    unit: Decimal
    percent: Decimal

    @property
    def total(self) -> Decimal:
        """Quantity times what one costs."""
        return self.line.quantity * self.unit

    @property
    def is_reduced(self) -> bool:
        """A discount was taken off."""
        return bool(self.percent)


@dataclass(frozen=True)
class Seen:
    """Lines as a customer of a group sees them.

    `without_tax`: no VAT is in the prices. `is_hidden`: the shop shows this customer no prices at all; those here
    are what they would be.
    """

    lines: list[SeenLine]
    without_tax: bool = False
    is_hidden: bool = False

    @property
    def total(self) -> Decimal:
        """What the lines come to."""
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def percents(self) -> list[Decimal]:
        """The discounts taken off, each once, the largest first."""
        return sorted({line.percent for line in self.lines if line.percent}, reverse=True)

    @property
    def is_special(self) -> bool:
        """The customer sees something else than the shop's plain prices."""
        return self.is_hidden or self.without_tax or bool(self.percents)


def seen_in_cart(lines: Iterable[Priced], group: CustomerGroup | None) -> Seen:
    """What is offered: the group's discounts are taken off."""
    return _seen(list(lines), group, is_offer=True)


def seen_in_order(lines: Iterable[Priced], group: CustomerGroup | None) -> Seen:
    """What was sold: the prices were agreed on, a discount of today changes none of them."""
    return _seen(list(lines), group, is_offer=False)


def _discounts(group: CustomerGroup) -> dict[str, Decimal]:
    """In percent, by category: each replaces the group's general one, which products without a category have too."""
    return {one.category.casefold(): one.discount for one in group.own_discounts if one.category}


def _seen(lines: list[Priced], group: CustomerGroup | None, *, is_offer: bool) -> Seen:
    if group is None:
        return Seen([SeenLine(line, line.unit_price, Decimal(0)) for line in lines])
    # Where the shop told no rate, the price is shown as it came rather than called free of VAT.
    without = group.price_display == PriceDisplay.WITHOUT_TAX and any(line.tax_rate for line in lines)
    discounts, usual = (_discounts(group), group.discount) if is_offer else ({}, Decimal(0))
    seen = []
    for line in lines:
        percent = discounts.get(line.category.strip().casefold(), usual)
        price = line.unit_price * (HUNDRED - percent) / HUNDRED
        if without:
            price = price * HUNDRED / (HUNDRED + line.tax_rate)
        seen.append(SeenLine(line, price.quantize(CENT, ROUND_HALF_UP), percent))
    return Seen(seen, without_tax=without, is_hidden=not group.show_prices)
