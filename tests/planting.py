"""What many tests begin with, made by the product's verbs once a process and put there again as it was."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import models

from tests import sowing

Made = TypeVar("Made")
_plants: dict[Callable[[], Any], "Plant"] = {}


@dataclass(frozen=True)
class Plant:
    """Statements that write all rows of something, and what its maker returned."""

    statements: sowing.Statements
    made: bytes

    @classmethod
    def of(cls, made: Any) -> "Plant":
        """All that is in the database besides what is sown."""
        return cls(sowing.statements({one: _new(one) for one in sowing.filled_models()}), pickle.dumps(made))

    def plant(self) -> Any:
        """Write the rows; returns a copy of what was made."""
        sowing.write(self.statements)
        cache.clear()  # what was asked before is not there any more
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


def _new(model: type[models.Model]) -> list[Any]:
    """Rows that are not sown; those that are must be as they were, for they are not written again."""
    table = model._meta.db_table
    before = sowing.sown().get(table, [])
    assert all(row in sowing.rows_of(table) for row in before), f"what is sown in {table} was changed"
    return [*model._base_manager.exclude(pk__in=[row[0] for row in before])]
