"""Who the customer is and what they buy. Import from here; the order of dependency is downwards."""

# isort: off
from crm.models.group import CustomerGroup, SocialTitle
from crm.models.customer import Customer, CustomerEmail, CustomerTag
from crm.models.address import Address
from crm.models.note import CustomerNote
from crm.models.order import Order, OrderLine
from crm.models.cart import Cart, CartLine

__all__ = [
    "Address",
    "Cart",
    "CartLine",
    "Customer",
    "CustomerEmail",
    "CustomerGroup",
    "CustomerNote",
    "CustomerTag",
    "Order",
    "OrderLine",
    "SocialTitle",
]
