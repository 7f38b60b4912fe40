"""Our signed words in the HTML that somebody quotes: the last proof where a mail program lost the headers."""

from helpdesk import tokens

MOST, LENGTH = 5, 90


def found_in(html: str) -> tuple[str, ...]:
    """What stands behind the first markers, unproven; newest first is what mail programs quote."""
    found: list[str] = []
    at = html.find(tokens.MARKER)
    while at >= 0 and len(found) < MOST:
        start = at + len(tokens.MARKER)
        found.append(html[start : start + LENGTH])
        at = html.find(tokens.MARKER, start)
    return tuple(found)
