"""A mail as a tree of parts, repaired and within limits; the standard library reads the boundaries."""

import binascii
import re
from collections.abc import Iterator
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import Compat32
from functools import cached_property, partial
from io import BytesIO
from typing import cast

from mailgateway import headers
from mailgateway.bodies import BOUNDARY, MANY, Bodies

MAX_BYTES = 25 * 1024 * 1024
MAX_DEPTH = 20
MAX_PARTS = 200
MAX_LINES = 1_000_000
MAX_BOUNDARIES = 300  # more declared ones than parts may be: not even looked at
MAX_HEADER_BYTES = 1024 * 1024
LOOSE_NAME = re.compile(rb"^([!-9;-~]{1,80})[ \t]{1,20}:", re.MULTILINE)
HEADER_LINE = re.compile(rb"^(?:[!-9;-~]{1,200}:|[ \t])")
TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")


class _Raw(Compat32):
    """Header values exactly as they came."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


class Part(Message):
    """One part of a mail. Enclosed mails and reports stay closed: their bytes are the content."""

    def __init__(self, bodies: Bodies, policy: Compat32 | None = None) -> None:
        super().__init__(policy=_Raw())
        self._bodies = bodies

    @cached_property
    def headers(self) -> headers.Headers:
        return headers.Headers(self.raw_items())

    @cached_property
    def typed(self) -> tuple[str, dict[str, str]]:
        """Content type and its parameters."""
        name, parameters = headers.parameters(self.headers.first("content-type"))
        return (name if TYPE.fullmatch(name) else ""), parameters

    @cached_property
    def disposed(self) -> tuple[str, dict[str, str]]:
        """Content disposition and its parameters."""
        return headers.parameters(self.headers.first("content-disposition"))

    @property
    def kind(self) -> str:
        """The content type; text/plain where none is given or a multipart has no parts, or as in a digest."""
        name = self.typed[0] or self.get_default_type()
        return "text/plain" if name.startswith("multipart/") and isinstance(self._held, str) else name

    @property
    def _held(self) -> object:
        """Parts, or the characters between the boundaries; undecoded, as the standard library keeps them."""
        return vars(self).get("_payload")

    @property
    def is_branch(self) -> bool:
        """Whether it was taken apart into others."""
        return isinstance(self._held, list)

    @property
    def branches(self) -> list["Part"]:
        """The parts it holds."""
        return [one for one in self._held if isinstance(one, Part)] if isinstance(self._held, list) else []

    @property
    def content(self) -> bytes:
        """The bytes it stands for; what is badly encoded is decoded as far as it goes."""
        payload = self._held if isinstance(self._held, str) else ""
        return decoded(self._restored(payload), self.headers.first("content-transfer-encoding"))

    @property
    def above(self) -> bytes:
        """What stands before the first boundary."""
        return self._restored(self.preamble or "")

    def _restored(self, payload: str) -> bytes:
        return self._bodies.restored(payload.encode("utf-8", "surrogateescape"))

    # The standard library asks these while it looks for boundaries.
    def get_content_type(self) -> str:
        kind = self.kind
        return "application/octet-stream" if kind.startswith("message/") else kind

    def get_content_maintype(self) -> str:
        return self.get_content_type().partition("/")[0]

    def get_boundary(self, failobj: object = None) -> str | None:  # type: ignore[override]
        return self.typed[1].get("boundary", "").rstrip() or None


def decoded(data: bytes, encoding: str) -> bytes:
    """The bytes behind a transfer encoding."""
    encoding = encoding.partition(";")[0].strip().strip("\"'").lower()
    if encoding == "base64":
        return headers.from_base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        return _uudecoded(data)
    return data


def _uudecoded(data: bytes) -> bytes:
    out = BytesIO()
    for line in (one for row in BytesIO(data) for one in row.splitlines()):
        if line.startswith((b"begin ", b"end")) or not line.strip():
            continue
        try:
            out.write(binascii.a2b_uu(line))
        except binascii.Error:
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.write(binascii.a2b_uu(line[:length]))
            except binascii.Error:
                continue
    return out.getvalue()


def repaired(raw: bytes) -> bytes:
    """The mail as its first reader should have got it: line ends, mbox line, blanks before colons."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if b"\n" not in raw[:65536] and b"\r" in raw[:65536]:
        raw = raw.replace(b"\r", b"\n")
    for mark in (b"From ", b">From "):
        if raw.startswith(mark):
            raw = raw.partition(b"\n")[2]
    head, blank, body = halves(raw)
    mended = head.replace(b"\x00", b"")
    if b" :" in mended or b"\t:" in mended:
        mended = LOOSE_NAME.sub(rb"\1:", mended)
    return raw if mended == head else b"".join((mended, blank, body))


def halves(raw: bytes) -> tuple[bytes, bytes, memoryview]:
    """Header block, blank line and body; the body as a view, since it may be large."""
    at = [(found, mark) for mark in (b"\n\n", b"\n\r\n") if (found := raw.find(mark)) >= 0]
    if raw.startswith((b"\n", b"\r\n")) or not at:
        starts = not raw.startswith((b"\n", b"\r\n"))
        return (raw, b"", memoryview(b"")) if starts else (b"", b"", memoryview(raw))
    found, mark = min(at)
    return raw[: found + 1], mark[1:], memoryview(raw)[found + len(mark) :]


def read(raw: bytes) -> tuple[Part, str]:
    """The tree of a repaired mail, and "too-large" if only its headers and the beginning were read."""
    head, _, body = halves(raw)
    whole = raw
    if not HEADER_LINE.match(head):  # no header at all: everything is text
        head, body, whole = b"", memoryview(raw), b"\n" + raw
    if len(raw) > MAX_BYTES or len(head) > MAX_HEADER_BYTES or _is_crowded(raw):
        return _beginning(head, body), "too-large"
    try:
        return _parsed(whole, head), ""
    except (RecursionError, ValueError, LookupError, IndexError, TypeError, AttributeError):
        return _beginning(head, body), "too-large"


def _is_crowded(raw: bytes) -> bool:
    """Whether it has more boundaries, parts or lines than any honest mail: each costs many times its size."""
    if raw.count(b"oundary") > MAX_BOUNDARIES or raw.count(b"OUNDARY") > MAX_BOUNDARIES:
        return True
    if max(raw.count(b"\n"), raw.count(b"\r")) > MAX_LINES:
        return True
    if raw.count(b"\n--") + raw.count(b"\r--") <= MANY:
        return False
    return sum(raw.count(b"--" + name) for name in set(BOUNDARY.findall(raw))) > MANY


def _parsed(raw: bytes, head: bytes) -> Part:
    """Read by the piece, without long bodies: as one text it would take many times its size on the way."""
    bodies = Bodies(raw)
    parser = BytesFeedParser(partial(Part, bodies), policy=_Raw())
    for piece in bodies.outline(head):
        parser.feed(piece)
    return cast(Part, parser.close())


def _beginning(head: bytes, body: memoryview) -> Part:
    head = head[:MAX_HEADER_BYTES]
    part = _parsed(head + b"\n", head)
    if part.kind.startswith("multipart/"):
        part.typed = ("text/plain", {})
        del part["content-transfer-encoding"]
    part.set_payload(bytes(body[: 64 * 1024]).decode("ascii", "surrogateescape"))
    return part


def leaves(root: Part) -> Iterator[Part]:
    """Every part that holds no others, in order, wherever it lies."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if part.is_branch:
            waiting.extend(reversed(part.branches))
        else:
            yield part
