"""Long bodies stay where they are: the standard library gets a mark in their place, and never sees their lines.

It keeps every line as an object of its own, which is several times the size of the mail. Only headers and lines that
may be boundaries are its business; what lies between them is found again by its mark.
"""

import re
import secrets
from collections.abc import Iterator
from heapq import merge
from itertools import chain

LONG = 2048  # bytes; what is shorter goes through as it came
PIECE = 64 * 1024
MARK = b"mostrador-body-" + secrets.token_hex(16).encode()  # made anew by each process: no sender can know it
MARKED = re.compile(MARK + rb":(\d{1,12}):(\d{1,12}):")
MANY = 5000  # lines that may be boundaries
BOUNDARY = re.compile(rb"""boundary[ \t]{0,9}=[ \t]{0,9}["']?([^"';\s]{1,200})""", re.IGNORECASE)
BLANK_LINES = (b"\n\n", b"\n\r\n")


class Bodies:
    """The long bodies of one mail."""

    def __init__(self, raw: bytes = b"") -> None:
        self.raw = raw

    def outline(self, head: bytes) -> Iterator[bytes]:
        """The mail by the piece, with marks for its long bodies; `head` is its header block."""
        at = 0
        for start, end in self._long(b"boundary" in head.lower()):
            yield from self._pieces(at, start)
            yield b"%s:%d:%d:" % (MARK, start, end)
            at = end
        yield from self._pieces(at, len(self.raw))

    def restored(self, payload: bytes) -> bytes:
        """What the standard library took for a body, as it came."""
        if MARK not in payload:
            return payload
        pieces: list[bytes] = []
        at = 0
        for found in MARKED.finditer(payload):
            pieces += (payload[at : found.start()], self.raw[int(found[1]) : int(found[2])])
            at = found.end()
        pieces.append(payload[at:])
        told = [one for one in pieces if one]
        return told[0] if len(told) == 1 else b"".join(told)

    def _long(self, has_boundaries: bool) -> Iterator[tuple[int, int]]:
        """Where each begins and ends, without its last line end, which belongs to the boundary below it."""
        at = 0
        for below in chain(self._boundaries() if has_boundaries else (), (len(self.raw),)):
            start = self._below_blank_line(at, below)
            end = below - 1 if self.raw[below - 1 : below] == b"\r" else below
            if end - start > LONG:
                yield start, end
            at = below + 1

    def _boundaries(self) -> Iterator[int]:
        """Where the line above each line that may be one ends; of very many, only those of a declared name."""
        lines = merge(self._each(b"\n--"), self._each(b"\r--"))
        if self.raw.count(b"\n--") + self.raw.count(b"\r--") <= MANY:
            return lines
        names = tuple(b"--" + name for name in set(BOUNDARY.findall(self.raw)))
        return (at for at in lines if self.raw.startswith(names, at + 1))

    def _each(self, mark: bytes) -> Iterator[int]:
        at = self.raw.find(mark)
        while at >= 0:
            yield at
            at = self.raw.find(mark, at + 1)

    def _below_blank_line(self, at: int, end: int) -> int:
        if at == 0 and self.raw.startswith(b"\n"):  # no header block at all
            return 1
        found = [one + len(mark) for mark in BLANK_LINES if (one := self.raw.find(mark, at, end)) >= 0]
        return min(found, default=end)

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        for at in range(start, end, PIECE):
            yield self.raw[at : min(at + PIECE, end)]
