"""The databases that benches measure on: SQLite and PostgreSQL, made once for each state of the tables and kept."""

import argparse
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.measuring import HOME, ROOT, load, say

ENGINES = ("sqlite", "postgresql")
UNFINISHED = "-unfinished"
POSTGRES = ROOT / "tests" / "servers" / "postgres.py"


def options_of(text: str | None, **numbers: int) -> argparse.Namespace:
    """The options of a bench: numbers by name, and --only ENGINE."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--only", choices=ENGINES, help="measure on one database")
    parser.add_argument("--inside", choices=ENGINES, help=argparse.SUPPRESS)
    return parser.parse_args()


def on_each(options: argparse.Namespace, inside: Callable[[], bool], *, keeps: bool = True) -> int:
    """Run the bench in a process of its own for each database; 1 if anything is over a limit.

    Inside of that process, `inside` is called, which says whether all limits were kept. Unless it `keeps` its
    database, PostgreSQL is one that is gone afterwards.
    """
    if options.inside:
        return 0 if inside() else 1
    HOME.mkdir(parents=True, exist_ok=True)
    codes = []
    for engine in [options.only] if options.only else ENGINES:
        command = [sys.executable, *sys.argv, "--inside", engine]
        if engine == "postgresql":
            command = [sys.executable, str(POSTGRES), *(["--keep", str(HOME)] if keeps else []), *command]
        codes.append(subprocess.run(command, env=environment(), check=False).returncode)
    return max(codes)


def environment() -> dict[str, str]:
    """For a desk whose files lie with the benches."""
    ours = {"DATA_DIR": str(HOME), "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
    return {**os.environ, **ours, "ALLOWED_HOSTS": "testserver,127.0.0.1", "SECRET_KEY": "only-for-the-bench"}


def open_kept(name: str, engine: str, build: Callable[[], Any], *sources: Path) -> None:
    """Django on the database `name`, made by `build` unless there is one of the same tables and sources."""
    name = f"bench-{name}-{_key(*sources)}"
    os.environ["DATABASE_URL"] = _url(name, engine)
    import django
    from django.db import connection

    django.setup()
    stock = Sqlite() if engine == "sqlite" else Postgresql()
    if not stock.has(name):
        stock.drop(name.rpartition("-")[0])
        stock.use(unfinished := f"{name}{UNFINISHED}")
        begun = time.monotonic()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        build()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if engine == "postgresql" else "ANALYZE")
        stock.rename(unfinished, name)
        say(f"Made {name} on {engine} in {time.monotonic() - begun:.0f} s ({load()}).")
    stock.use(name)


def _key(*sources: Path) -> str:
    """Changes with the tables, and with what makes the rows."""
    files = [*sources, *sorted(ROOT.glob("*/migrations/0*.py"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def _url(name: str, engine: str) -> str:
    if engine == "sqlite":
        return f"sqlite://{HOME}/{name}.sqlite3"
    return os.environ["DATABASE_URL"].replace("/mostrador?", f"/{name}?")


class Sqlite:
    """Databases as files in var/bench."""

    def has(self, name: str) -> bool:
        """Whether there is one of this name."""
        return self._file(name).exists()

    def use(self, name: str) -> None:
        """Connect to this one from now on."""
        from django.db import connection

        connection.close()
        connection.settings_dict["NAME"] = self._file(name)

    def rename(self, name: str, other: str) -> None:
        """Under another name from now on; nobody is connected."""
        from django.db import connection

        from config.sqlite import spares

        connection.close()
        spares.close()
        self._file(name).rename(self._file(other))

    def drop(self, beginning: str) -> None:
        """All whose names begin so, with what was not finished."""
        for path in HOME.glob(f"{beginning}-*.sqlite3*"):
            path.unlink()

    @staticmethod
    def _file(name: str) -> Path:
        return HOME / f"{name}.sqlite3"


class Postgresql:
    """Databases of the server in var/bench."""

    def has(self, name: str) -> bool:
        """Whether there is one of this name."""
        return bool(self._ask("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def use(self, name: str) -> None:
        """Connect to this one from now on; an unfinished one is made."""
        from django.db import connection

        connection.close()
        connection.settings_dict["NAME"] = name
        if name.endswith(UNFINISHED):
            self._ask(f'CREATE DATABASE "{name}"')

    def rename(self, name: str, other: str) -> None:
        """Under another name from now on; nobody is connected."""
        from django.db import connection

        connection.close()
        self._ask(f'ALTER DATABASE "{name}" RENAME TO "{other}"')

    def drop(self, beginning: str) -> None:
        """All whose names begin so, with what was not finished."""
        found = self._ask("SELECT datname FROM pg_database WHERE datname LIKE %s", f"{beginning}-%")
        for (name,) in found:
            self._ask(f'DROP DATABASE "{name}"')

    @staticmethod
    def _ask(sql: str, *values: str) -> list[Any]:
        from django.db import connection

        with connection._nodb_cursor() as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []
