"""A new shop's database, made by the migrations as `make run` makes it."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from tests import sowing
from tests.servers.desks import ROOT

pytestmark = pytest.mark.django_db
SEEDED = ("crm_customergroup", "crm_socialtitle", "crm_recordsettings")


@pytest.fixture(scope="module")
def migrated(tmp_path_factory) -> sqlite3.Connection:
    """A database that only `manage.py migrate` has seen."""
    path: Path = tmp_path_factory.mktemp("migrated") / "desk.sqlite3"
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
    assert sorted(theirs) == sorted(ours)
    different = {name: (made, ours[name]) for name, made in theirs.items() if made != ours[name]}
    assert not {name: pair for name, pair in different.items() if not without_names(*pair)}


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
