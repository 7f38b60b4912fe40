"""What the search finds in the shop's records."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm import finding
from crm.finding import Network


@dataclass(frozen=True)
class Records:
    """Ids of customers, orders or carts that were found, the best first. Unless `is_all` there are more."""

    ids: Sequence[int] = ()
    is_all: bool = True


def find_customers(typed: str, *, machine: Network | None = None, with_gone: bool = False) -> Records:
    """Customers by what was typed, or by the network that they visited from. Gone ones only if asked for."""
    found = finding.customers_from(machine) if machine else finding.customers(typed, with_gone=with_gone)
    return Records(finding.present(found, with_gone=with_gone), found.is_all)


def find_orders(typed: str) -> Records:
    """Orders by what was typed."""
    found = finding.orders(typed)
    return Records(found.ids, found.is_all)


def find_carts(typed: str, *, machine: Network | None = None) -> Records:
    """Carts by what was typed, or by the network that they were filled from."""
    found = finding.carts_from(machine) if machine else finding.carts(typed)
    return Records(found.ids, found.is_all)


show_customers, show_orders, show_carts = finding.show_customers, finding.show_orders, finding.show_carts
order_called, nearest_order = finding.order_called, finding.nearest_order
