"""Vouchers as the shop tells them."""

from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from crm import pings
from crm.models import Shop, Voucher
from crm.sync import references
from crm.sync.batch import Batch, Refusal, Said, Told, the_one, twice

KNOWN_BY_SHOP = "code name percent amount currency quantity is_active valid_until".split()


def upsert(shop: Shop, said: Sequence[Said]) -> list[Told]:
    """Write down vouchers: columns by name, and `customer` (an id)."""
    return twice(Vouchers, shop, said)


@transaction.atomic
def remove(shop: Shop, shop_id: str) -> None:
    """The shop has this voucher no more."""
    voucher: Voucher = the_one(Voucher, shop, shop_id)
    customer = voucher.customer_id
    voucher.delete()
    pings.customers_changed([customer])


class Vouchers(Batch[Voucher]):
    """Vouchers of one call."""

    model = Voucher
    columns = frozenset(KNOWN_BY_SHOP)

    def known(self) -> models.QuerySet:
        """Also those that were asked for here: the shop has made them, and says under which id."""
        codes = {str(one["code"]): str(one["id"]) for one in self.said if one.get("code")}
        asked = Voucher.objects.filter(models.Q(source=self.shop) | models.Q(source=None), shop_id="", code__in=codes)
        for voucher in asked.select_for_update(of=("self",)):
            if not Voucher.objects.filter(source=self.shop, shop_id=codes[voucher.code]).exists():
                voucher.source, voucher.shop_id = self.shop, codes[voucher.code]
                voucher.save(update_fields=["source", "shop_id"])
        return super().known()

    def refer(self) -> None:
        """Their customers."""
        self.people = references.People(self.shop, self.said)

    def values(self, said: Said) -> dict[str, Any]:
        """Columns and the customer."""
        values, customer = super().values(said), self.people.named(said)
        if customer is None and str(said["id"]) not in self.rows:
            raise Refusal("customer", _("A voucher belongs to a customer: name one."))
        return values | ({"customer_id": customer} if customer else {})

    def finish(self) -> None:
        """Open pages of the customers hear of it."""
        pings.customers_changed(row.customer_id for row in [*self.new, *self.changed])
