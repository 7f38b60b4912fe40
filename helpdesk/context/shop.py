"""The shops that tell us of all this, and hear of it."""

from collections.abc import Mapping
from typing import Any

from crm import outbound
from crm.models import Customer, Order, RecordSettings, Shop


def is_wanted(event: str) -> bool:
    """Whether any shop asked to be told of such an event; costs no query while that is known."""
    return outbound.is_wanted(event)


def announce(event: str, data: Mapping[str, Any], *, shop: Shop | None) -> None:
    """Tell a shop, or all of them, of an event: written down in this transaction and sent afterwards."""
    outbound.announce(event, data, shop=shop)


def shop_of(record: Customer | Order | None) -> Shop | None:
    """The shop that told us of a customer or an order."""
    return record.source if record else None


def main_currency() -> str:
    """The currency that what a customer spent is counted in."""
    return RecordSettings.load().currency
