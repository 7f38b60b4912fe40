"""A list as a file: exactly the filtered rows, in the list's order, in the columns that were chosen."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.access import AgentRequest
from crm.models import RecordEvent
from crm.tables.columns import Column
from crm.tables.paging import all_of
from crm.tables.selection import Selection
from crm.tables.table import Table

RISKY = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"
SEPARATORS = {"comma": ",", "semicolon": ";"}
CSV, XLSX = "csv", "xlsx"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export(request: AgentRequest, table: Table, rows: QuerySet[Any], *, back: str) -> HttpResponseBase:
    """The page that asks which columns and which kind of file (GET), or the file (POST, written down as an event).

    The rows are those of Selection: `all` or `ids`, and the list's query in `filters`.
    """
    selection = Selection.read(request, table, rows, path=back)
    offered = [one for one in table.columns if one.when()]
    if request.method != "POST":
        return _page(request, selection, offered)
    wanted = set(request.POST.getlist("columns"))
    columns = [one for one in offered if one.key in wanted]
    if not columns or not selection.count:
        return _page(request, selection, offered, error=_why_not(selection))
    kind = XLSX if request.POST.get("kind") == XLSX else CSV
    filters = selection.listing.query().urlencode() if selection.is_all else ""
    keys = [one.key for one in columns]
    RecordEvent.objects.exported(
        table.name, by=request.user, columns=keys, kind=kind, rows=selection.count, filters=filters
    )
    return _file(request, selection, columns, kind)


def _why_not(selection: Selection) -> str:
    return _("There is nothing to export.") if not selection.count else _("Choose at least one column.")


def _page(request: AgentRequest, selection: Selection, offered: list[Column], error: str = "") -> HttpResponse:
    shown = {one.key for one in selection.listing.columns}
    chosen = set(request.POST.getlist("columns")) if request.method == "POST" else shown
    told = RecordEvent.objects.filter(kind=RecordEvent.Kind.EXPORTED, customer=None).select_related("by")
    context = {
        "selection": selection,
        "listing": selection.listing,
        "choices": [(one, one.key in chosen) for one in offered],
        "error": error,
        "exports": told[:5] if request.user.is_supervisor else [],
    }
    return render(request, "crm/tables/export.html", context, status=400 if error else 200)


def _file(request: AgentRequest, selection: Selection, columns: list[Column], kind: str) -> HttpResponseBase:
    label = str(selection.listing.table.label)
    pieces = all_of(selection.listing.table.fetch(selection.rows), selection.listing.order)
    separator = SEPARATORS.get(request.POST.get("separator", ""), ",")
    return file_of(request, pieces, columns, label, kind, separator=separator, bom=request.POST.get("bom") == "1")


def file_of(
    request: HttpRequest,
    pages: Iterable[list[Any]],
    columns: list[Column],
    label: str,
    kind: str,
    *,
    separator: str = ",",
    bom: bool = False,
) -> HttpResponseBase:
    """Rows, a page at a time, as a download of a kind (CSV or XLSX), never all of them in memory."""
    name = f"{slugify(label)}-{timezone.localdate().isoformat()}.{kind}"
    if kind == XLSX:
        from crm.tables.workbook import xlsx_pieces  # a quarter of a second of every start, if it were above

        body, content_type = xlsx_pieces(pages, columns, label), XLSX_TYPE
    else:
        body, content_type = csv_pieces(pages, columns, separator, bom=bom), "text/csv; charset=utf-8"
    body = _as_here(body)
    stream: Any = _off_loop(body) if isinstance(request, ASGIRequest) else body
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(stream, content_type=content_type, headers=headers)


def _as_here(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, made in the reader's language and zone: both are gone once the view has returned."""
    language, zone = get_language(), timezone.get_current_timezone()

    def following() -> bytes | None:
        with override(language), timezone.override(zone):
            return next(pieces, None)

    return iter(following, None)


async def _off_loop(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces, fetched where the request's database connection is."""
    following = sync_to_async(lambda: next(pieces, None), thread_sensitive=True)
    while (piece := await following()) is not None:
        yield piece


# -- formats --------------------------------------------------------------------------------------


def csv_pieces(pages: Iterable[list[Any]], columns: list[Column], separator: str, *, bom: bool) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator)
    buffer.write(BOM if bom else "")
    writer.writerow([harmless(str(one.label)) for one in columns])
    for rows in pages:
        writer.writerows([[harmless(in_csv(one.of(row))) for one in columns] for row in rows])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def in_csv(value: Any) -> Any:
    """A value as other programs read it; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | Decimal) else str(value)


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe, so that it is read as text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value
