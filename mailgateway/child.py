"""Parsing in a child process with limits: a hostile mail can cost a few seconds and one child, nothing else.

One child for each process of ours lives on between mails. It gets a pickle and answers with a pickle; only our own
child is ever trusted with that. Both go straight into the pipe and come straight out of it: a mail and its files are
held once on either side, not once more as a message.
"""

import atexit
import os
import pickle
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from helpdesk.mail import InboundMail
from mailgateway.structure import MAX_BYTES

CPU_SECONDS = 5
WALL_SECONDS = 20
MEMORY = 512 * 1024 * 1024  # bytes on top of what the child holds before its first mail
MAILS_A_CHILD = 1000
MOST_BYTES = MAX_BYTES + 1024 * 1024  # of a mail that is handed over: enough to see that it is too large
ROOT = Path(__file__).resolve().parents[1]


class ParseFailed(Exception):
    """The mail could not be understood; `reason` is "timeout", "memory" or "crash"."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class Child:
    """One parsing process, as its owner sees it."""

    def __init__(self) -> None:
        self.owner, self.mails = os.getpid(), 0
        env = {"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mailgateway.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
            cwd=ROOT,
            start_new_session=True,  # Ctrl+C is for us; the child goes when its input ends
        )

    @property
    def is_usable(self) -> bool:
        """Whether it is ours, alive and not worn out."""
        return self.owner == os.getpid() and self.process.poll() is None and self.mails < MAILS_A_CHILD

    def parse(self, raw: bytes, own_addresses: frozenset[str]) -> InboundMail:
        """The mail. Raises ParseFailed; then the child is gone."""
        self.mails += 1
        deadline = time.monotonic() + WALL_SECONDS
        try:
            _send(self._input, (raw, own_addresses))
            answer = pickle.load(_Answer(self._output, deadline))  # noqa: S301 - written by our own child
        except (OSError, EOFError, TimeoutError) as error:
            raise self._gone(error) from error
        if isinstance(answer, InboundMail):
            return answer
        self.close()
        raise ParseFailed(*answer)

    def close(self) -> None:
        """End it."""
        if self.owner == os.getpid():
            self.process.kill()
            self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was left in the buffer has no reader any more
                    pipe.close()

    @property
    def _input(self) -> BinaryIO:
        assert self.process.stdin is not None  # noqa: S101 - asked for above
        return self.process.stdin  # type: ignore[return-value]

    @property
    def _output(self) -> int:
        assert self.process.stdout is not None  # noqa: S101 - asked for above
        return self.process.stdout.fileno()

    def _gone(self, error: Exception) -> ParseFailed:
        if not isinstance(error, TimeoutError):
            with suppress(subprocess.TimeoutExpired):  # it closed its output and lives: close() ends it
                self.process.wait(2)
        code = self.process.poll()
        self.close()
        if isinstance(error, TimeoutError) or code == -signal.SIGXCPU:
            return ParseFailed("timeout")
        return ParseFailed("crash", f"the child ended with {code}")


class _Answer:
    """What a child says, as a file for pickle. Raises TimeoutError, and EOFError if it ends in the middle."""

    def __init__(self, pipe: int, deadline: float) -> None:
        self.pipe, self.deadline = pipe, deadline
        self.poll = select.poll()
        self.poll.register(pipe, select.POLLIN | select.POLLHUP)

    def readinto(self, into: bytearray | memoryview) -> int:
        """Fill all of it."""
        left = memoryview(into)
        while left:
            if not self.poll.poll(max(0, int((self.deadline - time.monotonic()) * 1000))):
                raise TimeoutError
            count = os.readv(self.pipe, [left])
            if not count:
                raise EOFError
            left = left[count:]
        return len(into)

    def read(self, size: int) -> bytes:
        """That many bytes."""
        held = bytearray(size)
        self.readinto(held)
        return bytes(held)

    def readline(self) -> bytes:
        """Asked for by pickle; what it writes today has no lines."""
        raise EOFError


class _Desk:
    """The one child of this process, and the lock that hands it round."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.child: Child | None = None

    def parse(self, raw: bytes, own_addresses: frozenset[str]) -> InboundMail:
        with self.lock:
            return self._usable().parse(raw, own_addresses)

    def be_ready(self) -> None:
        if self.lock.acquire(blocking=False):  # else one is at work
            try:
                self._usable()
            finally:
                self.lock.release()

    def _usable(self) -> Child:
        if self.child is None or not self.child.is_usable:
            self.close()
            self.child = Child()
        return self.child

    def close(self) -> None:
        if self.child is not None:
            self.child.close()
        self.child = None


_desk = _Desk()
atexit.register(_desk.close)


def _renew_after_fork() -> None:
    """A forked process starts with a free lock and a child of its own."""
    _desk.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_renew_after_fork)


def parse_limited(raw: bytes, own_addresses: frozenset[str] = frozenset()) -> InboundMail:
    """mime.parse in the child. Raises ParseFailed on time, memory or crash. Safe from any thread."""
    return _desk.parse(raw[:MOST_BYTES], own_addresses)


def be_ready() -> None:
    """Begin a child if there is none, so that the next mail need not wait until it has started."""
    _desk.be_ready()


def _send(pipe: BinaryIO, what: object) -> None:
    pickle.dump(what, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _held() -> int:
    """The address space in use, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _limit() -> None:
    """CPU seconds for the next mail."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + CPU_SECONDS, hard))


def _answer(raw: bytes, own_addresses: frozenset[str]) -> InboundMail | tuple[str, str]:
    from mailgateway import mime

    try:
        return mime.parse(raw, own_addresses)
    except MemoryError:
        return "memory", ""
    except Exception as error:  # noqa: BLE001 - the parent names it
        return "crash", f"{type(error).__name__}: {error}"[:300]


def main() -> None:
    """Parse until the input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    from mailgateway import mime

    mime.parse(b"Subject: warm\n\nup")
    try:
        resource.setrlimit(resource.RLIMIT_AS, (_held() + MEMORY, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):  # a system without /proc or with narrower limits of its own
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(EOFError):
        while True:
            _serve(sys.stdin.buffer, answers)


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """One mail; nothing of it is held when the next one comes. Raises EOFError at the end of the input."""
    raw, own_addresses = pickle.load(requests)  # noqa: S301 - our parent
    _limit()
    _send(answers, _answer(raw, own_addresses))


if __name__ == "__main__":
    main()
