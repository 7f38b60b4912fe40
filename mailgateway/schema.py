"""Whether the database has the tables this version needs."""

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def ensure() -> None:
    """Migrate the embedded database; raise CommandError for a shared one, which somebody else may be using."""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing and connection.vendor == "sqlite":
        call_command("migrate", interactive=False, verbosity=0)
    elif missing:
        raise CommandError(f"The database lacks {missing} migrations. Run: manage.py migrate")
