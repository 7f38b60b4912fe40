"""Stored files that no row names: what a killed process wrote and never came to commit."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

from helpdesk.models import Attachment

AGE = timedelta(days=2)  # a younger one may be about to be committed
AT_ONCE = 500


def sweep() -> int:
    """Delete the old ones among the attachments; how many."""
    return drop(
        Path(Attachment.file.field.storage.path("")),
        "attachments/*/*",
        lambda names: Attachment.objects.filter(file__in=names).values_list("file", flat=True),
    )


def drop(root: Path, pattern: str, named: Callable[[list[str]], Iterable[str]]) -> int:
    """Delete the old files of a pattern whose names, below `root`, `named` does not give back; how many."""
    count, files = 0, _old(root, pattern)
    while names := list(islice(files, AT_ONCE)):
        for name in set(names) - set(named(names)):
            if _is_old(root / name):  # still: it may have been written again
                (root / name).unlink(missing_ok=True)
                count += 1
    return count


def _old(root: Path, pattern: str) -> Iterator[str]:
    return (str(path.relative_to(root)) for path in root.glob(pattern) if _is_old(path))


def _is_old(path: Path) -> bool:
    try:
        return path.is_file() and path.stat().st_mtime < time.time() - AGE.total_seconds()
    except FileNotFoundError:
        return False
