"""Who the customer is and what they buy. Import from here; the order of dependency is downwards."""

# isort: off
from crm.models.shop import FromShop, RecordSettings, Shop, TitleUse
from crm.models.shop_call import ShopAnswer, ShopTally
from crm.models.webhook import Delivery, Happening, Webhook
from crm.models.prestashop import PrestaShop, PrestaShopStep
from crm.models.household import Household
from crm.models.group import (
    AreaPage,
    CategoryDiscount,
    CustomerGroup,
    FixedGroupError,
    PriceDisplay,
    Tone,
    customers_regrouped,
)
from crm.models.title import SocialTitle
from crm.models.tag import TONES, CustomerTag
from crm.models.customer import Customer, CustomerEmail, Risk
from crm.models.consent import Consent
from crm.models.privacy_request import PrivacyRequest
from crm.models.record_event import RecordEvent
from crm.models.visit import CustomerLink, Visit
from crm.models.entrance import AreaLink, CustomerSession
from crm.models.departure import Departure
from crm.models.bulk_change import BulkChange
from crm.models.column_choice import ColumnChoice
from crm.models.address import Address
from crm.models.customer_file import CustomerFile, CustomerFileLine
from crm.models.note import CustomerNote
from crm.models.voucher import Voucher
from crm.models.order import Order, OrderLine, OrderState
from crm.models.watch import CartMatch, CartWatch, Outcome
from crm.models.cart_line import CartChange, CartItem, CartLine, CartSums
from crm.models.cart_life import CartIsOrdered, CartState
from crm.models.cart import Cart
from crm.models.follow_up import FollowUp, FollowUpKind, FollowUpRule, FollowUpSettings
from crm.models.words import CartWords, CustomerWords, OrderWords
from crm.models.merging import CustomerMerge, DifferentPeople, customers_merged, customers_split

__all__ = [
    "TONES",
    "Address",
    "AreaLink",
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
    "CartWords",
    "CategoryDiscount",
    "ColumnChoice",
    "Consent",
    "Customer",
    "CustomerEmail",
    "CustomerFile",
    "CustomerFileLine",
    "CustomerGroup",
    "CustomerLink",
    "CustomerMerge",
    "CustomerNote",
    "CustomerSession",
    "CustomerTag",
    "CustomerWords",
    "Delivery",
    "Departure",
    "DifferentPeople",
    "FixedGroupError",
    "FollowUp",
    "FollowUpKind",
    "FollowUpRule",
    "FollowUpSettings",
    "FromShop",
    "Happening",
    "Household",
    "Order",
    "OrderLine",
    "OrderState",
    "OrderWords",
    "Outcome",
    "PrestaShop",
    "PrestaShopStep",
    "PriceDisplay",
    "PrivacyRequest",
    "RecordEvent",
    "RecordSettings",
    "Risk",
    "Shop",
    "ShopAnswer",
    "ShopTally",
    "SocialTitle",
    "TitleUse",
    "Tone",
    "Visit",
    "Voucher",
    "Webhook",
    "customers_merged",
    "customers_regrouped",
    "customers_split",
]
