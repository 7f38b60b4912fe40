"""How a list draws a row. A page has fifty: they are drawn in Python, for a template would cost ten times as much."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from crm.tables.columns import Column
    from crm.tables.listing import Listing

Cell = Callable[[Any], SafeString]


def address(view: str, pk: int, *more: str) -> str:
    """The address of a page about one record; looked up once for all records."""
    before, after = _around(view, *more)
    return f"{before}/{pk}/{after}"


@cache
def _around(view: str, *more: str) -> tuple[str, str]:
    before, _cut, after = reverse(view, args=[0, *more]).partition("/0/")
    return before, after


class Rows:
    """Draws the rows of one list for one request. What is the same in each of them is made once."""

    def __init__(self, listing: "Listing") -> None:
        self.table = listing.table
        self.cells = [one.cell or plain(one) for one in listing.columns]
        self.actions = self.table.actions(listing) if self.table.actions else None
        self.select = _("Select %(name)s")

    def of(self, row: Any) -> SafeString:
        """One row, with its box, its cells and its actions."""
        return format_html(
            '<tr id="row-{}"{}><td class="list-tick">{}</td>{}<td class="list-actions">{}</td></tr>\n',
            row.pk,
            format_html(' class="{}"', getattr(row, self.table.row_class)) if self.table.row_class else "",
            self._tick(row) if self.table.ticks else "",
            format_html_join("", "{}", ((draw(row),) for draw in self.cells)),
            self.actions(row) if self.actions else "",
        )

    def _tick(self, row: Any) -> SafeString:
        may = not self.table.may_tick or getattr(row, self.table.may_tick)
        return format_html(
            '<label class="cb-hit"><input type="checkbox" class="cb" name="ids" value="{}" form="selection"{}>'
            '<span class="vh">{}</span></label>',
            *(row.pk, "" if may else " disabled", self.select % {"name": row}),
        )


def plain(column: "Column") -> Cell:
    """What draws a column's value as words."""
    classes = f"{'num r' if column.is_number else ''}{' is-main' if column.is_main else ''}"
    return lambda row: format_html('<td class="{}">{}</td>', classes, column.text(row))
