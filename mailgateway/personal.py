"""What the gateway keeps of a person: their mails as they came. Named in settings.PERSONAL_DATA."""

from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import ngettext

from mailgateway import rawmail
from mailgateway.models import Incoming


def copy_of(customer_id: int, addresses: list[str], *, private: bool) -> tuple[list[Any], list[tuple[str, Path]]]:
    """Nothing: what came is in the threads already."""
    return [], []


def _mails_of(customer_id: int, addresses: list[str]) -> QuerySet[Incoming]:
    theirs = Q(thread__customer=customer_id) | Q(sender__in=addresses)
    return Incoming.objects.filter(theirs | Q(thread__customer=None, thread__email__in=addresses))


def weight(customer_id: int, addresses: list[str]) -> list[str]:
    """What erase() would take away, in words."""
    n = _mails_of(customer_id, addresses).count()
    return [ngettext("%(n)s mail as it came", "%(n)s mails as they came", n) % {"n": n}]


def erase(customer_id: int, addresses: list[str]) -> None:
    """Delete the raw mails of a person's threads and from their addresses; the rows stay without their names.

    A row keeps the digest: a mail that still lies on the server is known, and not fetched as a new one.
    """
    rows = dict(_mails_of(customer_id, addresses).values_list("pk", "raw_path"))
    Incoming.objects.filter(pk__in=rows).update(sender="", subject="", error="")
    names = {name for name in rows.values() if name}
    transaction.on_commit(lambda: _discard(names))


def _discard(names: set[str]) -> None:
    for name in names:
        rawmail.discard(name)
