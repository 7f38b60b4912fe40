"""Header values as a person would read them: RFC 2047 in every broken form, RFC 2231, raw 8-bit, folding."""

import binascii
import re
import string
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import mktime_tz, parsedate_tz
from io import BytesIO
from itertools import islice

from mailgateway import charsets

MAX_VALUE = 20_000  # characters of one header that are looked at
MAX_ALL = 64 * 1024  # characters of all headers together
MAX_COUNT = 2_000
# ESC and BEL are kept out as well: a name is shown in terminals, too. Bidirectional marks turn names round.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
CHARSET = re.compile(r"[!-~]{1,60}", re.ASCII)
IDS = re.compile(r"<([^<>]{1,500})>")
BARE_ID = re.compile(r"[^\s<>,;\"()]{1,400}@[^\s<>,;\"()]{1,250}")
BASE64 = (string.ascii_letters + string.digits + "+/-_").encode()
NOT_BASE64 = bytes(set(range(256)) - set(BASE64))
URL_SAFE = bytes.maketrans(b"-_", b"+/")
PIECE = 1024 * 1024  # bytes that are decoded at a time
MAX_RUNS = 10_000  # more are decoded as if they were one
BODY_CHARSET = re.compile(r"charset=[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
CONTINUED = re.compile(r"^(.{1,40}?)\*(\d{1,3})(\*?)$")


class Headers:
    """The headers of one part: by lower-case name, raw and decoded. Keeps what fits into the limits."""

    def __init__(self, items: Iterable[tuple[str, str]]) -> None:
        self.raw: dict[str, list[str]] = {}
        left, pairs = MAX_ALL, list(islice(items, MAX_COUNT))
        charset = next((found for name, value in pairs if (found := _charset_of_body(name, value))), "")
        for name, value in pairs:
            # Traces are cut sooner, so that a long way through many servers does not push out the subject.
            size = 400 if name.lower() in {"received", "dkim-signature"} or name.lower().startswith("arc-") else left
            kept = value[: min(size, MAX_VALUE)]
            left -= len(kept)
            self.raw.setdefault(name.strip().lower(), []).append(as_text(kept, charset))

    def __contains__(self, name: str) -> bool:
        return name in self.raw

    def first(self, name: str) -> str:
        """The raw value of the first header of that name that says anything; else empty."""
        return next((one for one in self.raw.get(name, ()) if one.strip()), "")

    def text(self, name: str) -> str:
        """The decoded value on one line."""
        return words(self.first(name))

    def all(self, name: str) -> list[str]:
        """The raw values of every header of that name."""
        return self.raw.get(name, [])

    def date(self, name: str) -> datetime | None:
        """The moment it names, in UTC; None for what is none."""
        try:
            found = parsedate_tz(self.text(name)[:200])
            return datetime.fromtimestamp(mktime_tz(found), UTC) if found else None
        except (ValueError, OverflowError, OSError, IndexError, TypeError):
            return None

    def ids(self, name: str) -> tuple[str, ...]:
        """Message ids with angle brackets, in their order, each once; the last 50."""
        return ids(" ".join(self.all(name)))


def ids(value: str) -> tuple[str, ...]:
    """The message ids in a header value, with angle brackets."""
    found = ["".join(one.split()) for one in IDS.findall(value)]
    found = [one for one in found if one] or (BARE_ID.findall(value) if "@" in value else [])
    readable = (clean(as_text(one)) for one in dict.fromkeys(found[-50:]))
    return tuple(f"<{one}>" for one in readable)


def as_text(value: str, charset: str = "") -> str:
    """A raw value whose 8-bit bytes came as surrogates, decoded: UTF-8, else the charset of the mail's text."""
    if value.isascii():
        return value
    data = value.encode("utf-8", "surrogateescape")
    return charsets.decode(data, charset if charsets.strict(data, "utf-8") is None else "")


def _charset_of_body(name: str, value: str) -> str:
    match = BODY_CHARSET.search(value[:1000]) if name.lower() == "content-type" else None
    return match[1] if match else ""


def clean(text: str) -> str:
    """Without control and bidirectional characters."""
    return UNSEEN.sub("", text)


def words(value: str) -> str:
    """A header value decoded, unfolded and on one line."""
    return " ".join(clean(encoded_words(unfold(value))).split())


def unfold(value: str) -> str:
    """On one line, as RFC 5322 joins it: the line break goes, the white space stays."""
    return value.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "")


