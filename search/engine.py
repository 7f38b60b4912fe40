"""Two engines behind one function: SQLite's FTS5 and PostgreSQL's GIN.

Both hold the words of the line that a row keeps (search.models.Words), so that they find the same. What they are
slow at is what is common: PostgreSQL has to fetch all rows of a word before it knows the newest, SQLite has to join
the lists of all words that begin alike. So the newest rows are looked through first, by plain text; what is common is
found there, and what is not costs the index little.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from search.query import Group, Query

WINDOW = 3_000  # rows that are looked through
MOST = 2_000  # rows that are fetched at all
MOST_OF_PHRASE = 20_000  # rows with all words of a phrase that are looked at for it


@dataclass(frozen=True)
class Table:
    """Where the words are: names from our own models, never from a request. `group` is "" for rows that stand alone."""

    name: str
    key: str
    group: str

    @property
    def index(self) -> str:
        """The name of its index."""
        return f"{self.name}_index"

    @property
    def columns(self) -> str:
        """The row's id, and what it belongs to."""
        return f'w."{self.key}", w."{self.group or self.key}"'


@dataclass(frozen=True)
class Hits:
    """Ids of rows with what they belong to, the newest first. Unless `is_all`, there may be older ones."""

    rows: Sequence[tuple[int, int]] = ()
    is_all: bool = True

    @property
    def first_of_group(self) -> dict[int, int]:
        """What the rows belong to, each with its newest row; the newest first."""
        found: dict[int, int] = {}
        for row, group in self.rows:
            found.setdefault(group, row)
        return found


def newest(table: Table, query: Query, *, enough: int = 50) -> Hits:
    """Rows that fit, the newest first. If the newest rows of all hold more than `enough`, older ones are left out."""
    if not query:
        return Hits()
    if connection.vendor == "postgresql" or query.has_beginnings:
        hits = Hits(_fetch(*_window(table, query)), is_all=False)
        if len(hits.first_of_group) > enough:
            return hits
    rows = _fetch(*INDEXES[connection.vendor](table, query))
    return Hits(rows, is_all=len(rows) < MOST)


def _fetch(sql: str, values: list[Any]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _window(table: Table, query: Query) -> tuple[str, list[Any]]:
    """The newest rows, looked through as plain text."""
    position = "strpos" if connection.vendor == "postgresql" else "instr"
    looks, values = _looks(query, f"{position}(w.words, %s) > 0")
    sql = (
        f'SELECT {table.columns} FROM (SELECT * FROM "{table.name}" ORDER BY "{table.key}" DESC LIMIT {WINDOW}) w'  # noqa: S608
        f" WHERE {looks} ORDER BY 1 DESC LIMIT {MOST}"
    )
    return sql, values


def _looks(query: Query, look: str) -> tuple[str, list[Any]]:
    """The query as conditions on a line of words, with their values. What is rarest stands first."""
    longest_first = sorted(query.groups, key=lambda group: -len(group[0].word))
    conditions = [" OR ".join([look] * len(group)) for group in longest_first] + [look] * len(query.phrases)
    values = [term.inside for group in longest_first for term in group]
    return " AND ".join(f"({one})" for one in conditions), [*values, *(f" {one} " for one in query.phrases)]


# -- SQLite -------------------------------------------------------------------------------------------------------


def _sqlite(table: Table, query: Query) -> tuple[str, list[Any]]:
    """FTS5 walks the lists of exact words backwards, so that the newest cost no more for being many."""
    match = " AND ".join(_fts(group) for group in query.groups)
    inner = (
        f'SELECT {table.columns}, w.words FROM "{table.index}" f CROSS JOIN "{table.name}" w'  # noqa: S608
        f' ON w."{table.key}" = f.rowid WHERE "{table.index}" MATCH %s ORDER BY f.rowid DESC LIMIT {{most}}'
    )
    if not query.phrases:
        return inner.replace(", w.words", "", 1).format(most=MOST), [match]
    looks = " AND ".join(["instr(p.words, %s) > 0"] * len(query.phrases))
    columns = table.columns.replace("w.", "p.")
    sql = f"SELECT {columns} FROM ({inner.format(most=MOST_OF_PHRASE)}) p WHERE {looks} LIMIT {MOST}"  # noqa: S608
    return sql, [match, *(f" {one} " for one in query.phrases)]


def _fts(group: Group) -> str:
    return "(" + " OR ".join(f'"{term.word}"' + ("*" if term.begins else "") for term in group) + ")"


# -- PostgreSQL ---------------------------------------------------------------------------------------------------


def _postgresql(table: Table, query: Query) -> tuple[str, list[Any]]:
    """GIN finds all rows at once; the planner is not let near, as it would rather read the table from its end."""
    match = " & ".join(_tsquery(group) for group in query.groups)
    phrases = "".join([" AND strpos(w.words, %s) > 0"] * len(query.phrases))
    sql = (
        f'WITH hit (id, belongs) AS MATERIALIZED (SELECT {table.columns} FROM "{table.name}" w'  # noqa: S608
        f" WHERE {VECTOR} @@ %s::tsquery{phrases}) SELECT id, belongs FROM hit ORDER BY id DESC LIMIT {MOST}"
    )
    return sql, [match, *(f" {one} " for one in query.phrases)]


# Our own words, as they are: no parser of PostgreSQL's has a say in what a word is.
VECTOR = "array_to_tsvector(string_to_array(btrim(w.words), ' '))"


def _tsquery(group: Group) -> str:
    return "(" + " | ".join(f"'{term.word}'" + (":*" if term.begins else "") for term in group) + ")"


INDEXES = {"sqlite": _sqlite, "postgresql": _postgresql}
