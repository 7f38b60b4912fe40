"""How many rows there are, without counting a whole table for each page."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

LIVE = 2_000  # up to here counted each time; above, the number is remembered
KEPT_FOR = 600  # seconds, for those that take longest
A_SECOND = 100  # rows for which a number is remembered a second longer


@dataclass(frozen=True)
class Count:
    """A number of rows; `is_old` when it was counted up to ten minutes ago."""

    n: int
    is_old: bool = False


def counts_of(querysets: Sequence[QuerySet[Any]], *, remembers: bool = True) -> list[Count]:
    """How many rows each has: one query for all but the remembered, and one more for all large ones that are new.

    Unless it `remembers`, all are counted now, for numbers that are compared with each other.
    """
    keys = [_key(rows) for rows in querysets]
    kept: dict[str, int] = cache.get_many({key for key in keys if key}) if remembers else {}
    new = {key: rows for key, rows in zip(keys, querysets, strict=True) if key and key not in kept}
    counted = _counted(new, most=LIVE + 1 if remembers else None)
    large = _counted({key: rows for key, rows in new.items() if remembers and counted[key] > LIVE})
    for key, n in large.items():
        cache.set(key, n, min(KEPT_FOR, n // A_SECOND))
    old = kept | large
    return [Count(old[key], is_old=True) if key in old else Count(counted.get(key, 0)) for key in keys]


def _key(rows: QuerySet[Any]) -> str:
    """Under what a count is remembered; empty for a query that nothing can match."""
    try:
        sql, params = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return ""
    return f"count-{hashlib.sha256(f'{sql} {params}'.encode()).hexdigest()}"


def _counted(querysets: dict[str, QuerySet[Any]], *, most: int | None = None) -> dict[str, int]:
    if not querysets:
        return {}
    parts: list[str] = []
    values: list[Any] = []
    for rows in querysets.values():
        sql, params = rows.order_by().values("pk")[:most].query.sql_with_params()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608 - made by Django, values apart
        values.extend(params)
    with connections[next(iter(querysets.values())).db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return dict(zip(querysets, cursor.fetchone(), strict=True))
