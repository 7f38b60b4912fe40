"""A spreadsheet as plain text: .csv and .xlsx, with limits, and nothing in it is ever run."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_LINES = 5000
MOST_COLUMNS = 60
LONGEST_CELL = 1000
SEPARATORS = ",;\t|"


class Unreadable(Exception):
    """Why this file cannot be taken; a sentence."""


@dataclass
class Sheet:
    """The headers, and each line under them with its number in the file. Lines without text are left out."""

    headers: list[str]
    lines: list[tuple[int, list[str]]]


def read(name: str, content: bytes) -> Sheet:
    """What the file holds. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 5 MB. Divide it into several."))
    if name.lower().endswith(".xlsx"):
        return _sheet(_rows_of_book(content))
    if name.lower().endswith((".csv", ".txt")):
        return _sheet(_rows_of_text(content))
    raise Unreadable(_("Only .csv and .xlsx files can be read. Save the spreadsheet as one of these."))


def _sheet(rows: Iterator[list[str]]) -> Sheet:
    """The first line with text holds the headers."""
    headers: list[str] = []
    lines: list[tuple[int, list[str]]] = []
    for number, cells in enumerate(rows, start=1):
        if not any(cells):
            continue
        if not headers:
            headers = _headers(cells)
        elif len(lines) == MOST_LINES:
            said = _("The file has more than %(most)s lines. Divide it into several.")
            raise Unreadable(said % {"most": MOST_LINES})
        else:
            lines.append((number, (cells + [""] * len(headers))[: len(headers)]))
    if not lines:
        raise Unreadable(_("There is no line of data in this file. The first line has to name the columns."))
    return Sheet(headers, lines)


def _headers(cells: list[str]) -> list[str]:
    while not cells[-1]:
        cells = cells[:-1]
    if len(cells) > MOST_COLUMNS:
        raise Unreadable(_("The file has more than %(most)s columns.") % {"most": MOST_COLUMNS})
    return [cell[:120] for cell in cells]


def _rows_of_text(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first = text.lstrip().partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield _texts(row)
    except csv.Error as error:
        raise Unreadable(_("This is no CSV file: %(reason)s") % {"reason": error}) from error


def _decoded(content: bytes) -> str:
    """UTF-8, or what Excel writes in Western Europe."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Unreadable(_("The text of this file cannot be read. Save it as CSV in UTF-8."))


def _rows_of_book(content: bytes) -> Iterator[list[str]]:
    """The first sheet, as values: formulas are not worked out."""
    import openpyxl  # a quarter of a second of every start, if it were above

    try:
        _refuse_traps(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            # A sheet may claim any size: what is read is limited here.
            for row in book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS + 1):
                yield _texts(row)
        finally:
            book.close()
    except (Unreadable, GeneratorExit):
        raise
    except Exception as error:
        raise Unreadable(_("This is no spreadsheet that can be read. Save it again as .xlsx or .csv.")) from error


def _refuse_traps(content: bytes) -> None:
    """No archive that grows without end, and no XML that defines words of its own."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise Unreadable(_("The spreadsheet is too large inside. Save it as CSV."))
        for part in (one for one in parts if one.filename.endswith((".xml", ".rels"))):
            with archive.open(part) as stream:
                if b"<!DOCTYPE" in stream.read(4096).replace(b"\x00", b"").upper():
                    raise Unreadable(_("This is no spreadsheet that can be read. Save it again as .xlsx or .csv."))


def _texts(row: Iterable[Any]) -> list[str]:
    return [_text(value) for value in row]


def _text(value: Any) -> str:
    """A cell as somebody would have typed it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace("\x00", "").strip()[:LONGEST_CELL]
