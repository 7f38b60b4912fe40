"""The tests' database: made from the models at once, with what only migrations bring; emptied after tests that commit.

Running every migration took most of the time of a single test. tests/config/test_migrations.py shows that they lead
to the same.
"""

from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from search.schema import index_words

Statements = list[tuple[str, Any]]  # with their values
KEPT = {"django_migrations", "django_content_type", "auth_permission"}
SEED = "crm.migrations.0001_squashed_0021_present"
WORDS = {"crm": ("CustomerWords", "OrderWords", "CartWords"), "helpdesk": ("MessageWords",)}


def sow() -> None:
    """What the migrations put into an empty database."""
    import_module(SEED).seed(apps, None)


def finish() -> None:
    """After the tables: the indexes of words, what migrations put there, and that there is nothing left to migrate."""
    with connection.schema_editor() as editor:
        for app, models in WORDS.items():
            index_words(app, *models).code(apps, editor)
    sow()
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    for app, name in MigrationLoader(None).disk_migrations:
        recorder.record_applied(app, name)
    sown()
    seeds()


@cache
def tables() -> list[str]:
    """Every table of a model but those that only migrations write."""
    return [name for name in connection.introspection.django_table_names(include_views=False) if name not in KEPT]


@cache
def sown() -> dict[str, list[tuple[Any, ...]]]:
    """Rows of the tables that `sow` fills; asked before the first test."""
    return {name: rows_of(name) for name in filled()}


def rows_of(table: str) -> list[tuple[Any, ...]]:
    """Every row."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")  # noqa: S608
        return cursor.fetchall()


@cache
def seeds() -> Statements:
    """What writes the sown rows; asked before the first test."""
    return statements({model: [*model._base_manager.all()] for model in filled_models()})


def filled_models() -> list[type[models.Model]]:
    """Models with at least one row, also those between two that know many of each other."""
    every = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    return [every[name] for name in filled()]


def statements(rows: dict[type[models.Model], list[Any]]) -> Statements:
    """What the database is told to write these rows anew, under their own keys."""
    told: Statements = []

    def listen(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        told.append((sql, values))
        return execute(sql, values, many, context)

    with transaction.atomic():
        for model, some in rows.items():
            model._base_manager.filter(pk__in=[row.pk for row in some])._raw_delete(connection.alias)
        with connection.execute_wrapper(listen):
            for model, some in rows.items():
                model._base_manager.bulk_create(some)
        transaction.set_rollback(True)
    return [one for one in told if one[0].startswith("INSERT")]


def write(told: Statements) -> None:
    """Rows, as they were."""
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, values in told:
            cursor.execute(sql, values)


def is_untouched() -> bool:
    """Whether there is nothing but what is sown."""
    return filled() == [*sown()]


def filled() -> list[str]:
    """Tables with at least one row."""
    with connection.cursor() as cursor:
        cursor.execute(_which_are_filled())
        return [name for (name,) in cursor.fetchall()]


@cache
def _which_are_filled() -> str:
    quote = connection.ops.quote_name
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in tables())  # noqa: S608
    return " UNION ALL ".join(asked)


def empty() -> None:
    """Delete all rows and write again what was sown; foreign keys are looked at when all is there."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for name in filled():
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")  # noqa: S608
        write(seeds())
