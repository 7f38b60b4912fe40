"""Empties the database after a test that commits: only tables that hold rows, and with what migrations put there again.

Django's own way deletes from every table and makes every permission anew, which costs half a second a test.
"""

from functools import cache
from importlib import import_module

from django.apps import apps
from django.db import connection, transaction

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
SEED = "crm.migrations.0001_squashed_0018_lists_count_by_indexes"


@cache
def tables() -> list[str]:
    """Every table of a model but those that only migrations write."""
    return [name for name in connection.introspection.django_table_names(include_views=False) if name not in KEPT]


def filled() -> list[str]:
    """Tables with at least one row."""
    quote = connection.ops.quote_name
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in tables())  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]


def empty() -> None:
    """Delete all rows and sow again; foreign keys are looked at when all is gone."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for name in filled():
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")  # noqa: S608
        import_module(SEED).seed(apps, None)
