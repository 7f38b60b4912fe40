"""Postal addresses as the shop tells them."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm import pings
from crm.models import Address, Shop
from crm.sync import references
from crm.sync.batch import Batch, Refusal, Said, Told, the_one, twice

KNOWN_BY_SHOP = """alias first_name last_name company tax_number identity_number line1 line2 postcode city state
country phone mobile other for_delivery for_invoice""".split()


def upsert(shop: Shop, said: Sequence[Said]) -> list[Told]:
    """Write down addresses: columns by name, and `customer` (an id)."""
    return twice(Addresses, shop, said)


@transaction.atomic
def remove(shop: Shop, shop_id: str) -> None:
    """The customer uses this address no more; it can be seen in their history."""
    address: Address = the_one(Address, shop, shop_id)
    if address.deleted_at:
        raise LookupError(shop_id)
    Address.objects.filter(pk=address.pk).remove(by=None)


class Addresses(Batch[Address]):
    """Addresses of one call."""

    model = Address
    columns = frozenset(KNOWN_BY_SHOP)

    def refer(self) -> None:
        """Their customers."""
        self.people = references.People(self.shop, self.said)

    def values(self, said: Said) -> dict[str, Any]:
        """Columns and the customer; an address that comes again is one in use again."""
        values = super().values(said) | {"deleted_at": None}
        customer = self.people.named(said)
        if customer is None and str(said["id"]) not in self.rows:
            raise Refusal("customer", _("An address belongs to a customer: name one."))
        return values | ({"customer_id": customer} if customer else {})

    def finish(self) -> None:
        """Open pages of the customers hear of it."""
        pings.customers_changed(row.customer_id for row in [*self.new, *self.changed])
