"""Visits of customers to the shop, as it tells them."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Customer, Shop, Visit
from crm.sync import references
from crm.sync.batch import AT_ONCE, Batch, Refusal, Said, Told, the_one, twice

KNOWN_BY_SHOP = "began_at pages seconds origin page ip_address user_agent".split()


def upsert(shop: Shop, said: Sequence[Said]) -> list[Told]:
    """Write down visits: columns by name, and `customer` (an id). The customer's last visit follows."""
    return twice(Visits, shop, said)


@transaction.atomic
def remove(shop: Shop, shop_id: str) -> None:
    """Forget a visit."""
    the_one(Visit, shop, shop_id).delete()


class Visits(Batch[Visit]):
    """Visits of one call."""

    model = Visit
    columns = frozenset(KNOWN_BY_SHOP)

    def refer(self) -> None:
        """Their customers."""
        self.people = references.People(self.shop, self.said)

    def values(self, said: Said) -> dict[str, Any]:
        """Columns and the customer."""
        values, customer = super().values(said), self.people.named(said)
        if customer is None and str(said["id"]) not in self.rows:
            raise Refusal("customer", _("A visit is one of a customer: name one."))
        return values | ({"customer_id": customer} if customer else {})

    def finish(self) -> None:
        """When each customer was last in the shop: a fact beside the record, and no version of it."""
        last = {
            row.customer_id: row.began_at for row in sorted([*self.new, *self.changed], key=lambda row: row.began_at)
        }
        people = list(Customer.objects.filter(pk__in=last))
        later = [one for one in people if one.visited_at is None or one.visited_at < last[one.pk]]
        for one in later:
            one.visited_at = last[one.pk]
        Customer.objects.bulk_update(later, ["visited_at"], batch_size=AT_ONCE)
