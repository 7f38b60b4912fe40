"""What every page and every mail asks for, and hardly ever changes: settings, lists of a few rows.

It stays in the cache as long as its stamp in the database is the same. All stamps are read in one query, every few
seconds; so a process that has no cache in common with the others still learns what they changed.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.db import connection, models, transaction
from django.db.models import signals
from django.utils import timezone

CHECKED_EVERY = 5  # seconds, for what another process changed without a common cache
AT_MOST = 3600  # seconds, for what somebody changed behind our back
STAMPS = "stamps"
Found = TypeVar("Found")


class Change(models.Model):
    """Something kept was changed. Only ever added, in the transaction of the change: nobody waits for a row of others.

    The stamp of a name is how many there are and which is the last.
    """

    name = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["name"], name="changes_of_what_is_kept")]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


def kept(name: str, ask: Callable[[], Found], *, part: Any = "") -> Found:
    """What `ask` finds, which is asked again when something of this name has changed. Not to be changed by callers.

    With `part` there is something else for each part.
    """
    key = f"{settings.VERSION}-{name}-{part}"
    if (own := _own()) is not None:
        if key not in own:
            own[key] = ask()
        return own[key]
    has = cache.get_many([STAMPS, key])
    stamps = has.get(STAMPS)
    if stamps is None:
        stamps = _stamps()
        cache.set(STAMPS, stamps, CHECKED_EVERY)
    stamp, (known, found) = stamps.get(name, (0, 0)), has.get(key, (None, None))
    if known != stamp:
        found = ask()
        cache.set(key, (stamp, found), AT_MOST)
    return found


def _stamps() -> dict[str, tuple[int, int]]:
    rows = Change.objects.order_by().values_list("name").annotate(n=models.Count("pk"), last=models.Max("pk"))
    return {name: (n, last) for name, n, last in rows}


def forget(*names: str) -> None:
    """What is kept under these names is changed by the transaction that we are in.

    Until its end it has what it asked for to itself, and the others have what was there before.
    """
    Change.objects.bulk_create([Change(name=name) for name in names])
    cache.delete(STAMPS)
    connection._telling = telling = _Telling()  # type: ignore[attr-defined]
    transaction.on_commit(telling)


class _Telling:
    """Tells all others when what was changed is there for them; until then it holds what its transaction found."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self.place = len(connection.run_on_commit)  # where it waits, unless a part of the transaction was undone

    def __call__(self) -> None:
        connection._telling = None  # type: ignore[attr-defined]
        cache.delete(STAMPS)


def _own() -> dict[str, Any] | None:
    """What the transaction that we are in has found since it last changed something kept; None if it did not.

    One that a test case is wrapped in is none.
    """
    blocks: list[Any] = connection.atomic_blocks
    telling, waiting = getattr(connection, "_telling", None), connection.run_on_commit
    if telling is None or all(block._from_testcase for block in blocks):
        return None
    if len(waiting) > telling.place and waiting[telling.place][1] is telling:
        return telling.found
    return next((one[1].found for one in reversed(waiting) if isinstance(one[1], _Telling)), None)


def purge() -> None:
    """The periodic job: forget old changes. Nothing is kept that long."""
    Change.objects.filter(at__lt=timezone.now() - timedelta(days=1)).delete()


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

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The row and the mark that it has changed, both or neither."""
        with transaction.atomic():
            super().save(*args, **kwargs)


def _changed(sender: type[Kept], update_fields: frozenset[str] | None = None, **_kwargs: Any) -> None:
    if not update_fields or not sender.KEPT_COLUMNS or sender.KEPT_COLUMNS & update_fields:
        forget(sender.CACHE_KEY, *sender.ALSO_KEPT)
