"""A mail that somebody passes on by hand: whose it was and what it said, apart from the words above it.

Every mail program writes who wrote it, when and about what above the words of the other: below a line that says so
(Gmail, Apple, Thunderbird, and Outlook's original message), or, in Outlook, below nothing but a drawn line; or it
encloses the mail. Answers look alike: what is no forward by its mark or by its subject is none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice, takewhile

from helpdesk.mail import Forwarded, InboundMail, Party
from mailgateway import addresses, attributions, below, enclosing, quoting, signatures

MAX_LINES = 400  # of the words above; who says more than that does not only pass something on
MAX_TRIES = 20  # lines that may be of a header block
MAX_ABOVE = 8  # lines of a header block before the one that says who
SUBJECT = re.compile(
    r"^[\s\[(]{0,5}(?:fwd?|fw|rv|reenv|tr|transf|wg|enc|i|vs|vb|pd|doorst|továbbítás|továbbítva|ynt|ilt|fs|πρθ|转发|轉寄"
    r"|転送|전달|пересл|fwd fwd)\s{0,3}[:：\])]\s{0,10}",
    re.IGNORECASE,
)
ANSWER = re.compile(r"^\s{0,5}(?:re|aw|sv|antw|odp|ré|回复|答复|r)\s{0,3}(?:\[\d{1,3}\])?[:：]", re.IGNORECASE)
MAILTO = re.compile(r"\[mailto:([^\]\s]{1,300})\]|<mailto:([^>\s]{1,300})>", re.IGNORECASE)


def read(mail: InboundMail, enclosed: "Sequence[enclosing.Opened]") -> Forwarded | None:
    """What a mail passes on; None if it passes on nothing, or does not say whose it was."""
    says_so = bool(SUBJECT.match(mail.subject))
    found = _below(mail.full_text, says_so=says_so)
    if found is not None:
        return replace(found.passed, html=_html_below(mail.html, found.passed, says_so=says_so))
    if len(enclosed) == 1 and not ANSWER.match(mail.subject):
        return _enclosed(mail, enclosed[0])
    return None


def _enclosed(mail: InboundMail, one: enclosing.Opened) -> Forwarded | None:
    """A mail that was attached as a whole."""
    sender = one.shown.sender
    if not sender.address:
        return None
    content = one.read()
    text = quoting.split(content.text, content.html)
    whole = tuple(file for file in mail.files if file.name == one.shown.file)
    return Forwarded(
        sender=sender,
        subject=one.shown.subject,
        text=text or content.text.strip("\n"),
        full_text=content.text.strip("\n"),
        note=mail.text,
        html=content.html,
        files=(*content.files, *whole),
    )


@dataclass(frozen=True)
class _Below:
    """A mail that stands below its header block, and in how many lines what is above it ends."""

    passed: Forwarded
    ends: int


def _html_below(html: str, passed: Forwarded, *, says_so: bool) -> str:
    """The same mail as the HTML form has it; empty if it is not there, or is not to be parted from what is above."""

    def ends(text: str) -> int:
        found = _below(text, says_so=says_so)
        if found is None or found.passed.sender.address != passed.sender.address:
            return 0
        return found.ends if bool(found.passed.full_text) == bool(passed.full_text) else 0

    return below.part(html, ends)


def _below(text: str, *, says_so: bool) -> _Below | None:
    """A mail that stands in the text below its header block."""
    if "@" not in text:
        return None
    lines = text.split("\n")[: MAX_LINES * 2]
    names = (at for at, line in enumerate(lines[:MAX_LINES]) if attributions.label_of(line) == "who")
    for at in islice(names, MAX_TRIES):
        start, length = _block(lines, at)
        if not length:
            continue
        mark, is_forward = _mark_above(lines, start)
        if not is_forward and not says_so:
            return None
        passed = _parted(text.split("\n"), mark, start, length)
        return _Below(passed, start + length) if passed is not None else None
    return None


def _block(lines: list[str], at: int) -> tuple[int, int]:
    """Where the header block around the line that says who begins, and how many lines it is long; 0 if none is."""
    for start in range(max(0, at - MAX_ABOVE), at + 1):
        length = attributions.block_length(lines, start)
        if length and start + length > at:
            return start, length
    return at, 0


def _mark_above(lines: list[str], start: int) -> tuple[int, bool]:
    """Where what belongs to the other mail begins, and whether a line there says that it is passed on."""
    for at in range(start - 1, max(-1, start - 4), -1):
        if attributions.is_original_mark(lines[at]):
            return at, attributions.is_forward_mark(lines[at])
        if attributions.unquoted(lines[at]).strip():
            break
    return start, False


def _parted(lines: list[str], mark: int, start: int, length: int) -> Forwarded | None:
    """The words above, the header block, the words below; None if the block does not say whose they are."""
    said = _values(lines[start : start + length])
    sender = _sender(said.get("who", ""))
    if not sender.address:
        return None
    below = lines[start + length :]
    if _all_quoted(lines[start : start + length]):
        below = [attributions.unquoted(line) if line.startswith(">") else line for line in below]
    whole = "\n".join(below).strip("\n")
    return Forwarded(
        sender=sender,
        subject=said.get("about", ""),
        text=quoting.split(whole) or whole,
        full_text=whole,
        note=_note(lines[:mark]),
    )


def _values(block: list[str]) -> dict[str, str]:
    """What each label of a header block says; long values go on in the next lines."""
    said: dict[str, str] = {}
    current = ""
    for line in block:
        label, value = attributions.labelled(line)
        if label:
            current = label if label not in said else ""
        else:
            value = attributions.unquoted(line).strip()
        if current:
            said[current] = f"{said.get(current, '')} {value}".strip()[:500]
    return said


def _sender(value: str) -> Party:
    """Outlook writes an address as "[mailto:...]", as "<a@b<mailto:a@b>>" and with stars around it."""
    linked = MAILTO.search(value)
    plain = MAILTO.sub("", value).replace("*", "").strip()
    found = next(iter(addresses.parse(plain, limit=1)), None)
    if found is None and linked:
        found = Party((linked[1] or linked[2]).lower(), plain.strip("\"'<> "))
    return found or Party("")


def _all_quoted(block: list[str]) -> bool:
    return all(line.lstrip().startswith(">") for line in block if line.strip())


def _note(above: list[str]) -> str:
    """The words above, without a signature or the line a telephone adds."""
    kept = list(takewhile(lambda line: not signatures.is_mark(line), above))
    while kept and (not kept[-1].strip() or signatures.is_rule(kept[-1]) or signatures.is_telephone(kept[-1])):
        kept.pop()
    return "\n".join(kept).strip()
