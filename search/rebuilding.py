"""Describing everything anew, and checking that nothing is missing."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import transaction

from search.models import BATCH, Forgetting, Rebuilding, Words


@dataclass(frozen=True)
class Count:
    """How many things of a kind there are, and how many can be found."""

    name: str
    expected: int
    present: int
    is_broken: bool = False

    @property
    def agrees(self) -> bool:
        """All is well."""
        return self.expected == self.present and not self.is_broken


def kinds() -> list[type[Words]]:
    """Every kind of thing that can be found."""
    return [model for model in apps.get_models() if issubclass(model, Words)]


def rebuild(kind: type[Words], *, fresh: bool = False) -> Iterator[int]:
    """Describe all of a kind in batches; yields how many are done. Goes on where an earlier run stopped.

    Each batch is a transaction of its own, so that the desk works on meanwhile.
    """
    name, done = kind._meta.label, 0
    if fresh:
        Rebuilding.objects.filter(pk=name).delete()
    at = Rebuilding.objects.get_or_create(pk=name)[0]
    while ids := list(kind.subjects().filter(pk__gt=at.last_id).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            kind.write(ids)
            at.last_id = ids[-1]
            at.save(update_fields=["last_id"])
        done += len(ids)
        yield done
    at.delete()


def catch_up() -> int:
    """Describe what is not described yet, the newest first: what an older version stored, or somebody in bulk.

    Returns how many rows it wrote. A job for every hour: with nothing to do, it reads and writes nothing.
    """
    return sum(_catch_up(kind) for kind in kinds())


def _catch_up(kind: type[Words]) -> int:
    done, missing = 0, kind.findable().filter(words=None).order_by("-pk").values_list("pk", flat=True)
    ids = list(missing[:BATCH])
    while ids:
        done += kind.write(ids)
        ids = list(missing.filter(pk__lt=ids[-1])[:BATCH])
    return done


def ask_to_forget() -> None:
    """Words are deleted in this transaction of which no trace may stay: forget_asked() sees to it a moment later."""
    Forgetting.objects.create()


def forget_asked() -> int:
    """Leave no trace of the words that somebody asked to forget; returns how many had asked.

    A job of every minute: merging an index takes seconds, which no request should wait for. Killed in between,
    it is done again; done twice, it changes nothing.
    """
    asked = list(Forgetting.objects.values_list("pk", flat=True))
    if asked:
        for kind in kinds():
            kind.forget()
        Forgetting.objects.filter(pk__in=asked).delete()
    return len(asked)


def count(kind: type[Words]) -> Count:
    """Compare what is there with what can be found."""
    return Count(kind._meta.label, kind.findable().count(), kind._default_manager.count(), kind.broken())
