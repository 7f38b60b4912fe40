"""A list as a workbook of Excel."""

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from crm.tables.columns import Column
from crm.tables.export import in_csv

PIECE = 64 * 1024


def xlsx_pieces(pages: Iterable[list[Any]], columns: list[Column], title: str) -> Iterator[bytes]:
    """Written to a file on disk first: the format has its table of contents at the end."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(ILLEGAL_CHARACTERS_RE.sub("", title)[:31])
    sheet.append([_cell(sheet, str(one.label)) for one in columns])
    for rows in pages:
        for row in rows:
            sheet.append([_cell(sheet, one.of(row)) for one in columns])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _cell(sheet: Any, value: Any) -> Any:
    """Text is text, whatever it begins with; dates and numbers are what they are."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).replace(tzinfo=None)
    if value is None or (isinstance(value, int | Decimal | date) and not isinstance(value, bool)):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(in_csv(value))))
    cell.data_type = "s"
    return cell
