"""Lists of records: columns, filters in the address, sorting, pages, counts, selection and export.

A list is declared once and shown by three lines of a view:

    ADDRESSES = Table(
        name="addresses",                       # columns are remembered under this name
        label=_("Addresses"),
        columns=(
            Column("id", _("No."), sort=("pk",), filter=Number("id", _("Number"), field="pk")),
            Column("name", _("Name"), cell=cells.name, sort=("last_name", "first_name"), is_main=True,
                   filter=Text("name", _("Name"), fields=("first_name", "last_name"))),
            Column("city", _("City"), filter=Text("city", _("City"), fields=("city",))),
        ),
        filters=(Text("q", _("Search"), fields=("line1", "city")),),   # those without a column
        fetch=lambda rows: rows.select_related("customer"),             # what a page of rows needs besides
        actions=cells.Actions,                                          # last cell of a row; may be missing
    )

    def index(request):
        listing = Listing(request, ADDRESSES, Address.objects.present())
        return listing.respond("crm/addresses/index.html")

    def download(request):                                              # GET asks how, POST streams the file
        return export(request, ADDRESSES, Address.objects.present(), back=reverse("crm:addresses"))

**The rows** that a view passes are those the agent may see: permission is where a list starts. Conditions must not
multiply rows: ask for what belongs to a row with Exists or pk__in.

**Column**: `value(row)` is what is exported, and shown if there is no `cell`; `say(row)` shows it in other words.
Without it the value is the attribute called like the column. `cell(row)` draws the whole <td> or <th scope="row">;
`actions(listing)` is called once a page and gives what draws a row's last cell. Rows are drawn in Python
(crm.tables.rows), for a page has hundreds of cells and a template for each costs more than all the rest.
`sort` names fields (paths are fine); unknown values (NULL in the first field) always come last. Give those fields an
index with the id behind them: Index(fields=["spent", "id"]). A decimal that is sorted by must be stored rounded.
`is_listed=False` is for export only; `is_shown=False` is off until the agent picks it; `is_main` cannot be taken away
and is what phones show, beside those with `on_phone` (their cell has that class); `short` is the head's word where
the label is wider than what stands below; `when()` says whether the shop uses it at all.

**Filters** (crm.tables.filters): Text, Number, Choice, YesNo, Dates, Numbers; all given ones must fit. A filter of
your own is a dataclass with `names`, `read(params)` -> Read and `template`. What cannot be read is told in
`listing.problems`, stays in its field, and does not narrow.

**Pages** are reached by a token of the last row's place, never by offset: no row comes twice and none is missed.
Counts are exact up to 2,000; above, the exact number is remembered, for a second for each hundred rows, at most for ten
minutes, and `count.is_old` says so.
`counts_of([...])` counts many querysets in one query, for tiles that are links to the filtered list.

**Templates**: `crm/tables/index.html` is a whole page with blocks (tabs, tiles, quick, bulk, bar_end); extend it.
`crm/tables/_table.html` is the table alone with its foot, `listing.row(pk)` one row, for htmx.
Keys J K X Enter work in every list (static/js/tables.js).

**Selection**: `Selection.read(request.GET, table, rows)` is what the checkboxes (`ids`) or "all matching" (`all`, with
the list's own query in `filters`) meant: `selection.rows()`, `selection.count()`, `selection.fields` to send it on.
"""

from crm.tables.columns import Column
from crm.tables.counting import Count, counts_of
from crm.tables.export import CSV, XLSX, export, file_of, harmless
from crm.tables.filters import Choice, Dates, Filter, Number, Numbers, Read, Text, YesNo
from crm.tables.listing import Listing
from crm.tables.selection import Selection
from crm.tables.table import Table

__all__ = [
    "CSV",
    "XLSX",
    "Choice",
    "Column",
    "Count",
    "Dates",
    "Filter",
    "Listing",
    "Number",
    "Numbers",
    "Read",
    "Selection",
    "Table",
    "Text",
    "YesNo",
    "counts_of",
    "export",
    "file_of",
    "harmless",
]
