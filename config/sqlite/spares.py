"""Connections to SQLite files that nobody uses at the moment, kept for who asks next.

Each page is served by a thread of its own, and each thread has a connection of its own. A new one reads the whole
schema before its first answer: 7 ms for our tables, half of a small page. A spare one knows it, and has pages and
statements at hand.
"""

import atexit
import sqlite3
import threading
from collections import defaultdict
from pathlib import Path

MOST = 4  # of one kind; each may hold up to 20 MB of its file's pages
File = tuple[int, int]  # device and inode: a file that was put in the place of another is another
_lock = threading.Lock()
_kept: defaultdict[str, list[tuple[File, sqlite3.Connection]]] = defaultdict(list)


def file_at(path: str) -> File | None:
    """Which file is there now; None if there is none, as in memory."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def take(kind: str, file: File | None) -> sqlite3.Connection | None:
    """The spare connection of this kind to this file that was used last, as good as new; None if there is none."""
    with _lock:
        while _kept[kind]:
            of, connection = _kept[kind].pop()
            if of == file:
                connection.execute("PRAGMA foreign_keys = ON")  # who had it before may have turned it off
                return connection
            connection.close()
    return None


def keep(kind: str, file: File | None, connection: sqlite3.Connection) -> bool:
    """Whether this connection is kept; `file` is what it was opened to. If not, the caller closes it."""
    if file is None or connection.in_transaction:
        return False
    with _lock:
        if len(_kept[kind]) >= MOST:
            return False
        _kept[kind].append((file, connection))
    return True


@atexit.register
def close() -> None:
    """Close all spare ones: with the last connection to a file, SQLite brings its log into it."""
    with _lock:
        for some in _kept.values():
            while some:
                some.pop()[1].close()
