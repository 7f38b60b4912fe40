"""How a list draws a row. A page has fifty: they are drawn in Python, for a template would cost ten times as much."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.pieces import fill

if TYPE_CHECKING:
    from crm.tables.columns import Column
    from crm.tables.listing import Listing

Cell = Callable[[Any], SafeString]


def address(view: str, pk: int | str, *more: str) -> str:
    """The address of a page about one record; looked up once for all records. "{pk}" makes a pattern of it."""
    before, after = _around(view, *more)
    return f"{before}/{pk}/{after}"


@cache
def _around(view: str, *more: str) -> tuple[str, str]:
    before, _cut, after = reverse(view, args=[0, *more]).partition("/0/")
    return before, after


ROW = (
    '<tr id="row-{{pk}}"{kind}><td class="list-tick">{tick}</td>{cells}<td class="list-actions">{{actions}}</td></tr>\n'
)
TICK = (
    '<label class="cb-hit"><input type="checkbox" class="cb" name="ids" value="{pk}" form="selection"{off}>'
    '<span class="vh">{said}</span></label>'
)


class Rows:
    """Draws the rows of one list for one request. What is the same in each of them is made once."""

    def __init__(self, listing: "Listing") -> None:
        self.table = listing.table
        self.cells = [one.drawn(listing) if one.drawn else one.cell or plain(one) for one in listing.columns]
        self.actions = self.table.actions(listing) if self.table.actions else None
        self.select = _("Select %(name)s")
        self.pattern = ROW.format(
            kind=' class="{kind}"' if self.table.row_class else "",
            tick=TICK if self.table.ticks else "",
            cells="{}" * len(self.cells),
        )

    def of(self, row: Any) -> SafeString:
        """One row, with its box, its cells and its actions. One pattern for all: each formatting costs its time."""
        may = not self.table.may_tick or getattr(row, self.table.may_tick)
        return fill(
            self.pattern,
            *(draw(row) for draw in self.cells),
            pk=row.pk,
            kind=getattr(row, self.table.row_class) if self.table.row_class else "",
            off="" if may else " disabled",
            said=self.select % {"name": row},
            actions=self.actions(row) if self.actions else "",
        )


def plain(column: "Column") -> Cell:
    """What draws a column's value as words."""
    classes = f"{'num r' if column.is_number else ''}{' is-main' if column.is_main else ''}"
    pattern = f'<td class="{classes}">{{}}</td>'
    return lambda row: fill(pattern, column.text(row))


class Named:
    """Draws the record that many rows have in common, by its name: once for each."""

    def __init__(self, field: str) -> None:
        self.field, self.drawn = field, dict[Any, SafeString]()

    def __call__(self, row: Any) -> SafeString:
        """A cell; a dash for none."""
        found = getattr(row, self.field)
        key = found and found.pk
        if key not in self.drawn:
            self.drawn[key] = fill('<td class="">{}</td>', str(found or "") or "—")
        return self.drawn[key]
