"""Keeps what is found in step with the records.

Signals, which we use nowhere else, because a record must be found whoever wrote it: forms, the shop's API, imports.
What Django sends no signal for (bulk_create, update) calls `changed()` with the ids, in the same transaction.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save

from crm.models import (
    Address,
    Cart,
    CartLine,
    CartWords,
    Customer,
    CustomerEmail,
    CustomerWords,
    Order,
    OrderLine,
    OrderWords,
)
from search.models import Words

# Fields of a record that no word comes from: saving only these changes nothing here.
SILENT = {
    *("visited_at", "entered_at", "seen_at", "version", "updated_at", "password", "order_count", "spent"),
    *("open_threads", "abandoned_at", "contacted_at", "recovered_at", "invited_at"),
}
KINDS: dict[type[Model], tuple[type[Words], str]] = {
    Customer: (CustomerWords, "pk"),
    CustomerEmail: (CustomerWords, "customer_id"),
    Address: (CustomerWords, "customer_id"),
    Order: (OrderWords, "pk"),
    OrderLine: (OrderWords, "order_id"),
    Cart: (CartWords, "pk"),
    CartLine: (CartWords, "cart_id"),
}
PARTS = (CustomerEmail, Address)  # lines are replaced with their order or cart, which is saved afterwards


_waiting: ContextVar[dict[type[Words], set[int]] | None] = ContextVar("waiting", default=None)


@contextmanager
def once() -> Iterator[None]:
    """What is saved in here is described once, at the end: for many records with their parts in one transaction.

    Until then they are found as before.
    """
    waiting: dict[type[Words], set[int]] = defaultdict(set)
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    for kind, ids in waiting.items():
        kind.write(ids)


def changed(*, customers: Iterable[int] = (), orders: Iterable[int] = (), carts: Iterable[int] = ()) -> None:
    """Describe these (ids) anew, in batches: for whoever wrote them past the models' save()."""
    CustomerWords.write(customers)
    OrderWords.write(orders)
    CartWords.write(carts)


def written(model: type[Model], rows: Iterable[Any]) -> None:
    """The same for rows of one model that were written in bulk, of whatever kind."""
    if model in KINDS:
        kind, name = KINDS[model]
        kind.write({getattr(row, name) for row in rows})


def connect() -> None:
    """Listen to the records; called once, when Django starts."""
    for model in KINDS:
        post_save.connect(_saved, sender=model, dispatch_uid=f"words of {model.__name__}")
    for model in PARTS:
        post_delete.connect(_deleted, sender=model, dispatch_uid=f"words without {model.__name__}")


def _saved(sender: type[Model], instance: Any, update_fields: frozenset[str] | None, raw: bool, **more: Any) -> None:
    if raw or (update_fields is not None and SILENT.issuperset(update_fields)):
        return
    if sender is Customer and more["created"] and _waiting.get() is None:
        CustomerWords.add(instance)
    else:
        _describe(sender, instance)


def _describe(sender: type[Model], instance: Any) -> None:
    (kind, name), waiting = KINDS[sender], _waiting.get()
    if waiting is None:
        kind.write([getattr(instance, name)])
    else:
        waiting[kind].add(getattr(instance, name))


def _deleted(sender: type[Model], instance: Any, origin: Any, **_more: Any) -> None:
    if isinstance(origin, sender) or getattr(origin, "model", None) is sender:  # else the whole record goes
        _describe(sender, instance)
