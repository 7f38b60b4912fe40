"""What is new in a mail and what is quoted below, above or between. Nothing is deleted: the whole text stays.

The marks of mail programs in the HTML go first; then the lines themselves. Each line gets one letter:
t text, e empty, q quoted, a attribution ("On ... wrote:"), h header block or "Original Message", s signature.
"""

import re

from mailgateway import attributions, containers, signatures

MAX_TEXT = 500_000  # characters; more is not looked at but kept
QUOTED = re.compile(r"^\s{0,3}>")
OTHERS = re.compile(r"^\s{0,3}(?:\|(?:\s|$)|[A-Za-z][\w.-]{0,11}>(?:\s|$))")
FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")


def split(text: str, html: str = "") -> str:
    """The new part of a mail. Empty if all of it is quoted."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MAX_TEXT:
        return text.strip("\n")
    marks = containers.marked(html)
    if marks:
        new = _new_part(*_read_marks(marks))
        return new
    lines = text.split("\n")
    return _new_part(lines, [""] * len(lines))


def _read_marks(text: str) -> tuple[list[str], list[str]]:
    """Lines without marks, and what the marks say of each: "q", "a", "s", "h" or nothing."""
    lines: list[str] = []
    said: list[str] = []
    quotes, other = 0, ""
    for line in text.split("\n"):
        bare = line.strip()
        if bare and bare[0] in containers.MARKS and len(bare) == 1:
            quotes, other = _entered(bare, quotes, other)
            if bare == containers.CUT:
                lines.append("")
                said.append("h")
            continue
        for mark in containers.MARKS:
            line = line.replace(mark, "")
        lines.append(line.rstrip())
        said.append("q" if quotes else other)
    return lines, said


def _entered(mark: str, quotes: int, other: str) -> tuple[int, str]:
    if mark == containers.QUOTE:
        return quotes + 1, other
    if mark == containers.UNQUOTE:
        return max(0, quotes - 1), other
    return quotes, {containers.ATTRIBUTION: "a", containers.SIGNATURE: "s"}.get(mark, "")


def _new_part(lines: list[str], said: list[str]) -> str:
    letters = _letters(lines, said)
    kept = _kept(letters)
    out = [_shown(lines[at], said[at]) for at in kept]
    while out and not out[0].strip():
        out.pop(0)
    return "\n".join(out).rstrip()


def _shown(line: str, said: str) -> str:
    return f"> {line.strip()}" if said == "q" else line


def _letters(lines: list[str], said: list[str]) -> str:
    """One letter a line."""
    letters: list[str] = []
    at, fenced, attributed = 0, False, False
    while at < len(lines):
        if said[at] and lines[at].strip():
            letters.append(said[at])
            attributed = True
        elif said[at] == "h":
            letters.append("h")
        else:
            fenced ^= bool(FENCE.match(lines[at])) if not said[at] else False
            found, count = ("t", 1) if fenced else _letter(lines, at, attributed)
            letters.extend(found * count)
            attributed = attributed or found == "a"
            at += count - 1
        at += 1
    return _with_signatures("".join(letters), lines)


def _letter(lines: list[str], at: int, attributed: bool) -> tuple[str, int]:
    """The letter of what starts at this line, and how many lines it is long."""
    line = lines[at]
    if not line.strip():
        return "e", 1
    if attributions.is_original_mark(line):
        return "h", 1 + _block_below(lines, at + 1)
    if count := attributions.block_length(lines, at):
        return ("q" if QUOTED.match(line) else "h"), count
    if count := attributions.length(lines, at):
        return "a", count
    if QUOTED.match(line) or (attributed and OTHERS.match(line)):
        return "q", 1
    return ("s" if signatures.is_telephone(line) else "t"), 1


def _block_below(lines: list[str], at: int) -> int:
    """The length of the header block that follows a mark, with the empty lines between."""
    for start in range(at, min(at + 3, len(lines))):
        if lines[start].strip() and not attributions.unquoted(lines[start]).strip() == "":
            count = attributions.block_length(lines, start)
            return start - at + count if count else 0
    return 0


def _with_signatures(letters: str, lines: list[str]) -> str:
    """Everything below a signature's mark becomes "s", up to the next quotation."""
    marked = list(letters)
    inside = False
    for at, letter in enumerate(letters):
        if letter in "aqh":
            inside = False
        elif letter == "t" and not inside and signatures.is_mark(lines[at]) and _has_text(letters[:at]):
            inside = True
        elif letter == "t" and not inside and signatures.is_long_rule(lines[at]):
            inside = letters.count("t", at + 1) <= signatures.MAX_BELOW_RULE and "q" not in letters[at:]
        if letter == "t" and (inside or signatures.is_rule(lines[at])):
            marked[at] = "s" if inside or _ends_here(letters, lines, at) else "t"
    return "".join(marked)


def _has_text(letters: str) -> bool:
    return "t" in letters or "q" in letters


def _ends_here(letters: str, lines: list[str], at: int) -> bool:
    """Whether only drawn lines, quotations and header blocks follow before the next text."""
    for later in range(at + 1, min(at + 30, len(letters))):
        if letters[later] in "aqh":
            return True
        if letters[later] == "t" and not signatures.is_rule(lines[later]):
            return False
    return at + 30 >= len(letters)


def _kept(letters: str) -> list[int]:
    """The numbers of the lines that are new."""
    start, end = 0, len(letters)
    cut = _cut(letters)
    if cut >= 0:
        end = cut
    elif (head := re.match(r"[es]*h[hes]*", letters)) is not None:
        start = head.end()  # nothing above: a forwarded mail is what there is to say
    letters_in = letters[start:end]
    kept = [start + at for at in _without_quotes(letters_in)]
    while kept and letters[kept[-1]] in "es":
        kept.pop()
    return [at for at in kept if letters[at] != "a"]


def _cut(letters: str) -> int:
    """Where a header block, or an attribution with unmarked text below it, ends what is new; -1 if nothing does."""
    for match in re.finditer(r"[ah]+", letters):
        at = match.start()
        if "t" not in letters[:at]:
            continue
        if letters[at] == "h":
            return at
        below = letters[match.end() :].lstrip("e")
        if not below.startswith("q"):
            return at
    return -1


def _without_quotes(letters: str) -> list[int]:
    """The lines that stay once quotations are taken away that nobody answers between."""
    if "a" in letters and "t" not in letters:
        return []
    body = letters.rstrip("esqa") if "t" in letters else letters
    regions = list(re.finditer(r"a?[eqs]*q[eqsa]*", body))
    texts_between = [one for one in regions if "t" in body[: one.start()] and "t" in body[one.end() :]]
    if not texts_between:
        leading = regions[0] if regions else None
        if leading and "a" in leading[0] and "t" in body[leading.end() :]:
            return list(range(leading.end(), len(body)))
        return list(range(len(body)))
    return list(range(len(body)))
