"""What many tests begin with, made by the product's verbs once a process and put there again as it was."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, models, transaction

from tests import sowing

Made = TypeVar("Made")
_plants: dict[Callable[[], Any], "Plant"] = {}


@dataclass(frozen=True)
class Plant:
    """Statements that write all rows of something, and what its maker returned."""

    statements: list[tuple[str, Any]]
    made: bytes

    @classmethod
    def of(cls, made: Any) -> "Plant":
        """All that is in the database besides what is sown."""
        return cls(_statements({model: _new(model) for model in _models()}), pickle.dumps(made))

    def plant(self) -> Any:
        """Write the rows; returns a copy of what was made."""
        with transaction.atomic(), connection.cursor() as cursor:
            for sql, values in self.statements:
                cursor.execute(sql, values)
        return pickle.loads(self.made)  # noqa: S301 - our own


def planted(make: Callable[[], Made]) -> Made:
    """What `make` makes: by itself the first time and wherever a test has something already, else as it was then."""
    if not sowing.is_untouched():
        return make()
    if make not in _plants:
        made = make()
        _plants[make] = Plant.of(made)
        return made
    return _plants[make].plant()  # type: ignore[no-any-return]


def _models() -> list[type[models.Model]]:
    every = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    return [every[name] for name in sowing.filled()]


def _new(model: type[models.Model]) -> list[Any]:
    """Rows that are not sown; those that are must be as they were, for they are not written again."""
    table = model._meta.db_table
    before = sowing.sown().get(table, [])
    assert all(row in sowing.rows_of(table) for row in before), f"what is sown in {table} was changed"
    return [*model._base_manager.exclude(pk__in=[row[0] for row in before])]


def _statements(rows: dict[type[models.Model], list[Any]]) -> list[tuple[str, Any]]:
    """What the database is told to write these rows anew."""
    told: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        told.append((sql, values))
        return execute(sql, values, many, context)

    with transaction.atomic():
        for model, some in rows.items():
            model._base_manager.filter(pk__in=[row.pk for row in some])._raw_delete(connection.alias)
        with connection.execute_wrapper(listen):
            for model, some in rows.items():
                model._base_manager.bulk_create(some)
        transaction.set_rollback(True)
    return [one for one in told if one[0].startswith("INSERT")]
