"""What is new in a mail and what is quoted below, above or between. Nothing is deleted: the whole text stays.

The marks of mail programs in the HTML go first; then the lines themselves. Each line gets one letter:
t text, e empty, q quoted, a attribution ("On ... wrote:"), h header block or "Original Message", s signature.
"""

import re

from mailgateway import attributions, containers, signatures

MAX_TEXT = 500_000  # characters; more is not looked at but kept
MAX_LINES = 800  # that are looked at closely; of later ones only the quotation mark counts
MAX_ALL_LINES = 20_000
QUOTED = re.compile(r"^\s{0,3}>")
OTHERS = re.compile(r"^\s{0,3}(?:\|(?:\s|$)|[A-Za-z][\w.-]{0,11}>(?:\s|$))")
FORWARD = re.compile(r"[es]*h[hes]*")
ENDS = re.compile(r"[ah]+")
BELOW = re.compile(r"e*(.?)", re.DOTALL)
RUNS = re.compile(r"[aeqs]+")
FENCE = re.compile(r"^\s{0,3}(?:```|~~~)")


def split(text: str, html: str = "") -> str:
    """The new part of a mail. Empty if all of it is quoted."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MAX_TEXT or text.count("\n") > MAX_ALL_LINES:
        return text.strip("\n")
    marks = containers.marked(html)
    if marks:
        return _new_part(*_read_marks(marks))
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
        lines.append(containers.without_marks(line).rstrip())
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
    while at < min(len(lines), MAX_LINES):
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
    letters.extend(said[later] or _letter_far_below(lines[later]) for later in range(at, len(lines)))
    return _with_signatures("".join(letters), lines)


def _letter_far_below(line: str) -> str:
    if not line.strip():
        return "e"
    return "q" if QUOTED.match(line) else "t"


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
        if lines[start].strip() and attributions.unquoted(lines[start]).strip():
            count = attributions.block_length(lines, start)
            return start - at + count if count else 0
    return 0


def _with_signatures(letters: str, lines: list[str]) -> str:
    """Everything below a signature's mark becomes "s", up to the next quotation; so do rules above nothing."""
    marked = list(letters)
    first_text, texts_below = letters.find("t"), letters.count("t")
    last_quote, inside = letters.rfind("q"), False
    for at, letter in enumerate(letters):
        texts_below -= letter == "t"
        if letter in "aqh":
            inside = False
        elif letter == "t" and not inside and at > first_text >= 0:
            short = texts_below <= signatures.MAX_BELOW_RULE and last_quote < at
            inside = signatures.is_mark(lines[at]) or (short and signatures.is_long_rule(lines[at]))
        if letter == "t" and inside:
            marked[at] = "s"
    return _without_last_rules("".join(marked), lines)


def _without_last_rules(letters: str, lines: list[str]) -> str:
    """Drawn lines with no text between them and the next quotation or the end become "s"."""
    marked = list(letters)
    is_open = True
    for at in range(len(letters) - 1, -1, -1):
        if letters[at] in "aqh":
            is_open = True
        elif letters[at] == "t":
            is_open = is_open and signatures.is_rule(lines[at])
            if is_open:
                marked[at] = "s"
    return "".join(marked)


def _kept(letters: str) -> list[int]:
    """The numbers of the lines that are new."""
    start, end = 0, len(letters)
    cut = _cut(letters)
    if cut >= 0:
        end = cut
    elif (head := FORWARD.match(letters)) is not None:
        start = head.end()  # nothing above: a forwarded mail is what there is to say
    kept = _without_quotes(letters, start, end)
    while kept and letters[kept[-1]] in "es":
        kept.pop()
    return [at for at in kept if letters[at] != "a"]


def _cut(letters: str) -> int:
    """Where a header block, or an attribution with unmarked text below it, ends what is new; -1 if nothing does."""
    first_text = letters.find("t")
    if first_text < 0:
        return -1
    for match in ENDS.finditer(letters, first_text):
        below = BELOW.match(letters, match.end())
        if "h" in match[0] or below is None or below[1] != "q":
            return match.start()
    return -1


def _without_quotes(letters: str, start: int, end: int) -> list[int]:
    """The lines that stay once quotations are taken away that nobody answers between."""
    first = letters.find("t", start, end)
    last = letters.rfind("t", start, end)
    if first < 0:
        return [] if "a" in letters[start:end] else list(range(start, end))
    above = letters[start:first]
    middle = [one for one in RUNS.finditer(letters, first, last) if "q" in one[0]]
    if "q" in above and "a" in above and not middle:
        start = first  # a quotation on top, the answer below it
    if len(middle) == 1 and "a" in middle[0][0] and "a" not in above and "q" not in letters[last:end]:
        one = middle[0]  # an answer above and below one quotation: both count, the quotation does not
        blank = [at for at in range(*one.span()) if letters[at] == "e"][:1]
        return [*range(start, one.start()), *blank, *range(one.end(), last + 1)]
    return list(range(start, last + 1))
