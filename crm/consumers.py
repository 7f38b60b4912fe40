"""Which pings a customer's open page may hear."""

from crm.models import Customer
from live.consumers import AgentConsumer


class CustomerConsumer(AgentConsumer):
    """One customer: what they do in the shop now."""

    def groups_of(self) -> list[str] | None:
        """The customer's group; None if there is no such customer."""
        customer_id = self.scope["url_route"]["kwargs"]["customer_id"]
        known = Customer.objects.filter(pk=customer_id, erased_at=None).exists()
        return [f"customer-{customer_id}"] if known else None
