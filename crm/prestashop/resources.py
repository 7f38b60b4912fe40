"""Which objects are read, in which order, with which fields: never all of them, for some are secrets."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crm.api import nouns
from crm.api.nouns import Noun
from crm.models import PrestaShop
from crm.prestashop import mapping
from crm.prestashop.mapping import Page, Said
from crm.prestashop.records import Record


@dataclass(frozen=True)
class Resource:
    """One kind. `is_recent`: only those that changed lately are imported. `needs` are other rights of the key."""

    name: str
    fields: str
    needs: tuple[str, ...] = ()
    is_recent: bool = False
    at_once: int = 100


@dataclass(frozen=True, kw_only=True)
class RecordResource(Resource):
    """One that our API has a word for; `is_deletable`: the shop marks those it deleted."""

    noun: Noun
    said: Callable[[Record, Page], Said | None]
    is_deletable: bool = False


THREADS, MESSAGES = "customer_threads", "customer_messages"
OF_A_THREAD = "id,id_lang,id_customer,id_order,id_product,id_contact,email,status,date_add,date_upd"
OF_A_MESSAGE = "id,id_employee,id_customer_thread,ip_address,message,file_name,user_agent,private,date_add"
RECORDS = (
    RecordResource(
        "groups",
        "id,reduction,price_display_method,show_prices,name,date_upd",
        ("languages",),
        noun=nouns.GROUPS,
        said=mapping.group,
    ),
    RecordResource(
        "customers",
        "id,id_default_group,id_lang,newsletter_date_add,deleted,lastname,firstname,email,birthday,newsletter,optin,"
        "website,company,siret,ape,outstanding_allow_amount,max_payment_days,active,is_guest,date_add,date_upd",
        noun=nouns.CUSTOMERS,
        said=mapping.customer,
        is_deletable=True,
    ),
    RecordResource(
        "addresses",
        "id,id_customer,id_country,id_state,alias,company,lastname,firstname,vat_number,address1,address2,postcode,"
        "city,other,phone,phone_mobile,dni,deleted,date_upd",
        ("countries", "states"),
        noun=nouns.ADDRESSES,
        said=mapping.address,
        is_deletable=True,
    ),
    RecordResource(
        "cart_rules",
        "id,id_customer,date_to,quantity,code,reduction_percent,reduction_amount,reduction_currency,active,name,"
        "date_upd",
        ("currencies",),
        noun=nouns.VOUCHERS,
        said=mapping.voucher,
    ),
    RecordResource(
        "carts",
        "id,id_currency,id_customer,id_lang,id_carrier,date_add,date_upd,"
        "cart_rows[id_product,id_product_attribute,quantity]",
        ("products", "combinations", "carriers"),
        is_recent=True,
        at_once=25,
        noun=nouns.CARTS,
        said=mapping.cart,
    ),
    RecordResource(
        "orders",
        "id,id_address_delivery,id_address_invoice,id_cart,id_currency,id_customer,id_carrier,current_state,valid,"
        "date_add,date_upd,shipping_number,payment,total_discounts_tax_incl,total_paid,total_paid_tax_incl,"
        "total_paid_tax_excl,total_products_wt,total_shipping_tax_incl,conversion_rate,reference,"
        "order_rows[product_id,product_quantity,product_name,product_reference,unit_price_tax_incl,"
        "unit_price_tax_excl]",
        ("order_states", "order_histories"),
        noun=nouns.ORDERS,
        said=mapping.order,
    ),
)
# A message written past the shop's own pages does not move its thread: changes of both are looked for.
LETTERS = (
    Resource(THREADS, OF_A_THREAD, ("contacts",), at_once=50),
    Resource(MESSAGES, "id,id_customer_thread,date_upd", at_once=50),
)
RESOURCES: tuple[Resource, ...] = (*RECORDS, *LETTERS)


def read_from(connection: PrestaShop) -> tuple[Resource, ...]:
    """The kinds that this shop is asked for, in their order."""
    return RESOURCES if connection.reads_threads else RECORDS


def rights_needed(resources: Iterable[Resource]) -> set[str]:
    """All that the key has to be able to read."""
    return {name for one in resources for name in (one.name, *one.needs)}
