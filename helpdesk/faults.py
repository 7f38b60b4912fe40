"""Named places at which a crash would hurt most. They do nothing; tests and `make kill` hang something there.

The numbers are those of docs/kill.md. A test reads the names from the source: a place that nobody fires fails it.
"""

from collections.abc import Callable

hook: Callable[[str], None] | None = None


def at(point: str) -> None:
    """This place was reached."""
    if hook is not None:
        hook(point)
