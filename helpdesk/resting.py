"""Long work is done in short transactions, with a rest between two."""

from time import sleep

from django.db import connection

PAUSE = 0.1  # seconds: as long as SQLite lets others wait before they look again


def rest(worked: float = 0.0) -> None:
    """Let others write, for as long as we worked at least; within somebody's transaction nobody could."""
    if PAUSE and not connection.in_atomic_block:
        sleep(max(PAUSE, worked))
