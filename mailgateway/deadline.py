"""A limit of CPU time for other people's code that strangers' bytes can keep busy."""

import contextlib
import signal
import threading
from collections.abc import Iterator

AGAIN = 0.1  # seconds of CPU; a bare except may have caught the first


class OverTime(BaseException):
    """The time is over. No Exception: what catches those must not go on."""


def _over(*_: object) -> None:
    raise OverTime


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise OverTime once that much CPU was used inside, and again as long as something there swallows it.

    Beside the main thread nothing is limited.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _over)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
