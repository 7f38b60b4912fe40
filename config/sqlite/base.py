"""Django's SQLite backend, with one queue for the writers of this process, and connections that are used again.

What is looked for may be of any length, as on PostgreSQL.

SQLite's own busy wait is a sleep without a queue: under four writers the slowest waits six times
longer than it has to. A lock round BEGIN IMMEDIATE ... COMMIT lets them in one after another.
"""

import sqlite3
import threading
from collections import defaultdict
from typing import Any
from weakref import WeakSet

from django.db.backends.sqlite3 import base, operations
from django.db.utils import OperationalError

from config.sqlite import spares

WRITERS: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
LONGEST_PATTERN = 50_000 - 2  # bytes, and a % at either end (https://sqlite.org/limits.html, 8)
FOUND_NOWHERE = "\uffff"  # no character at all


class DatabaseOperations(operations.DatabaseOperations):
    """A pattern that LIKE refuses as too complex is longer than any text it is compared with: it is found nowhere."""

    def prep_for_like_query(self, x: Any) -> str:
        """What is looked for, with its own signs of a pattern escaped."""
        pattern = super().prep_for_like_query(x)
        return pattern if len(pattern.encode(errors="replace")) <= LONGEST_PATTERN else FOUND_NOWHERE

    prep_for_iexact_query = prep_for_like_query


class DatabaseWrapper(base.DatabaseWrapper):
    """Holds its database's writer lock from BEGIN to COMMIT or ROLLBACK; what it closes, another one opens."""

    ops_class = DatabaseOperations
    _erred = _spoilt = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held: threading.Lock | None = None
        self._kind = self._path = ""
        self._file: spares.File | None = None
        self._cursors: WeakSet[sqlite3.Cursor] = WeakSet()

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        """A spare connection of this process to this file, or a new one."""
        self._kind = repr((conn_params, self.init_commands))  # type: ignore[attr-defined]
        self._path = str(conn_params["database"])
        self._file, self._spoilt, self._cursors = spares.file_at(self._path), False, WeakSet()
        made: sqlite3.Connection = spares.take(self._kind, self._path) or super().get_new_connection(conn_params)
        return made

    @property
    def errors_occurred(self) -> bool:
        """Whether there was an error since the last commit or rollback."""
        return self._erred

    @errors_occurred.setter
    def errors_occurred(self, value: bool) -> None:
        self._erred = value
        self._spoilt = self._spoilt or value  # a rollback makes it good enough for us, but not for others

    def create_cursor(self, name: str | None = None) -> Any:
        """Cursors are known until they go: one in the middle of its rows holds on to an old view of them."""
        cursor = super().create_cursor(name)
        self._cursors.add(cursor)
        return cursor

    def close_pool(self) -> None:
        """Close what is spare; Django's name for it."""
        spares.close()

    def _start_transaction_under_autocommit(self) -> None:
        lock = WRITERS[str(self.settings_dict["NAME"])]
        if not lock.acquire(timeout=float(self.settings_dict["OPTIONS"].get("timeout", 20))):
            raise OperationalError("database is locked by another writer of this process")
        self._held = lock
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._let_go()
            raise

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.release()
            self._held = None

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._let_go()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._let_go()

    def _close(self) -> None:
        try:
            if not self._spare():
                super()._close()  # type: ignore[misc]
        finally:
            self._let_go()

    def _spare(self) -> bool:
        """Whether another may use the connection that is closed here. One that ever had an error is closed."""
        if self.connection is None or self._spoilt or self.in_atomic_block or self.closed_in_transaction:
            return False
        try:
            for cursor in [*self._cursors]:
                cursor.close()
            return spares.keep(self._kind, self._path, self._file, self.connection)
        except sqlite3.ProgrammingError:  # it is closed already
            return False
