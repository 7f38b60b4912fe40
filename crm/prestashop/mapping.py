"""From PrestaShop's words to those of our API. Nothing is checked here but what PrestaShop itself leaves open."""

from collections import defaultdict
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import quote

from crm.models import Address, Cart, Customer, CustomerGroup, Shop
from crm.prestashop.client import Client
from crm.prestashop.records import Record
from crm.prestashop.tables import Tables

FIXED = {"1": "visitor", "2": "guest", "3": "customer"}  # the numbers that every PrestaShop gives
Said = dict[str, Any]


class Page:
    """Records of one kind that are written together, and what has to be known about them."""

    def __init__(self, shop: Shop, client: Client, tables: Tables, records: list[Record]) -> None:
        self.shop, self.client, self.tables, self.records = shop, client, tables, records

    def _known(self, model: Any, *names: str) -> set[str]:
        ids = {number for row in self.records for name in names if (number := row.number(name))}
        return set(model._default_manager.filter(source=self.shop, shop_id__in=ids).values_list("shop_id", flat=True))

    @cached_property
    def customers(self) -> set[str]:
        """Ids of customers that are on file: who was erased in the shop is not."""
        people = Customer.objects.filter(source=self.shop, erased_at=None)
        ids = {row.number("id_customer") for row in self.records} - {""}
        return set(people.filter(shop_id__in=ids).values_list("shop_id", flat=True))

    @cached_property
    def carts(self) -> set[str]:
        """Ids of carts that are on file."""
        return self._known(Cart, "id_cart", "id")

    @cached_property
    def addresses(self) -> dict[str, Address]:
        """Addresses of orders, by the shop's ids."""
        names = ("id_address_delivery", "id_address_invoice")
        ids = {number for row in self.records for name in names if (number := row.number(name))}
        return {row.shop_id: row for row in Address.objects.filter(source=self.shop, shop_id__in=ids)}

    @cached_property
    def histories(self) -> dict[str, list[Record]]:
        """The states that orders went through."""
        found: dict[str, list[Record]] = defaultdict(list)
        ids = "|".join(row.id for row in self.records)
        asked = {"filter[id_order]": f"[{ids}]", "sort": "[id_ASC]"}
        for row in self.client.list("order_histories", "id,id_order,id_order_state,date_add", asked):
            found[row.number("id_order")].append(row)
        return found

    @cached_property
    def fixed(self) -> dict[str, str]:
        """The fixed groups that this shop may give its numbers to."""
        taken = CustomerGroup.objects.exclude(key=None).exclude(shop_id="").values_list("key", "source", "shop_id")
        others = {key for key, source, shop_id in taken if source != self.shop.pk or FIXED.get(shop_id) != key}
        return {number: key for number, key in FIXED.items() if key not in others}


def group(row: Record, page: Page) -> Said | None:
    """A customer group."""
    names = {code: name[:64] for code, name in row.spoken("name", page.tables.languages).items()}
    said = {
        "id": row.id,
        "name": page.tables.say(row, "name", 64) or f"#{row.id}",
        "names": names,
        "discount": str(row.money("reduction")),
        "price_display": "without" if row.yes("price_display_method") else "with",
        "show_prices": row.yes("show_prices"),
    }
    return said | ({"key": page.fixed[row.id]} if row.id in page.fixed else {})


def customer(row: Record, page: Page) -> Said | None:
    """A customer; None for one that the shop deleted."""
    if row.yes("deleted"):
        return None
    website = row.text("website", 200)
    said = {
        "id": row.id,
        "first_name": row.text("firstname", 255),
        "last_name": row.text("lastname", 255),
        "email": row.text("email"),
        "birthday": row.moment("birthday"),
        "language": page.tables.languages.get(row.number("id_lang"), ""),
        "company": row.text("company", 255),
        "tax_number": row.text("siret", 32),
        "activity": row.text("ape", 64),
        "website": f"https://{website}" if website and "://" not in website else website,
        "credit_limit": str(row.money("outstanding_allow_amount") or "") or None,
        "payment_days": row.number("max_payment_days") or None,
        "is_active": row.yes("active"),
        "is_guest": row.yes("is_guest"),
        "newsletter": row.yes("newsletter"),
        "partner_offers": row.yes("optin"),
        "group": row.number("id_default_group"),
    }
    moments = {"registered_at": row.moment("date_add"), "consented_at": row.moment("newsletter_date_add")}
    return said | {name: at for name, at in moments.items() if at}


def address(row: Record, page: Page) -> Said | None:
    """A postal address; None for those of suppliers, and of customers whom the shop erased."""
    if row.number("id_customer") not in page.customers:
        return None
    return {
        "id": row.id,
        "customer": row.number("id_customer"),
        "alias": row.text("alias", 64),
        "first_name": row.text("firstname", 255),
        "last_name": row.text("lastname", 255),
        "company": row.text("company", 255),
        "tax_number": row.text("vat_number", 32),
        "identity_number": row.text("dni", 32),
        "line1": row.text("address1", 255),
        "line2": row.text("address2", 255),
        "postcode": row.text("postcode", 16),
        "city": row.text("city", 128),
        "state": page.tables.provinces.get(row.number("id_state"), ""),
        "country": page.tables.countries.get(row.number("id_country"), ""),
        "phone": row.text("phone", 32),
        "mobile": row.text("phone_mobile", 32),
        "other": row.text("other", 300),
    }


