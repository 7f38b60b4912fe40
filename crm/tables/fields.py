"""What a page draws of a list's columns and filters: heads, fields and chips."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm.tables.columns import Column
from crm.tables.filters import Filter, Read

if TYPE_CHECKING:
    from crm.tables.listing import Listing

FILTER_FORM = "list-filters"
ONE_END = {"crm/tables/filters/_numbers.html", "crm/tables/filters/_dates.html"}  # the row shows the lower end alone


@dataclass(frozen=True)
class Head:
    """A column's head: where a click on it leads, and how the list is sorted by it now."""

    column: Column
    url: str = ""
    aria_sort: str = ""


@dataclass(frozen=True)
class Field:
    """A filter's field as the page draws it: what was typed, and whether it could be read."""

    filter: Filter
    read: Read
    form: str = ""  # the form it belongs to, where it stands outside of it
    listing: "Listing | None" = None

    @property
    def choices(self) -> list[Any]:
        """What there is to choose from."""
        return self.listing.choices_of(self.filter.key) if self.listing else []

    @property
    def values(self) -> list[tuple[str, str]]:
        """Parameter and what was typed, for each of its parameters."""
        return [(name, ", ".join(self.read.typed.get(name, ()))) for name in self.filter.names]

    @property
    def value(self) -> str:
        """What was typed into the first."""
        return self.values[0][1]


@dataclass(frozen=True)
class Chip:
    """A filter that is on, in words, and the address without it."""

    text: str
    off_url: str


def names_in_row(one: Filter) -> Sequence[str]:
    """The parameters for which the row of filters has a field."""
    if one.adds:
        return ()
    return one.names if one.template not in ONE_END else one.names[:1]
