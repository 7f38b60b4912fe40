"""Tell open browsers what changed about a customer. Imports no models."""

from live import wire


def cart_changed(customer_id: int | None) -> None:
    """A cart of this customer changed; nothing is said of nameless carts."""
    if customer_id is not None:
        wire.send(f"customer-{customer_id}", "cart")


def customer_changed(customer_id: int) -> None:
    """Something of this customer's record changed."""
    wire.send(f"customer-{customer_id}", "customer")
