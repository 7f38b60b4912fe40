"""What the objects of a batch name: other objects, by their ids in the same shop."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from crm.models import Address, Cart, Customer, CustomerGroup, Order, Shop, SocialTitle
from crm.sync.batch import Refusal, Said


def ids_of(said: Iterable[Said], *names: str) -> set[str]:
    """The ids that objects name under these fields, whether one or several."""
    found: set[str] = set()
    for one in said:
        for name in names:
            value = one.get(name)
            found |= {str(each) for each in value} if isinstance(value, list | tuple) else {str(value or "")}
    return found - {""}


class People:
    """Customers by their id in the shop. Who was merged into somebody else is that person now."""

    def __init__(self, shop: Shop, said: Iterable[Said]) -> None:
        self.known: dict[str, int] = {}
        if ids := ids_of(said, "customer"):
            rows = Customer.objects.filter(source=shop, shop_id__in=ids, erased_at=None)
            for shop_id, pk, merged in rows.values_list("shop_id", "pk", "merged_into"):
                self.known[shop_id] = merged or pk

    def named(self, said: Said, *, needed: bool = False) -> int | None:
        """Our id of an object's customer; None for nobody. Raises Refusal for an id that nobody has."""
        shop_id = str(said.get("customer") or "")
        if shop_id in self.known:
            return self.known[shop_id]
        if shop_id or needed:
            raise Refusal("customer", _("There is no customer %(id)s: send the customer first.") % {"id": shop_id})
        return None


class Groups:
    """Customer groups, by the shop's id or by the key of a fixed one: visitor, guest, customer."""

    def __init__(self, shop: Shop, said: Iterable[Said]) -> None:
        self.known: dict[str, int] = {}
        self.names: dict[int, str] = {}
        for group in CustomerGroup.objects.all():
            self.names[group.pk] = str(group)
            if group.key:
                self.known[str(group.key)] = group.pk
        own = CustomerGroup.objects.filter(source=shop, shop_id__in=ids_of(said, "group", "groups"))
        self.known |= dict(own.values_list("shop_id", "pk"))

    def named(self, name: str, shop_id: Any) -> int | None:
        """Our id of a group; None for none. Raises Refusal."""
        if not shop_id:
            return None
        if str(shop_id) not in self.known:
            raise Refusal(name, _("There is no group %(id)s: send the group first.") % {"id": shop_id})
        return self.known[str(shop_id)]


def titles() -> dict[str, int]:
    """Social titles by each of their names, in lower case."""
    return {str(name).lower(): row.pk for row in SocialTitle.objects.all() for name in row.names.values()}


def orders(shop: Shop, said: Iterable[Said]) -> dict[str, Order]:
    """The orders that objects name under `order`."""
    ids = ids_of(said, "order")
    return {one.shop_id: one for one in Order.objects.filter(source=shop, shop_id__in=ids)} if ids else {}


def carts(shop: Shop, said: Iterable[Said]) -> dict[str, Cart]:
    """The carts that objects name under `cart`."""
    ids = ids_of(said, "cart")
    return {one.shop_id: one for one in Cart.objects.filter(source=shop, shop_id__in=ids)} if ids else {}


def addresses(shop: Shop, said: Iterable[Said], *names: str) -> dict[str, int]:
    """Our ids of the addresses that objects name under these fields, deleted ones too."""
    ids = ids_of(said, *names)
    return dict(Address.objects.filter(source=shop, shop_id__in=ids).values_list("shop_id", "pk")) if ids else {}
