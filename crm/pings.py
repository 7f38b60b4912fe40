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


def carts_changed(customers: Iterable[int | None]) -> None:
    """Carts of these customers changed: once each and once for the list, after the commit."""
    _soon(customers, "cart")
    transaction.on_commit(cart_list_changed)


def customers_changed(customers: Iterable[int | None]) -> None:
    """The records of these customers changed, or their orders: once each, after the commit."""
    _soon(customers, "customer")


def _soon(customers: Iterable[int | None], what: str) -> None:
    groups = [f"customer-{pk}" for pk in set(customers) if pk is not None]

    def tell() -> None:
        for group in groups:
            wire.send(group, what)

    transaction.on_commit(tell)


def customer_changed(customer_id: int) -> None:
    """Something of this customer's record changed."""
    wire.send(f"customer-{customer_id}", "customer")