def encoded_words(value: str) -> str:
    """RFC 2047 decoded, leniently: blanks inside, missing padding, characters cut between two words."""
    if "=?" not in value:
        return as_text(value)
    out: list[str] = []
    pending, charset, at = b"", "", 0  # bytes of neighbouring words in one charset are decoded together
    for start, end, label, data in _scan(value):
        between = value[at:start]
        if pending and (between.strip() or label.lower() != charset):
            out.append(charsets.decode(pending, charset))
            pending = b""
        if between.strip() or not at:
            out.append(as_text(between))
        pending, charset, at = pending + data, label.lower(), end
    out.append(charsets.decode(pending, charset) if pending else "")
    return "".join(out) + as_text(value[at:])


def _scan(value: str) -> Iterable[tuple[int, int, str, bytes]]:
    """Each encoded word: where it starts and ends, its charset and its bytes. One pass."""
    at = 0
    while (start := value.find("=?", at)) >= 0:
        at = start + 2
        label, mark, rest = value[at : at + 100].partition("?")
        kind = rest[:2].lower()
        if not mark or not CHARSET.fullmatch(label) or kind not in {"b?", "q?"}:
            continue
        begin = at + len(label) + 3
        end = value.find("?=", begin)
        if end < 0:
            return
        data = _word_bytes(kind[0], value[begin:end])
        if data is not None:
            at = end + 2
            yield start, at, label.partition("*")[0], data


def _word_bytes(kind: str, text: str) -> bytes | None:
    raw = text.encode("utf-8", "surrogateescape")
    if kind == "q":
        return binascii.a2b_qp(raw.replace(b"_", b" "), header=False)
    return from_base64(raw)


def from_base64(data: bytes) -> bytes:
    """Base64 decoded, leniently: other characters are skipped, padding is added, several runs are joined."""
    out = BytesIO()
    for run in data.split(b"=", MAX_RUNS):
        _decode_run(run, out)
    return out.getvalue()


def _decode_run(data: bytes, out: BytesIO) -> None:
    kept = b""
    for at in range(0, len(data), PIECE):
        kept += data[at : at + PIECE].translate(URL_SAFE, NOT_BASE64)
        whole = len(kept) - len(kept) % 4
        out.write(binascii.a2b_base64(kept[:whole]))
        kept = kept[whole:]
    if len(kept) > 1:
        out.write(binascii.a2b_base64(kept + b"=" * (4 - len(kept))))


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """The value before the first ";" in lower case, and the parameters decoded, by lower-case name."""
    pieces = list(_pieces(unfold(value).replace("\t", " ")))
    head, _, stuck = pieces[0].strip().partition(" ") if "=" not in pieces[0].partition(" ")[0] else (pieces[0], "", "")
    if "=" in stuck:  # the semicolon was forgotten
        pieces.insert(1, stuck)
    head = clean(as_text(head)).strip().strip("\"'").lower()
    plain: dict[str, str] = {}
    continued: dict[str, dict[int, tuple[str, bool]]] = {}
    for piece in pieces[1:200]:
        name, _, text = piece.partition("=")
        name = name.strip().lower()
        if match := CONTINUED.match(name):
            continued.setdefault(match[1], {})[int(match[2])] = (_unquoted(text), bool(match[3]))
        elif name.endswith("*"):
            continued.setdefault(name[:-1], {})[0] = (_unquoted(text), True)
        elif name:
            plain.setdefault(name, words(_unquoted(text)))
    return head, plain | {name: _joined(parts) for name, parts in continued.items()}


def _pieces(value: str) -> Iterable[str]:
    """Split at ";" outside quotation marks."""
    start, quoted, escaped = 0, False, False
    for at, character in enumerate(value):
        if escaped:
            escaped = False
        elif quoted and character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == ";" and not quoted:
            yield value[start:at]
            start = at + 1
    yield value[start:]


def _unquoted(text: str) -> str:
    text = text.strip()
    if text.startswith('"'):
        end = text.rfind('"')
        text = text[1:end] if end > 0 else text[1:]
        return text.replace('\\"', '"').replace("\\\\", "\\")
    return text


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231: the numbered parts of a value, percent-encoded or not, in the charset of the first."""
    charset, raw = "", b""
    for number in sorted(parts):
        text, is_encoded = parts[number]
        if number == min(parts) and is_encoded and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data = text.encode("utf-8", "surrogateescape")
        raw += _percent(data) if is_encoded else data
    text = charsets.decode(raw, charset)
    return words(text) if "=?" in text else " ".join(clean(text).split())


def _percent(data: bytes) -> bytes:
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes((int(match[1], 16),)), data)
