"""Faults that pass: of the disk, the memory or the database, and so of no mail. What met one is tried again, for ever.

A database may also fail on what a mail says, such as a text too long for its index: that one is not tried for ever.
"""

from django.db import DatabaseError, InterfaceError, OperationalError

# Classes of SQLSTATE: connection, transaction rolled back, resources, object in use, operator, system.
PASSING = ("08", "40", "53", "55", "57", "58")
READ_ONLY = "25006"
SQLITE = (
    *("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_NOMEM", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_FULL"),
    *("SQLITE_CANTOPEN", "SQLITE_PROTOCOL"),
)


OURS = ("40", "55", "57014")  # others were in the way, or a query took too long: where we stood matters


def is_away(error: BaseException) -> bool:
    """Whether the database cannot be reached or takes nothing: nothing that we did, wherever we stood."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return isinstance(error, DatabaseError | InterfaceError) and is_passing(error) and not state.startswith(OURS)


def is_passing(error: BaseException) -> bool:
    """Whether the same mail may go through later, with nothing done about it."""
    if isinstance(error, OSError):
        return True
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    if state := getattr(error.__cause__, "sqlstate", None):
        return state.startswith(PASSING) or state == READ_ONLY
    if name := getattr(error.__cause__, "sqlite_errorname", None):
        return name.startswith(SQLITE)
    return isinstance(error, OperationalError | InterfaceError)  # the connection is gone, or never came about
