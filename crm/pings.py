"""Tell open browsers what changed about a customer or a cart. Imports no models."""

from live import wire

CARTS = "carts"  # the group of those who look at the list


def cart_changed(cart_id: int, customer_id: int | None) -> None:
    """This cart changed: for its own page, its customer's pages and the list. A nameless one has no customer's."""
    wire.send(f"cart-{cart_id}", "cart")
    if customer_id is not None:
        wire.send(f"customer-{customer_id}", "cart")
    carts_changed()


def carts_changed() -> None:
    """Some cart changed: for the list."""
    wire.send(CARTS, "cart")


def customer_changed(customer_id: int) -> None:
    """Something of this customer's record changed."""
    wire.send(f"customer-{customer_id}", "customer")
