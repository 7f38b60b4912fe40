"""Many rows from a few, by the database itself: the quickest way to a full table."""

from collections.abc import Mapping
from typing import Any

from django.db import connection, models

SERIES = "WITH RECURSIVE series(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM series WHERE n < {last})"


def copies(model: type[models.Model], changes: Mapping[str, str]) -> tuple[str, str]:
    """Columns of a model's table, and what to select for copies of its rows, which are called t there."""
    names = [field.column for field in model._meta.concrete_fields]
    table = model._meta.db_table
    chosen = [changes.get(name, f't."{name}"') for name in names]
    quoted = ", ".join(f'"{name}"' for name in names)
    return f'"{table}" ({quoted})', f'SELECT {", ".join(chosen)} FROM "{table}" t'  # noqa: S608


def copy(model: type[models.Model], times: int, **changes: Any) -> None:
    """So many copies of each of the rows there are; `changes` says in SQL what differs by n, from 1 on."""
    into, chosen = copies(model, changes)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {into} {SERIES.format(first=1, last=times)} {chosen}, series")


def later(column: str, minutes: str) -> str:
    """A moment of the row so many minutes later, in SQL."""
    if connection.vendor == "postgresql":
        return f"t.{column} + ({minutes}) * interval '1 minute'"
    return f"datetime(t.{column}, ({minutes}) || ' minutes')"
