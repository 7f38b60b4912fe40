"""What a column of a list is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.tables.filters import Filter
from crm.tables.rows import Cell

if TYPE_CHECKING:
    from crm.tables.listing import Listing

NOTHING = "—"


def always() -> bool:
    """The shop uses it."""
    return True


@dataclass(frozen=True)
class Column:
    """One column; crm.tables says what each part is for."""

    key: str
    label: str | Promise
    value: Callable[[Any], Any] | None = None  # the attribute called like the key, unless given
    say: Callable[[Any], str] | None = None
    cell: Cell | None = None
    drawn: Callable[["Listing"], Cell] | None = None  # a cell for one request, which knows what is the same in all rows
    sort: tuple[str, ...] = ()
    filter: Filter | None = None
    is_number: bool = False
    falls_first: bool = False  # the first click on its head puts the greatest on top
    inverts: bool = False  # the greatest value is the smallest of what is sorted by: age, by birthday
    is_main: bool = False
    on_phone: bool = False
    short: str | Promise = ""
    is_listed: bool = True
    is_shown: bool = True
    when: Callable[[], bool] = always

    def text(self, row: Any) -> str:
        """What a plain cell shows of a row; a dash where there is nothing."""
        return (self.say(row) if self.say else in_words(self.of(row))) or NOTHING

    def of(self, row: Any) -> Any:
        """Its value in a row."""
        return self.value(row) if self.value else getattr(row, self.key)


def in_words(value: Any) -> str:
    """A value as people read it; an empty string for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, int):
        return _whole(value, get_language())
    return number_format(value) if isinstance(value, Decimal) else str(value)


@lru_cache(maxsize=10_000)  # a list has two of them a row
def _whole(number: int, language: str | None) -> str:
    return number_format(number)
