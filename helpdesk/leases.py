"""Leases: rights that end by themselves, so that whoever was killed with one in hand keeps nobody waiting for long.

A lease is a token and the time at which it ends. It ends by the database's clock, the only one that all hosts share.
The token names its process: others on the same machine see that it is gone and need not wait for the end. That is
safe because it is never the lease alone that guards a write: each asks once more for its own token.
"""

import hashlib
import os
import secrets
import socket
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

NOWHERE = "0" * 8
LENGTH = 32


def mint() -> str:
    """A new token: this machine, this process, and 32 bits of chance."""
    pid = os.getpid()
    return f"{_here()}{pid & 0xFFFFFF:06x}{_began(pid) or 0:010x}{secrets.token_hex(4)}"


def until(length: timedelta) -> object:
    """The end of a lease that begins now, for update()."""
    return Now() + length


def is_over(column: str, length: timedelta) -> Q:
    """Whether nobody holds the lease that ends in this column.

    An end that is farther away than a lease is long was written before somebody set the clock back.
    """
    return Q(**{column: None}) | Q(**{f"{column}__lt": Now()}) | Q(**{f"{column}__gt": Now() + 2 * length})


def is_due(column: str, longest: timedelta) -> Q:
    """Whether the time has come, or is farther away than anybody puts things off: then the clock was set back."""
    now = timezone.now()
    return Q(**{f"{column}__lte": now}) | Q(**{f"{column}__gt": now + longest})


def is_gone(token: str) -> bool:
    """Whether the token's process ran on this machine and surely runs no more. False where nobody can know."""
    if len(token) != LENGTH or token[:8] == NOWHERE or token[:8] != _here():
        return False
    try:
        pid, began = int(token[8:14], 16), int(token[14:24], 16)
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (ValueError, OSError):  # no token of ours, or somebody else's process, which lives
        return False
    now_there = _began(pid)
    return now_there is not None and now_there != began


@cache
def _here() -> str:
    """This machine since it was started, and who counts the processes here: a container counts its own."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        processes = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - it leads to no file
    except OSError:
        return NOWHERE
    return hashlib.sha256(f"{boot}{socket.gethostname()}{processes}".encode()).hexdigest()[:8]


def _began(pid: int) -> int | None:
    """When a process was started, in ticks; 0 if only its name is left; None if that is not said."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    except OSError:
        return None
    return 0 if words[0] in {"Z", "X"} and threads == 1 else int(words[19]) & 0xFFFFFFFFFF
