"""Who the customer is and what they buy. Import from here; the order of dependency is downwards."""

# isort: off
from crm.models.shop import FromShop, RecordSettings, Shop, TitleUse
from crm.models.shop_call import ShopAnswer, ShopTally
from crm.models.webhook import Delivery, Happening, Webhook
from crm.models.group import AreaPage, CategoryDiscount, CustomerGroup, PriceDisplay, SocialTitle
from crm.models.tag import TONES, CustomerTag
from crm.models.customer import Customer, CustomerEmail, Household, Risk
from crm.models.consent import Consent
from crm.models.record_event import RecordEvent
from crm.models.bulk_change import BulkChange
from crm.models.column_choice import ColumnChoice
from crm.models.address import Address
from crm.models.note import CustomerNote
from crm.models.visit import CustomerLink, Visit
from crm.models.voucher import Voucher
from crm.models.order import Order, OrderLine, OrderState
from crm.models.merging import CustomerMerge, DifferentPeople, customers_merged, customers_split
from crm.models.watch import CartMatch, CartWatch, Outcome
from crm.models.cart_line import CartChange, CartItem, CartLine, CartSums
from crm.models.cart_life import CartIsOrdered, CartState
from crm.models.cart import Cart

__all__ = [
    "TONES",
    "Address",
    "AreaPage",
    "BulkChange",
    "Cart",
    "CartChange",
    "CartIsOrdered",
    "CartItem",
    "CartLine",
    "CartMatch",
    "CartState",
    "CartSums",
    "CartWatch",
    "CategoryDiscount",
    "ColumnChoice",
    "Consent",
    "Customer",
    "CustomerEmail",
    "CustomerGroup",
    "CustomerLink",
    "CustomerMerge",
    "CustomerNote",
    "CustomerTag",
    "Delivery",
    "DifferentPeople",
    "FromShop",
    "Happening",
    "Household",
    "Order",
    "OrderLine",
    "OrderState",
    "Outcome",
    "PriceDisplay",
    "RecordEvent",
    "RecordSettings",
    "Risk",
    "Shop",
    "ShopAnswer",
    "ShopTally",
    "SocialTitle",
    "TitleUse",
    "Visit",
    "Voucher",
    "Webhook",
    "customers_merged",
    "customers_split",
]
