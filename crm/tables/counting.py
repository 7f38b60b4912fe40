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
    """How many rows each has: one query for all but the remembered, and one more for each large one that is new."""
    keys = [_key(rows) for rows in querysets]
    kept = cache.get_many({key for key in keys if key})
    asked = [n for n, key in enumerate(keys) if key and key not in kept]
    counted = dict(zip(asked, _capped([querysets[n] for n in asked]), strict=True))
    return [_count(rows, key, counted.get(n), kept) for n, (rows, key) in enumerate(zip(querysets, keys, strict=True))]


def _count(rows: QuerySet[Any], key: str, counted: int | None, kept: dict[str, int]) -> Count:
    if not key:
        return Count(0)
    if counted is not None and counted <= LIVE:
        return Count(counted)
    if key not in kept:
        kept[key] = rows.order_by().count()
        cache.set(key, kept[key], KEPT_FOR)
    return Count(kept[key], is_old=True)


def _key(rows: QuerySet[Any]) -> str:
    """Under what a count is remembered; empty for a query that nothing can match."""
    try:
        sql, params = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return ""
    return f"count-{hashlib.sha256(f'{sql} {params}'.encode()).hexdigest()}"


def _capped(querysets: Sequence[QuerySet[Any]]) -> list[int]:
    if not querysets:
        return []
    parts: list[str] = []
    values: list[Any] = []
    for rows in querysets:
        sql, params = rows.order_by().values("pk")[: LIVE + 1].query.sql_with_params()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608 - made by Django, values apart
        values.extend(params)
    with connections[querysets[0].db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())
