"""The small tables of a shop, read whole when they are first needed, and its products, read one by one."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.core.cache import cache

from accounts.languages import in_language
from crm.models import Shop
from crm.prestashop.client import Broken, Client
from crm.prestashop.records import Record
from crm.prestashop.told import ContactOfShop

KEPT_FOR = 3600  # seconds that names and prices of products are remembered
MOST = "1000"  # rows of a small table in one answer
DELIVERED, ENDED = "5", ("5", "6", "7")  # the numbers that every PrestaShop gives: delivered, cancelled, refunded


@dataclass(frozen=True)
class State:
    """A state of orders."""

    name: str
    color: str
    is_shipped: bool
    is_done: bool


@dataclass(frozen=True)
class Product:
    """What a line of a cart does not say itself."""

    name: str
    reference: str
    price: Decimal


class Tables:
    """Of one shop, for one turn of a worker. `rights` are the resources that its key may read."""

    def __init__(self, client: Client, shop: Shop, rights: Collection[str] = ()) -> None:
        self.client, self.shop, self.rights = client, shop, rights

    def _all(self, resource: str, fields: str) -> list[Record]:
        rows: list[Record] = []
        while True:
            limit = {"sort": "[id_ASC]", "limit": f"{len(rows)},{MOST}"}
            found = self.client.list(resource, fields, limit)
            rows += found
            if len(found) < int(MOST):
                return rows

    @cached_property
    def languages(self) -> dict[str, str]:
        """Codes such as es."""
        return {row.id: row.text("iso_code", 2).lower() for row in self._all("languages", "id,iso_code")}

    @cached_property
    def currencies(self) -> dict[str, str]:
        """Codes such as EUR."""
        return {row.id: row.text("iso_code", 3).upper() for row in self._all("currencies", "id,iso_code")}

    @cached_property
    def countries(self) -> dict[str, str]:
        """Codes such as ES."""
        return {row.id: row.text("iso_code", 2).upper() for row in self._all("countries", "id,iso_code")}

    @cached_property
    def provinces(self) -> dict[str, str]:
        """Names of states and provinces."""
        return {row.id: row.text("name", 64) for row in self._all("states", "id,name")}

    @cached_property
    def carriers(self) -> dict[str, tuple[str, str]]:
        """Names, and the address of tracking with @ for the number."""
        rows = self._all("carriers", "id,name,url")
        return {row.id: (row.text("name", 64), row.text("url")) for row in rows}

    @cached_property
    def contacts(self) -> dict[str, ContactOfShop]:
        """The contacts of its customer service."""
        rows = self._all("contacts", "id,email,name")
        return {row.id: self._contact(row) for row in rows}

    def _contact(self, row: Record) -> ContactOfShop:
        names = row.spoken("name", self.languages).values()
        return ContactOfShop(row.id, tuple(dict.fromkeys(names)), row.text("email", 255).lower())

    @cached_property
    def employees(self) -> dict[str, tuple[str, str]]:
        """Names and addresses of who works there; nobody where the key may not read them."""
        if "employees" not in self.rights:
            return {}
        rows = self._all("employees", "id,lastname,firstname,email")
        full = ((row, f"{row.text('firstname')} {row.text('lastname')}".strip()) for row in rows)
        return {row.id: (name[:255], row.text("email", 255)) for row, name in full}

    @cached_property
    def states(self) -> dict[str, State]:
        """States of orders."""
        rows = self._all("order_states", "id,unremovable,color,shipped,name")
        return {row.id: self._state(row) for row in rows}

    def _state(self, row: Record) -> State:
        name = self.say(row, "name", 64) or f"#{row.id}"
        is_done = row.yes("unremovable") and row.id in ENDED
        return State(name, row.text("color", 7), row.yes("shipped") or row.id == DELIVERED, is_done)

    def say(self, row: Record, name: str, most: int) -> str:
        """A text in the language that the shop was made with, which is its first; else in any."""
        first = next(iter(self.languages.values()), "")
        return in_language(row.spoken(name, self.languages), first)[:most].strip()

    def product(self, number: str, combination: str, currency: str) -> Product | None:
        """Name, reference and price with tax of a product or a combination of it; None if the shop has it no more.

        The shop works the price out; without one it is 0. The name of a combination is that of its product.
        """
        name = f"prestashop-{self.shop.pk}-{number}-{combination}-{currency}"
        kept: list[Product | None] | None = cache.get(name)
        if kept is None:
            kept = [self._read_product(number, combination, currency)]
            cache.set(name, kept, KEPT_FOR)
        return kept[0]

    def _read_product(self, number: str, combination: str, currency: str) -> Product | None:
        asked = {"price[desk][use_tax]": "1"}
        asked |= {"price[desk][product_attribute]": combination} if combination else {}
        asked |= {"price[desk][currency]": currency} if currency else {}
        try:
            row = self.client.one("products", number, asked)
        except Broken:  # a product that the shop stumbles over costs its name, not the cart
            row = None
        if row is None:
            return None
        reference = row.text("reference", 64)
        if combination:
            found = self.client.list("combinations", "id,reference", {"filter[id]": f"[{combination}]"})
            reference = (found[0].text("reference", 64) if found else "") or reference
        return Product(self.say(row, "name", 255), reference, row.money("desk"))
