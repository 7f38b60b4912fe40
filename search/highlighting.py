"""Where in a text a query stands: pieces for a template, which escapes them."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from search.folding import OURS
from search.query import Query

AROUND = 60  # characters shown before the first hit
SHOWN = 160


@dataclass(frozen=True)
class Piece:
    """A part of a text, and whether it was looked for."""

    text: str
    is_hit: bool = False


@cache
def _plain_letters() -> dict[int, str]:
    """One letter for one, so that places in the outline are places in the text."""
    found = {}
    for code in range(0x20, 0x2000):
        base = unicodedata.normalize("NFKD", chr(code))[:1].lower()
        if len(base) == 1 and base != chr(code):
            found[code] = base
    return found


def outline(text: str) -> str:
    """The text without case and accents, letter for letter."""
    return text.translate(_plain_letters())


def pattern(query: Query) -> re.Pattern[str] | None:
    """What finds the query's words in an outline; None for nothing to mark."""
    exact: set[str] = set()
    begun: set[str] = set()
    for group in query.groups:
        for term in group:
            if not term.word.startswith(OURS):
                (begun if term.begins else exact).add(term.word)
    whole = [f"{_spelled(word)}(?![^\\W_])" for word in sorted(exact, key=len, reverse=True)]
    longest = [*(_spelled(word) for word in sorted(begun, key=len, reverse=True)), *whole]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(longest)})") if longest else None


def _spelled(word: str) -> str:
    """A word; a long one also as an address, a reference or a phone is written, with signs between."""
    return r"[-_.@/+: ()]{0,2}".join(map(re.escape, word)) if len(word) > 5 else re.escape(word)


def pieces(text: str, found: re.Pattern[str] | None) -> list[Piece]:
    """The whole text, its hits marked."""
    parts: list[Piece] = []
    at = 0
    for hit in found.finditer(outline(text)) if found else ():
        parts += [Piece(text[at : hit.start()])] if hit.start() > at else []
        parts.append(Piece(text[hit.start() : hit.end()], is_hit=True))
        at = hit.end()
    return [*parts, Piece(text[at:])] if at < len(text) else parts


def snippet(text: str, found: re.Pattern[str] | None) -> list[Piece]:
    """Some words round the first hit, on one line; empty where there is none."""
    hit = found.search(outline(text)) if found else None
    if hit is None:
        return []
    start = text.rfind(" ", 0, max(0, hit.start() - AROUND)) + 1 if hit.start() > AROUND else 0
    shown = " ".join(text[start : start + SHOWN * 2].split())
    cut = f"{shown[:SHOWN].rsplit(' ', 1)[0]}…" if len(shown) > SHOWN else shown
    return pieces(f"{'…' if start else ''}{cut}", found)
