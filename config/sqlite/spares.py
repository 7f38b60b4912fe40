"""Connections to SQLite files that nobody uses at the moment, kept for who asks next.

Each page is served by a thread of its own, and each thread has a connection of its own. A new one reads the whole
schema before its first answer: 7 ms for our tables, half of a small page. A spare one knows it, and has pages and
statements at hand. Whoever changes how a connection works (PRAGMA) changes it for the next one too.
"""

import os
import sqlite3
import threading
from collections import defaultdict
from pathlib import Path

MOST = 4  # of one kind; each may hold up to 20 MB of its file's pages
File = tuple[int, int]  # device and inode: a file that was put in the place of another is another
Spare = tuple[File, File | None, sqlite3.Connection]
_lock = threading.Lock()
_kept: defaultdict[str, list[Spare]] = defaultdict(list)
_parents: list[object] = []  # what a forked process must neither use nor close


def file_at(path: str) -> File | None:
    """Which file is there now; None if there is none, as in memory."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def take(kind: str, path: str) -> sqlite3.Connection | None:
    """The spare connection of this kind to the file at `path` that was used last; None if there is none."""
    with _lock:
        now = (file_at(path), file_at(f"{path}-wal"))
        stale = [one for one in _kept[kind] if one[:2] != now]
        good = _kept[kind] = [one for one in _kept[kind] if one[:2] == now]
        found = good.pop()[2] if good else None
    for *_of, connection in stale:
        connection.close()
    if found is not None:
        found.execute("PRAGMA foreign_keys = ON")  # who had it before may have turned it off
    return found


def keep(kind: str, path: str, file: File | None, connection: sqlite3.Connection) -> bool:
    """Whether this connection is kept; `file` is what it was opened to. If not, the caller closes it."""
    if file is None or file != file_at(path) or connection.in_transaction:
        return False
    with _lock:
        if len(_kept[kind]) >= MOST:
            return False
        _kept[kind].append((file, file_at(f"{path}-wal"), connection))
    return True


def close() -> None:
    """Close all spare ones: with the last connection to a file, SQLite brings its log into it."""
    with _lock:
        spares = [one for some in _kept.values() for one in some]
        _kept.clear()
    for *_of, connection in spares:
        connection.close()


def _forget() -> None:
    """In a forked process: its parent's connections are not its own (https://sqlite.org/howtocorrupt.html, 2.6)."""
    global _lock  # noqa: PLW0603 - it may be held by a thread that is not here
    _lock = threading.Lock()
    _parents.append(dict(_kept))
    _kept.clear()


os.register_at_fork(after_in_child=_forget)
