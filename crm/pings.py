"""Tell open browsers what changed about a customer or a cart. Imports no models."""

from collections.abc import Iterable

from django.db import transaction

from live import wire

CARTS = "carts"  # the group of those who look at the list


def cart_changed(cart_id: int, customer_id: int | None) -> None:
    """This cart changed: for its own page, its customer's pages and the list. A nameless one has no customer's."""
    wire.send(f"cart-{cart_id}", "cart")
    if customer_id is not None:
        wire.send(f"customer-{customer_id}", "cart")
    cart_list_changed()


def cart_list_changed() -> None:
    """Some cart changed: for the list."""
    wire.send(CARTS, "cart")


def carts_changed(carts: Iterable[tuple[int, int | None]]) -> None:
    """These carts, each with its customer, changed: each page hears of it once, after the commit."""
    pairs = list(carts)
    _soon([*(f"cart-{cart}" for cart, _customer in pairs), *_pages(customer for _cart, customer in pairs)], "cart")
    transaction.on_commit(cart_list_changed)


def customers_changed(customers: Iterable[int | None]) -> None:
    """The records of these customers changed, or their orders: once each, after the commit."""
    _soon(_pages(customers), "customer")


def _pages(customers: Iterable[int | None]) -> list[str]:
    return [f"customer-{pk}" for pk in set(customers) if pk is not None]


def _soon(groups: list[str], what: str) -> None:
    def tell() -> None:
        for group in groups:
            wire.send(group, what)

    transaction.on_commit(tell)
