"""Addresses in headers, however they are written."""

import re
from collections.abc import Iterable

from helpdesk.mail import Party
from mailgateway import headers

MAX = 20  # of one header
ADDRESS = re.compile(r"[^\s@<>(),;:\"\[\]\\]{1,128}@[^\s@<>(),;:\"\\]{1,255}")
DEPTH = {'"': {'"': -1}, "<": {">": -1}, "(": {"(": 1, ")": -1}}
QUOTED_LOCAL = re.compile(r"\"[^\"\r\n]{1,128}\"@[^\s@<>(),;:\"\\]{1,255}")


def parse(value: str, *, limit: int = MAX) -> tuple[Party, ...]:
    """The people of a raw header value, at most `limit`; what holds no address is left out."""
    found: list[Party] = []
    for piece in _pieces(headers.unfold(value)):
        if party := _party(piece):
            found.append(party)
        if len(found) >= limit:
            break
    return tuple(found)


def _pieces(value: str) -> Iterable[str]:
    """Split at commas and semicolons outside quotation marks, comments and angle brackets; groups are opened.

    A quotation mark, comment or bracket that is never closed protects nothing.
    """
    closers = {'"': value.rfind('"'), "(": value.rfind(")"), "<": value.rfind(">")}
    start, inside, depth, skip = 0, "", 0, False
    for at, character in enumerate(value):
        if skip:
            skip = False
        elif inside:
            skip = character == "\\"
            depth += DEPTH[inside].get(character, 0)
            inside = inside if depth else ""
        elif character in closers and closers[character] > at:
            inside, depth = character, 1
        elif character in ",;":
            yield value[start:at]
            start = at + 1
        elif character == ":" and "@" not in value[start:at] and "=?" not in value[start:at]:
            start = at + 1  # the name of a group
    yield value[start:]


def _party(piece: str) -> Party | None:
    name, bracket = piece, ""
    opened = piece.rfind("<")
    if opened >= 0:
        name, bracket = piece[:opened], piece[opened + 1 :].partition(">")[0]
    name, comment = _without_comments(name)
    address = _address(bracket) or _address(name) or _address(headers.encoded_words(piece))
    if not address:
        return None
    readable = _name(name) if opened >= 0 else ""
    return Party(address.lower(), readable or _name(comment))


def _address(text: str) -> str:
    text = text.strip()
    if text.startswith("@") and ":" in text:  # an old source route
        text = text.rpartition(":")[2]
    text = text.removeprefix("mailto:")
    if "=?" in text:
        text = headers.encoded_words(text)
    if "@" not in text:
        return ""
    match = QUOTED_LOCAL.search(text) or ADDRESS.search(text) or ADDRESS.search("".join(text.split()))
    return headers.clean(headers.as_text(match[0])).strip("'.") if match else ""


def _without_comments(text: str) -> tuple[str, str]:
    """The text outside and inside of round brackets; brackets inside quotation marks are text."""
    if "(" not in text:
        return text, ""
    outside: list[str] = []
    inside: list[str] = []
    depth, quoted = 0, False
    for character in text:
        if character == '"' and not depth:
            quoted = not quoted
        if not quoted and character == "(":
            depth += 1
        elif not quoted and character == ")" and depth:
            depth -= 1
        else:
            (inside if depth else outside).append(character)
    return "".join(outside), "".join(inside)


def _name(text: str) -> str:
    text = text.strip()
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        text = text[1:-1]
    text = text.replace('\\"', '"').replace("\\\\", "\\")
    return headers.words(text).strip().strip("\"'").strip()[:200]
