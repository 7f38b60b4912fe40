"""Numbers as strangers send them: in an address, a form, a field that somebody typed in."""

from collections.abc import Iterable

DIGITS = 18  # more do not fit into an id


def number(text: str) -> int:
    """An id; 0 for anything that is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else 0


def numbers(words: Iterable[str], *, most: int) -> tuple[int, ...]:
    """Ids in their order, each once, at most so many; what is none is left out."""
    found = (number(word) for word in words)
    return tuple(dict.fromkeys(one for one in found if one))[:most]
