"""Which pings the open pages of customers and carts may hear."""

from crm.models import Cart, Customer
from crm.pings import CARTS
from live.consumers import AgentConsumer


class CustomerConsumer(AgentConsumer):
    """One customer: what they do in the shop now."""

    def groups_of(self) -> list[str] | None:
        """The customer's group; None if there is no such customer."""
        customer_id = self.scope["url_route"]["kwargs"]["customer_id"]
        known = Customer.objects.filter(pk=customer_id, erased_at=None).exists()
        return [f"customer-{customer_id}"] if known else None


class CartConsumer(AgentConsumer):
    """One cart, whoever it belongs to."""

    def groups_of(self) -> list[str] | None:
        """The cart's group; None if there is no such cart."""
        cart_id = self.scope["url_route"]["kwargs"]["cart_id"]
        return [f"cart-{cart_id}"] if Cart.objects.filter(pk=cart_id).exists() else None


class CartsConsumer(AgentConsumer):
    """The list of carts."""

    def groups_of(self) -> list[str] | None:
        """The group of all."""
        return [CARTS]
