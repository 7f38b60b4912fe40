"""Customer groups as the shop tells them, with their discounts by category."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.kept import forget
from crm.models import CategoryDiscount, Customer, CustomerGroup, Shop
from crm.sync.batch import Batch, Refusal, Said, Told, the_one, twice

KNOWN_BY_SHOP = "name names description discount price_display show_prices".split()


def upsert(shop: Shop, said: Sequence[Said]) -> list[Told]:
    """Write down groups: columns by name, and

    `key` (this id is the shop's name for one of the fixed groups: visitor, guest, customer) and
    `category_discounts` (all of them): each with `category`, `discount` and perhaps `category_ref`.
    """
    return twice(Groups, shop, said)


@transaction.atomic
def remove(shop: Shop, shop_id: str) -> None:
    """The shop has this group no more. Raises ValueError, with a sentence, if it is fixed or has customers."""
    group: CustomerGroup = the_one(CustomerGroup, shop, shop_id)
    if reason := group.reason_to_stay:
        raise ValueError(reason)
    if Customer.objects.filter(Q(group=group) | Q(groups=group)).exists():
        raise ValueError(_("This group has customers: put them into another one first."))
    group.delete()


class Groups(Batch[CustomerGroup]):
    """Groups of one call."""

    model = CustomerGroup
    columns = frozenset(KNOWN_BY_SHOP)

    def refer(self) -> None:
        """Fixed groups that the shop gives its number to, and discounts."""
        self.adopted: set[int] = set()
        self._adopt()
        self.discounts: defaultdict[int, dict[str, CategoryDiscount]] = defaultdict(dict)
        for one in CategoryDiscount.objects.filter(group__in=list(self.rows.values())):
            self.discounts[one.group_id][one.category] = one

    def _adopt(self) -> None:
        keys = {str(one["key"]): str(one["id"]) for one in self.said if one.get("key")}
        for group in CustomerGroup.objects.select_for_update().filter(key__in=keys, shop_id=""):
            if keys[str(group.key)] not in self.rows:
                group.source, group.shop_id = self.shop, keys[str(group.key)]
                self.rows[group.shop_id] = group
                self.fields |= {"source_id", "shop_id"}
                self.adopted.add(group.pk)

    def values(self, said: Said) -> dict[str, Any]:
        """Columns; the fixed groups keep the names that the team gave them."""
        row, key = self.rows.get(str(said["id"])), said.get("key") or None
        if key and (row is None or row.key != key):
            raise Refusal("key", _("This fixed group already has another id or shop: name it by its key."))
        values = super().values(said)
        return {name: value for name, value in values.items() if not (row and row.key and name in {"name", "names"})}

    def differs(self, row: CustomerGroup, said: Said) -> bool:
        """Discounts by category, or that the shop gave a fixed group its number."""
        has = {name: (one.category_ref, one.discount) for name, one in self.discounts[row.pk].items()}
        return row.pk in self.adopted or ("category_discounts" in said and _discounts(said) != has)

    def finish(self) -> None:
        """Discounts: one version in the history for each that is another now."""
        if self.new or self.changed:
            forget(CustomerGroup.CACHE_KEY)
        for row, said in self.taken:
            if "category_discounts" in said:
                self._write_discounts(row, _discounts(said))

    def _write_discounts(self, row: CustomerGroup, wanted: dict[str, tuple[str, Any]]) -> None:
        has = self.discounts[row.pk]
        for category, (ref, discount) in wanted.items():
            one = has.get(category) or CategoryDiscount(group=row, category=category)
            if one.pk is None or (one.category_ref, one.discount) != (ref, discount):
                one.category_ref, one.discount = ref, discount
                one._change_reason = self.shop.name[:100]  # type: ignore[attr-defined]
                one.save()
        for category in has.keys() - wanted.keys():
            has[category].delete()


def _discounts(said: Said) -> dict[str, tuple[str, Any]]:
    told = said.get("category_discounts", ())
    return {one["category"]: (one.get("category_ref", ""), one["discount"]) for one in told}
