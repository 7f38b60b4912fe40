"""A new shop's database, made by the migrations as `make run` makes it; and an old one, brought up to date.

`desk_of_0_2.sqlite3.xz` was made by the migrations from before they were squashed (crm 0020, helpdesk 0023), with a
customer, an order, two carts and a thread in it, written by the verbs of that time.
"""

import json
import lzma
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests import sowing
from tests.servers.desks import ROOT

pytestmark = pytest.mark.django_db
SEEDED = ("crm_customergroup", "crm_socialtitle", "crm_recordsettings")


@pytest.fixture(scope="module")
def migrated(tmp_path_factory) -> sqlite3.Connection:
    """A database that only `manage.py migrate` has seen."""
    return migrate(tmp_path_factory.mktemp("migrated") / "desk.sqlite3")


def migrate(path: Path) -> sqlite3.Connection:
    """The database there, after `manage.py migrate`."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{path}", "DJANGO_SETTINGS_MODULE": "config.settings"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)
    with sqlite3.connect(path) as made:
        return made


def schema(ask) -> dict[str, list]:
    """Tables with their columns, indexes and triggers with their words. Made-up ends of names are left out."""
    found = {}
    for name, kind, sql in ask("SELECT name, type, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"):
        columns = ask(f"SELECT name, type, \"notnull\", pk FROM pragma_table_info('{name}')")  # noqa: S608
        found[re.sub(r"_[0-9a-f]{8}(?=_|$)", "", name)] = sorted(columns) if kind == "table" else [kind, sql]
    return found


def test_migrations_lead_to_the_tables_indexes_and_triggers_of_the_models(migrated):
    def ask(question: str) -> list:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchall()

    ours, theirs = schema(ask), schema(lambda question: migrated.execute(question).fetchall())
    assert {name for name in theirs if name.endswith("_index_added")}, "the words have no index"
    assert_same(theirs, ours)


def assert_same(theirs: dict[str, list], ours: dict[str, list]) -> None:
    """The same tables, indexes and triggers."""
    assert sorted(theirs) == sorted(ours)
    different = {name: (made, ours[name]) for name, made in theirs.items() if made != ours[name]}
    assert not {name: pair for name, pair in different.items() if not without_names(*pair)}


def keys(database: sqlite3.Connection) -> dict[str, set[tuple]]:
    """The keys of all rows, by table."""
    known = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%PRIMARY KEY%'")
    found = {}
    for (table,) in known.fetchall():
        columns = database.execute(f"SELECT name FROM pragma_table_info('{table}') WHERE pk").fetchall()  # noqa: S608
        named = ", ".join(f'"{name}"' for (name,) in columns)
        found[table] = set(database.execute(f'SELECT {named} FROM "{table}"').fetchall())  # noqa: S608
    return found


@pytest.mark.soak
def test_an_old_database_comes_to_the_same_tables_and_loses_no_row(migrated, tmp_path):
    path = tmp_path / "desk.sqlite3"
    path.write_bytes(lzma.decompress((Path(__file__).parent / "desk_of_0_2.sqlite3.xz").read_bytes()))
    with sqlite3.connect(path) as old:
        before = keys(old)
        old.execute("UPDATE accounts_agent SET notices_by_mail = 0")
    assert sum(map(len, before.values())) > 150  # there is something to lose
    upgraded = migrate(path)
    after = keys(upgraded)
    assert not {table: rows - after[table] for table, rows in before.items() if rows - after[table]}
    told = "SELECT c.last_name, n.text, o.reference, o.total FROM crm_customer c, crm_customernote n, crm_order o"
    assert upgraded.execute(told).fetchall() == [("Döe", "Call first", "MK-1", 42.5)]
    found = "SELECT rowid FROM crm_customerwords_index WHERE crm_customerwords_index MATCH 'john'"
    assert upgraded.execute(found).fetchall() == [(1,)]
    assert {len(json.loads(one)) for (one,) in upgraded.execute("SELECT unmailed FROM accounts_agent")} == {12}
    assert_same(*(schema(lambda question, one=one: one.execute(question).fetchall()) for one in (upgraded, migrated)))


def without_names(one: list, other: list) -> bool:
    """Whether two are the same but for the names that Django makes up."""
    return re.sub(r"_[0-9a-f]{8}(?=_|\b)", "", str(one)) == re.sub(r"_[0-9a-f]{8}(?=_|\b)", "", str(other))


@pytest.mark.parametrize("table", SEEDED)
def test_migrations_bring_the_groups_the_titles_and_the_settings(migrated, table):
    model = next(one for one in apps.get_models() if one._meta.db_table == table)
    (count,) = migrated.execute(f"SELECT COUNT(*) FROM {table}").fetchone()  # noqa: S608 - our own names
    assert count == model.objects.count() > 0


def test_only_migrations_write_to_the_tables_that_tests_keep():
    assert not sowing.KEPT & set(sowing.tables())


def test_what_replaces_all_migrations_of_an_app_stands_on_the_first_ones_of_the_others():
    """Under its own name, a neighbour that a database has only in part is not there yet: migrating would stop."""
    ours = {config.label for config in apps.get_app_configs() if config.path.startswith(str(ROOT / config.label))}
    squashed = {key: one for key, one in MigrationLoader(None).disk_migrations.items() if "squashed" in key[1]}
    assert len(squashed) == 5
    for (app, _name), one in squashed.items():
        for other, stands_on in one.dependencies:
            assert other == app or other not in ours or stands_on in {"0001_initial", "__first__"}, (
                app,
                other,
                stands_on,
            )
