"""For migrations: gives a table of words its index, on whichever database it is."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Model

VECTOR = "array_to_tsvector(string_to_array(btrim(words), ' '))"  # as in search.engine
FORGET = """INSERT INTO "{index}"("{index}", rowid, words) VALUES ('delete', old."{key}", old.words);"""
LEARN = """INSERT INTO "{index}"(rowid, words) VALUES (new."{key}", new.words);"""
MAKE = {
    "sqlite": (
        """CREATE VIRTUAL TABLE "{index}" USING fts5(
        words, content='{table}', content_rowid='{key}', tokenize='ascii', detail=none, columnsize=0)""",
        f"""CREATE TRIGGER "{{index}}_added" AFTER INSERT ON "{{table}}" BEGIN {LEARN} END""",
        f"""CREATE TRIGGER "{{index}}_removed" AFTER DELETE ON "{{table}}" BEGIN {FORGET} END""",
        f"""CREATE TRIGGER "{{index}}_changed" AFTER UPDATE OF words ON "{{table}}"
        WHEN old.words IS NOT new.words BEGIN {FORGET} {LEARN} END""",
    ),
    "postgresql": (f"""CREATE INDEX "{{index}}" ON "{{table}}" USING gin ({VECTOR})""",),
}
UNDO = {
    "sqlite": (
        'DROP TRIGGER "{index}_added"',
        'DROP TRIGGER "{index}_removed"',
        'DROP TRIGGER "{index}_changed"',
        'DROP TABLE "{index}"',
    ),
    "postgresql": ('DROP INDEX "{index}"',),
}


def index_words(app: str, *models: str) -> migrations.RunPython:
    """An operation that indexes these models' words.

    SQLite keeps its index by triggers, which are lost when Django remakes the table: repeat the operation then.
    """

    def run(statements: dict[str, tuple[str, ...]], apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        for model in models:
            for statement in statements[editor.connection.vendor]:
                editor.execute(statement.format(**_names(apps.get_model(app, model))), params=None)

    return migrations.RunPython(
        lambda apps, editor: run(MAKE, apps, editor), lambda apps, editor: run(UNDO, apps, editor)
    )


def _names(model: type[Model]) -> dict[str, str]:
    table = model._meta.db_table
    return {"table": table, "index": f"{table}_index", "key": str(model._meta.pk.column)}
