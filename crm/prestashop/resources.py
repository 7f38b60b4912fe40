"""Which objects are read, in which order, with which fields: never all of them, for some are secrets."""

from collections.abc import Callable
from dataclasses import dataclass

from crm.api import nouns
from crm.api.nouns import Noun
from crm.prestashop import mapping
from crm.prestashop.mapping import Page, Said
from crm.prestashop.records import Record


@dataclass(frozen=True)
class Resource:
    """One kind. `is_recent`: only those that changed lately are imported. `needs` are other rights of the key."""

    name: str
    fields: str
    noun: Noun
    said: Callable[[Record, Page], Said | None]
    needs: tuple[str, ...] = ()
    is_recent: bool = False
    at_once: int = 100
    is_deletable: bool = False


RESOURCES = (
    Resource(
        "groups",
        "id,reduction,price_display_method,show_prices,name,date_upd",
        nouns.GROUPS,
        mapping.group,
        ("languages",),
    ),
    Resource(
        "customers",
        "id,id_default_group,id_lang,newsletter_date_add,deleted,lastname,firstname,email,birthday,newsletter,optin,"
        "website,company,siret,ape,outstanding_allow_amount,max_payment_days,active,is_guest,date_add,date_upd",
        nouns.CUSTOMERS,
        mapping.customer,
        is_deletable=True,
    ),
    Resource(
        "addresses",
        "id,id_customer,id_country,id_state,alias,company,lastname,firstname,vat_number,address1,address2,postcode,"
        "city,other,phone,phone_mobile,dni,deleted,date_upd",
        nouns.ADDRESSES,
        mapping.address,
        ("countries", "states"),
        is_deletable=True,
    ),
    Resource(
        "cart_rules",
        "id,id_customer,date_to,quantity,code,reduction_percent,reduction_amount,reduction_currency,active,name,"
        "date_upd",
        nouns.VOUCHERS,
        mapping.voucher,
        ("currencies",),
    ),
    Resource(
        "carts",
        "id,id_currency,id_customer,id_lang,id_carrier,date_add,date_upd,"
        "cart_rows[id_product,id_product_attribute,quantity]",
        nouns.CARTS,
        mapping.cart,
        ("products", "combinations", "carriers"),
        is_recent=True,
        at_once=25,
    ),
    Resource(
        "orders",
        "id,id_address_delivery,id_address_invoice,id_cart,id_currency,id_customer,id_carrier,current_state,valid,"
        "date_add,date_upd,shipping_number,payment,total_discounts_tax_incl,total_paid,total_paid_tax_incl,"
        "total_paid_tax_excl,total_products_wt,total_shipping_tax_incl,conversion_rate,reference,"
        "order_rows[product_id,product_quantity,product_name,product_reference,unit_price_tax_incl,"
        "unit_price_tax_excl]",
        nouns.ORDERS,
        mapping.order,
        ("order_states", "order_histories"),
    ),
)
BY_NAME = {one.name: one for one in RESOURCES}


def rights_needed() -> set[str]:
    """All that the key has to be able to read."""
    return {one.name for one in RESOURCES} | {name for one in RESOURCES for name in one.needs}
