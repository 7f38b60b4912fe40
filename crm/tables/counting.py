"""How many rows there are, without counting a whole table for each page."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

LIVE = 10_000  # up to here counted each time; above, the number is remembered
KEPT_FOR = 600  # seconds


@dataclass(frozen=True)
class Count:
    """A number of rows; `is_old` when it was counted up to ten minutes ago."""

    n: int
    is_old: bool = False


def counts_of(querysets: Sequence[QuerySet[Any]]) -> list[Count]:
    """How many rows each has: one query for all, and one more for each large one that nobody counted lately."""
    capped = _capped(querysets)
    return [Count(n) if n <= LIVE else _kept(rows) for n, rows in zip(capped, querysets, strict=True)]


def _capped(querysets: Sequence[QuerySet[Any]]) -> list[int]:
    parts: list[str] = []
    values: list[Any] = []
    for rows in querysets:
        try:
            sql, params = rows.order_by().values("pk")[: LIVE + 1].query.sql_with_params()
        except EmptyResultSet:
            sql, params = "SELECT 1 WHERE 1 = 0", ()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608 - made by Django, values apart
        values.extend(params)
    if not parts:
        return []
    with connections[querysets[0].db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())


def _kept(rows: QuerySet[Any]) -> Count:
    sql, params = rows.order_by().values("pk").query.sql_with_params()
    key = f"count-{hashlib.sha256(f'{sql} {params}'.encode()).hexdigest()}"
    n = cache.get(key)
    if n is None:
        n = rows.order_by().count()
        cache.set(key, n, KEPT_FOR)
    return Count(n, is_old=True)
