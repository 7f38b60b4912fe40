"""What disappeared in a shop: nothing tells of it, so once a day its ids are held against ours.

Ids only are asked for, and only those that we have. What is missing on two days running is gone: one short answer is
no deletion, and an answer without anything is none at all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from crm.models import Address, Cart, CartState, Customer, PrestaShop, PrestaShopStep, Shop, Voucher
from crm.prestashop.client import Broken, Client
from crm.sync import addresses, vouchers

AT_ONCE = 400  # ids in one question: more would not fit into an address
Row = Customer | Address | Voucher | Cart


@dataclass(frozen=True)
class Swept:
    """A kind: those of ours that the shop should still have, and what becomes of one that it has no more."""

    resource: str
    rows: Callable[[Shop], QuerySet[Any]]
    lose: Callable[[Shop, Any], None]


def _customers(shop: Shop) -> QuerySet[Customer]:
    return Customer.objects.present().filter(source=shop, gone_at=None)


def _carts(shop: Shop) -> QuerySet[Cart]:
    return Cart.objects.waiting().filter(source=shop, gone_at=None).exclude(state=CartState.EXPIRED)


def _lose_voucher(shop: Shop, voucher: Voucher) -> None:
    voucher.customer.events.record("voucher_gone", voucher.customer, voucher=voucher.code, shop=shop.name)
    vouchers.remove(shop, voucher.shop_id)


SWEPT = (
    Swept("customers", _customers, lambda shop, row: row.lose(reason=shop.name)),
    Swept(
        "addresses",
        lambda shop: Address.objects.filter(source=shop, deleted_at=None),
        lambda shop, row: addresses.remove(shop, row.shop_id),
    ),
    Swept("cart_rules", lambda shop: Voucher.objects.filter(source=shop).select_related("customer"), _lose_voucher),
    Swept("carts", _carts, lambda _shop, row: row.lose()),
)


class Sweep:
    """The one of today; goes on where a worker left it."""

    def __init__(self, connection: PrestaShop, client: Client) -> None:
        self.connection, self.client, self.shop = connection, client, connection.shop
        self.steps = {one.resource: self._step(one.resource) for one in SWEPT}
        if self.is_done:
            for step in self.steps.values():
                step.last_id, step.done_at, step.seen, step.changed = 0, None, 0, 0
                step.absent = {"before": step.absent.get("now", []), "now": []}
                step.save()

    def _step(self, resource: str) -> PrestaShopStep:
        task = PrestaShop.Task.SWEEP
        return self.connection.steps.get_or_create(task=task, resource=resource)[0]

    @property
    def is_done(self) -> bool:
        """All kinds were looked through."""
        return all(step.done_at for step in self.steps.values())

    def go_on(self) -> int:
        """Hold some more of ours against the shop's; returns how many. Raises Trouble."""
        kind = next(one for one in SWEPT if self.steps[one.resource].done_at is None)
        step = self.steps[kind.resource]
        mine = list(kind.rows(self.shop).filter(pk__gt=step.last_id).order_by("pk")[:AT_ONCE])
        missing = self._missing(kind, step, [row for row in mine if row.shop_id.isdecimal()])
        with transaction.atomic():
            self._lose(kind, step, missing)
            step.seen += len(mine)
            step.last_id = mine[-1].pk if mine else step.last_id
            step.done_at = timezone.now() if len(mine) < AT_ONCE else None
            step.save()
            if self.is_done:
                self.connection.note_sweep()
        return len(mine)

    def _missing(self, kind: Swept, step: PrestaShopStep, mine: list[Row]) -> list[Row]:
        """Those that the shop does not list. Where it stumbles, or lists nothing at all, none is."""
        if not mine:
            return []
        asked = {"filter[id]": f"[{'|'.join(row.shop_id for row in mine)}]", "sort": "[id_ASC]"}
        try:
            there = {one.id for one in self.client.list(kind.resource, "id", asked)}
            is_answer = bool(there or self.client.list(kind.resource, "id", {"limit": "1"}))
        except Broken as trouble:
            step.note("", str(trouble))
            is_answer = False
        return [row for row in mine if row.shop_id not in there] if is_answer else []

    def _lose(self, kind: Swept, step: PrestaShopStep, missing: Iterable[Row]) -> None:
        """Those that were missing the day before too are gone; the others are remembered until tomorrow."""
        before = set(step.absent.get("before", ()))
        for row in missing:
            if row.shop_id in before:
                kind.lose(self.shop, row)
                step.changed += 1
            else:
                step.absent = {**step.absent, "now": [*step.absent.get("now", ()), row.shop_id]}
