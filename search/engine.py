"""Two engines behind one function: SQLite's FTS5 and PostgreSQL's GIN.

Both hold the words of the line that a row keeps (search.models.Words), so that they find the same. What they are
slow at is what is common: PostgreSQL has to fetch all rows of a word before it knows the newest, SQLite has to join
the lists of all words that begin alike. So the newest candidates are looked through first, as plain text: what is
common is found there, and what is not costs the index little.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from search.folding import AGE_BITS, age_word
from search.query import Group, Query

WINDOW = {"sqlite": 1_000, "postgresql": 3_000}  # candidates that are looked through as text
RECENT = 4  # times 32,768 ids that PostgreSQL looks at first
PHRASE_WINDOW = 10_000  # the same for phrases, which no index knows


@dataclass(frozen=True)
class Table:
    """Where the words are: names from our own models, never from a request."""

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
        return f'w."{self.key}", w."{self.group}"'


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


def newest(table: Table, query: Query, *, enough: int = 50, most: int = 2_000) -> Hits:
    """At most `most` rows that fit, the newest first.

    If the newest rows of all hold more than `enough` different things, older ones are left out.
    """
    if not query:
        return Hits()
    if connection.vendor == "sqlite" and not query.phrases and not query.has_beginnings:
        rows = _fetch(*_sqlite(table, query, most))
        return Hits(rows, is_all=len(rows) < most)
    looked_at = _window(table, query)
    hits = Hits(
        [(row, group) for row, group, fits in looked_at if fits][:most],
        is_all=len(looked_at) < WINDOW[connection.vendor],
    )
    if hits.is_all or len(hits.first_of_group) > enough:
        return hits
    if connection.vendor == "postgresql":
        recent = query.among(*_recent(looked_at[0][0]))
        hits = Hits(_fetch(*_postgresql(table, recent, most)), is_all=False)
        if len(hits.first_of_group) > enough:
            return hits
    rows = _fetch(*INDEXES[connection.vendor](table, query, most))
    return Hits(rows, is_all=len(rows) < most)


def ids(table: Table, query: Query, *, most: int) -> list[int]:
    """The ids of rows that fit, in no order; at most so many."""
    sql, values = having(table, query)
    return [one for (one,) in _fetch(f"{sql} LIMIT {most}", values)]


def having(table: Table, query: Query) -> tuple[str, list[Any]]:
    """A subquery of the ids of all rows that fit, in no order, for lists that narrow and sort by themselves."""
    return IDS[connection.vendor](table, query)


def listed(found: Sequence[int]) -> tuple[str, list[Any]]:
    """A subquery of these ids, handed over as one value."""
    if connection.vendor == "sqlite":
        return "SELECT value FROM json_each(%s)", [json.dumps(found)]
    return "SELECT unnest(%s::bigint[])", [f"{{{','.join(map(str, found))}}}"]  # psycopg would write each by itself


def _window(table: Table, query: Query) -> list[tuple[int, int, bool]]:
    """The newest candidates, with what they belong to and whether their text fits."""
    candidates, values = CANDIDATES[connection.vendor](table, query)
    position = "strpos" if connection.vendor == "postgresql" else "instr"
    looks, looked_for = _looks(query, f"{position}(w.words, %s) > 0")
    newest_first = f"{candidates} LIMIT {WINDOW[connection.vendor]}"
    sql = f"SELECT {table.columns}, {looks} FROM ({newest_first}) w ORDER BY 1 DESC"  # noqa: S608
    return _rows(sql, [*looked_for, *values])


def _fetch(sql: str, values: list[Any]) -> list[Any]:
    """Rows that an index finds; PostgreSQL may keep all it found in memory."""
    if connection.vendor == "sqlite":
        return _rows(sql, values)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # with less, it forgets which rows of a page it found
        cursor.execute(sql, values)
        return cursor.fetchall()


def _rows(sql: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _looks(query: Query, look: str) -> tuple[str, list[Any]]:
    """The query as conditions on a line of words, with their values. What is longest, so perhaps rare, stands first."""
    longest_first = sorted(query.groups, key=lambda group: -len(group[0].word))
    conditions = [" OR ".join([look] * len(group)) for group in longest_first] + [look] * len(query.phrases)
    values = [term.inside for group in longest_first for term in group]
    return " AND ".join(f"({one})" for one in conditions), [*values, *(f" {one} " for one in query.phrases)]


def _newest_of_all(table: Table) -> str:
    return f'SELECT * FROM "{table.name}" ORDER BY "{table.key}" DESC'  # noqa: S608


# -- SQLite -------------------------------------------------------------------------------------------------------


def _sqlite_candidates(table: Table, query: Query) -> tuple[str, list[Any]]:
    """The newest rows with the words that are typed to their end: FTS5 walks their lists backwards, however long."""
    exact = [group for group in query.groups if not any(term.begins for term in group)]
    return (_sqlite_rows(table), [_fts(exact)]) if exact else (_newest_of_all(table), [])


def _sqlite_rows(table: Table) -> str:
    return (
        f'SELECT w.* FROM "{table.index}" f CROSS JOIN "{table.name}" w ON w."{table.key}" = f.rowid'  # noqa: S608
        f' WHERE "{table.index}" MATCH %s ORDER BY f.rowid DESC'
    )


def _sqlite(table: Table, query: Query, most: int) -> tuple[str, list[Any]]:
    """The same with what is not typed to its end: FTS5 joins the lists of all words that begin so."""
    looks = "".join([" AND instr(w.words, %s) > 0"] * len(query.phrases))
    limit = PHRASE_WINDOW if query.phrases else most
    sql = (
        f"SELECT {table.columns} FROM ({_sqlite_rows(table)} LIMIT {limit}) w WHERE 1 = 1{looks}"  # noqa: S608
        f" ORDER BY 1 DESC LIMIT {most}"
    )
    return sql, [_fts(query.groups), *(f" {one} " for one in query.phrases)]


def _sqlite_ids(table: Table, query: Query) -> tuple[str, list[Any]]:
    if not query.phrases:
        return f'SELECT rowid FROM "{table.index}" WHERE "{table.index}" MATCH %s', [_fts(query.groups)]  # noqa: S608
    looks = " AND ".join(["instr(w.words, %s) > 0"] * len(query.phrases))
    sql = f'SELECT "{table.key}" FROM ({_sqlite_rows(table)}) w WHERE {looks}'  # noqa: S608
    return sql, [_fts(query.groups), *(f" {one} " for one in query.phrases)]


def _fts(groups: Iterable[Group]) -> str:
    return " AND ".join(
        "(" + " OR ".join(f'"{term.word}"' + ("*" if term.begins else "") for term in group) + ")" for group in groups
    )


# -- PostgreSQL ---------------------------------------------------------------------------------------------------

# Our own words, as they are: no parser of PostgreSQL's has a say in what a word is.
VECTOR = "array_to_tsvector(string_to_array(btrim(w.words), ' '))"


def _postgresql_candidates(table: Table, query: Query) -> tuple[str, list[Any]]:
    """The newest rows, whatever they hold."""
    return _newest_of_all(table), []


def _postgresql(table: Table, query: Query, most: int) -> tuple[str, list[Any]]:
    """GIN finds all rows at once; the planner is not let near, as it would rather read the table from its end."""
    hits, values = _postgresql_hits(table, query)
    return f"WITH {hits} SELECT id, belongs FROM hit ORDER BY id DESC LIMIT {most}", values  # noqa: S608


def _postgresql_hits(table: Table, query: Query) -> tuple[str, list[Any]]:
    phrases = "".join([" AND strpos(w.words, %s) > 0"] * len(query.phrases))
    sql = (
        f'hit (id, belongs) AS MATERIALIZED (SELECT {table.columns} FROM "{table.name}" w'  # noqa: S608
        f" WHERE {VECTOR} @@ %s::tsquery{phrases})"
    )
    return sql, [" & ".join(map(_tsquery, query.groups)), *(f" {one} " for one in query.phrases)]


def _postgresql_ids(table: Table, query: Query) -> tuple[str, list[Any]]:
    """Behind a fence again: the planner would rather make vectors of all rows that a list begins with."""
    hits, values = _postgresql_hits(table, query)
    return f"WITH {hits} SELECT id FROM hit", values  # noqa: S608


def _recent(newest_id: int) -> list[str]:
    """The words of the newest rows: what is not quite rare is found among them, and fetching it all would take long."""
    return [age_word(max(0, newest_id - (back << AGE_BITS))) for back in range(RECENT)]


def _tsquery(group: Group) -> str:
    return "(" + " | ".join(f"'{term.word}'" + (":*" if term.begins else "") for term in group) + ")"


CANDIDATES = {"sqlite": _sqlite_candidates, "postgresql": _postgresql_candidates}
IDS = {"sqlite": _sqlite_ids, "postgresql": _postgresql_ids}
INDEXES = {"sqlite": _sqlite, "postgresql": _postgresql}