def voucher(row: Record, page: Page) -> Said | None:
    """A voucher of a customer; None for those of everybody, and those that work without a code."""
    if row.number("id_customer") not in page.customers or not row.text("code"):
        return None
    percent, amount = row.money("reduction_percent"), row.money("reduction_amount")
    return {
        "id": row.id,
        "customer": row.number("id_customer"),
        "code": row.text("code", 64),
        "name": page.tables.say(row, "name", 255),
        "percent": str(percent) if percent else None,
        "amount": str(amount) if amount else None,
        "currency": page.tables.currencies.get(row.number("reduction_currency"), "") if amount else "",
        "quantity": row.text("quantity") or "0",
        "is_active": row.yes("active"),
        "valid_until": row.moment("date_to"),
    }


def cart(row: Record, page: Page) -> Said | None:
    """A cart, also one of nobody; None for those that were never filled, as robots make them."""
    rows = row.parts("cart_rows")
    if not rows and row.id not in page.carts:
        return None
    currency = row.number("id_currency")
    said = {
        "id": row.id,
        "currency": page.tables.currencies.get(currency, "EUR"),
        "language": page.tables.languages.get(row.number("id_lang"), ""),
        "carrier": page.tables.carriers.get(row.number("id_carrier"), ("", ""))[0],
        "lines": [_cart_line(one, currency, page.tables) for one in rows],
    }
    buyer = row.number("id_customer")
    moments = {"created_at": row.moment("date_add"), "changed_at": row.moment("date_upd")}
    return said | ({"customer": buyer} if buyer in page.customers else {}) | {n: at for n, at in moments.items() if at}


def _cart_line(row: Record, currency: str, tables: Tables) -> Said:
    number, combination = row.number("id_product"), row.number("id_product_attribute")
    product = tables.product(number, combination, currency) if number else None
    quantity = {"quantity": row.text("quantity") or "1"}
    if product is None:
        return {"name": f"#{number}", "product_ref": number} | quantity
    said = {"name": product.name or f"#{number}", "unit_price": str(product.price)}
    return said | {"product_ref": product.reference or number} | quantity


def order(row: Record, page: Page) -> Said | None:
    """An order with its lines and the states that it went through."""
    tables, paid = page.tables, row.money("total_paid_tax_incl") or row.money("total_paid")
    tax = paid - row.money("total_paid_tax_excl") if row.text("total_paid_tax_excl") else Decimal(0)
    rate = row.money("conversion_rate")
    said = {
        "id": row.id,
        "reference": row.text("reference", 64) or f"#{row.id}",
        "is_valid": row.yes("valid"),
        "payment": row.text("payment", 64),
        "total": str(paid),
        "total_products": str(row.money("total_products_wt")),
        "total_shipping": str(row.money("total_shipping_tax_incl")),
        "total_discounts": str(row.money("total_discounts_tax_incl")),
        "total_tax": str(tax),
        "currency": tables.currencies.get(row.number("id_currency"), "EUR"),
        "rate": str(rate) if rate else "1",
        "placed_at": row.moment("date_add"),
        "lines": [_order_line(one) for one in row.parts("order_rows")],
    }
    buyer, made_from = row.number("id_customer"), row.number("id_cart")
    said |= {"customer": buyer} if buyer in page.customers else {}
    said |= {"cart": made_from} if made_from in page.carts else {}
    return said | _state(row, page) | _delivery(row, page)


def _order_line(row: Record) -> Said:
    gross, net = row.money("unit_price_tax_incl"), row.money("unit_price_tax_excl")
    tax = round((gross / net - 1) * 100, 2) if net > 0 else Decimal(0)
    return {
        "product_ref": row.text("product_reference", 64) or row.number("product_id"),
        "name": row.text("product_name", 255) or f"#{row.number('product_id')}",
        "quantity": row.text("product_quantity") or "1",
        "unit_price": str(gross),
        "tax_rate": str(tax if 0 <= tax <= 100 else 0),
    }


def _state(row: Record, page: Page) -> Said:
    """The state it is in, and those before."""
    states, now = page.tables.states, page.tables.states.get(row.number("current_state"))
    past = [
        {"state": states[number].name, "at": at}
        for one in page.histories.get(row.id, ())
        if (number := one.number("id_order_state")) in states and (at := one.moment("date_add"))
    ]
    if now is None:
        return {"state": past[-1]["state"] if past else "—", "states": past}
    flags = {"is_shipped": now.is_shipped, "is_done": now.is_done}
    return {"state": now.name, "state_color": now.color, "states": past, **flags}


def _delivery(row: Record, page: Page) -> Said:
    """Who brings it, and where to."""
    name, link = page.tables.carriers.get(row.number("id_carrier"), ("", ""))
    number = row.text("shipping_number", 64)
    tracking = link.replace("@", quote(number, safe="")) if number and "@" in link else ""
    said: Said = {"carrier": name, "tracking_number": number, "tracking_url": tracking[:500]}
    places = {"delivered_to": "id_address_delivery", "invoiced_to": "id_address_invoice"}
    said |= {ours: row.number(theirs) for ours, theirs in places.items() if row.number(theirs) in page.addresses}
    if there := page.addresses.get(row.number("id_address_delivery")):
        said |= {"delivery_name": there.addressee[:255], "delivery_address": _lines(there)}
        said |= {"delivery_postcode": there.postcode, "delivery_phone": there.mobile or there.phone}
    if invoice := page.addresses.get(row.number("id_address_invoice")):
        said["invoice_address"] = _lines(invoice)
    return said


def _lines(place: Address) -> str:
    town = f"{place.postcode} {place.city}".strip()
    return "\n".join(part for part in (place.line1, place.line2, town, place.state, place.country) if part)
