"""What every page and every mail asks for, and hardly ever changes: settings, lists of a few rows.

It stays in the cache as long as its stamp in the database is the same. All stamps are read in one query, every few
seconds; so a process that has no cache in common with the others still learns what they changed.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import uuid4

from django.core.cache import cache
from django.db import models, transaction
from django.db.models import signals

CHECKED_EVERY = 5  # seconds, for what another process changed without a common cache
KEPT_FOR = 3600  # seconds, for what somebody changed behind our back
STAMPS = "stamps"
Found = TypeVar("Found")


class Stamp(models.Model):
    """Another value each time something kept is changed."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


def kept(name: str, ask: Callable[[], Found]) -> Found:
    """What `ask` finds, which is asked again when the stamp of this name has changed. Not to be changed by callers."""
    has = cache.get_many([STAMPS, name])
    stamps = has.get(STAMPS)
    if stamps is None:
        stamps = dict(Stamp.objects.values_list("name", "value"))
        cache.set(STAMPS, stamps, CHECKED_EVERY)
    stamp, (known, found) = stamps.get(name, ""), has.get(name, (None, None))
    if known != stamp:
        found = ask()
        cache.set(name, (stamp, found), KEPT_FOR)
    return found


def forget(*names: str) -> None:
    """What is kept under these has changed: it is asked anew now, and again when the others can see the change."""
    Stamp.objects.bulk_create(
        [Stamp(name=name, value=uuid4().hex) for name in sorted(names)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["value"],
    )
    cache.delete_many([STAMPS, *names])
    transaction.on_commit(lambda: cache.delete_many([STAMPS, *names]))


class Kept(models.Model):
    """Rows that are kept under CACHE_KEY, and forgotten when one of them is saved or deleted.

    What Django sends no signal for (update, bulk_create) calls `forget`.
    """

    CACHE_KEY = ""
    ALSO_KEPT: tuple[str, ...] = ()  # names of what is kept of other rows, and follows from these too
    KEPT_COLUMNS: frozenset[str] = frozenset()  # a save of other columns changes nothing; empty: every save does

    class Meta:
        abstract = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for signal in (signals.post_save, signals.post_delete):
            signal.connect(_changed, sender=cls)


def _changed(sender: type[Kept], update_fields: frozenset[str] | None = None, **_kwargs: Any) -> None:
    if not update_fields or not sender.KEPT_COLUMNS or sender.KEPT_COLUMNS & update_fields:
        forget(sender.CACHE_KEY, *sender.ALSO_KEPT)
