"""What a list is, the same for every request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from crm.tables.columns import Column
from crm.tables.filters import Filter
from crm.tables.rows import Cell

if TYPE_CHECKING:
    from crm.tables.listing import Listing

SIZE = 50


def as_they_are(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Nothing besides the rows themselves."""
    return rows


@dataclass(frozen=True)
class Table:
    """What a list is, the same for every request; crm.tables says what each part is for."""

    name: str
    label: str | Promise
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    fetch: Callable[[QuerySet[Any]], QuerySet[Any]] = as_they_are
    actions: Callable[["Listing"], Cell] | None = None
    sort: str = "-id"
    size: int = SIZE
    row_class: str = ""  # name of an attribute of a row
    ticks: bool = True  # rows can be selected
    may_tick: str = ""  # name of an attribute of a row: whether it can; empty for each
    empty: str = "crm/tables/_empty.html"

    @property
    def all_filters(self) -> list[Filter]:
        """Those without a column first, then the columns' own."""
        return [*self.filters, *(one.filter for one in self.columns if one.filter and one.when())]

    def column(self, key: str) -> Column | None:
        """The column with this key, if the shop uses it."""
        return next((one for one in self.columns if one.key == key and one.when()), None)
