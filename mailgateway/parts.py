"""What of a mail is text, what is HTML and what is a file (RFC 8621, section 4.1.4)."""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from helpdesk import html as markup
from helpdesk.mail import Invitation, MailFile
from mailgateway import charsets, filenames, flowed, invitations, tnef
from mailgateway.structure import MAX_DEPTH, MAX_PARTS, Part

MAX_FILES = 100
MAX_TEXT = 1_000_000
MAX_TEXT_BYTES = 8 * MAX_TEXT  # of a text part that are decoded: in no charset is that less than MAX_TEXT characters
MAX_HTML = 1_000_000  # characters; over it the text is shown, and the raw mail is kept
MAX_READ = 400_000  # characters of HTML that are turned into text
CID = re.compile(r"cid:([^\s\"'<>)\\]{1,255})", re.IGNORECASE)
MEDIA = ("image/", "audio/", "video/")
CALENDARS = {"text/calendar", "application/ics"}
MAX_CALENDARS = 5
TEXTS = {"text/plain", "text/html"}
ENRICHED = {"text/enriched", "text/richtext"}
TNEF_TYPES = {"application/ms-tnef", "application/vnd.ms-tnef"}


@dataclass
class Sorted:
    """The parts of a mail by their use."""

    text: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    files: list[Part] = field(default_factory=list)
    count: int = 0
    is_cut: bool = False

    def take(self, parts: list[Part], parent: str = "mixed", *, depth: int = 0, chosen: bool = False) -> None:
        """Sort one level; `chosen` below an alternative, where each form counts for itself only."""
        for position, part in enumerate(parts):
            self.count += 1
            if self.count > MAX_PARTS or depth > MAX_DEPTH:
                self.is_cut = True
                return
            kind = part.kind.partition("/")[2]
            if part.is_branch and kind == "alternative":
                self._take_alternative(part.branches, depth + 1)
            elif part.is_branch:
                self.take(part.branches, kind, depth=depth + 1, chosen=chosen)
            elif _is_body(part, parent, position):
                self._take_body(part, chosen=chosen or parent == "alternative")
            else:
                self.files.append(part)

    def _take_alternative(self, parts: list[Part], depth: int) -> None:
        texts, htmls = len(self.text), len(self.html)
        self.take(parts, "alternative", depth=depth, chosen=True)
        if len(self.text) == texts:
            self.text.extend(self.html[htmls:])
        elif len(self.html) == htmls:
            self.html.extend(self.text[texts:])

    def _take_body(self, part: Part, *, chosen: bool) -> None:
        if not chosen or part.kind != "text/html":
            self.text.append(part)
        if not chosen or part.kind == "text/html":
            self.html.append(part)


@dataclass(frozen=True)
class Content:
    """What a mail says, and its files."""

    text: str
    html: str
    files: tuple[MailFile, ...]
    is_cut: bool
    invitations: tuple[Invitation, ...] = ()
    mails: tuple[tuple[str, Part], ...] = ()  # enclosed ones, by the names of their files


def read(root: Part) -> Content:
    """The text to show, the HTML as it came, and every other part as a file."""
    found = Sorted()
    found.take([root])
    html = _html(found)
    found.is_cut = found.is_cut or len(html) > MAX_HTML
    html = html[: MAX_HTML + 1]
    named, extra = _files(found, html)
    found.text = found.text or [part for part in found.files if part.kind in ENRICHED]
    text = _text(found)
    if not text.strip() and not html.strip():
        html, text = extra.html, extra.text or _preamble(root) or markup.to_text(extra.html[:MAX_READ])
    elif not text.strip() and not all(one in found.text for one in found.html):
        text = markup.to_text(html[:MAX_READ])
    invited = _invitations(named)
    text = text if text.strip() else "\n".join(one.title for one in invited)
    return Content(
        text[:MAX_TEXT],
        html,
        tuple(file for file, _ in named),
        found.is_cut or len(text) > MAX_TEXT,
        invited,
        tuple((file.name, part) for file, part in named if part is not None and part.kind == "message/rfc822"),
    )


def _invitations(named: "list[tuple[MailFile, Part | None]]") -> tuple[Invitation, ...]:
    """What the calendars among the files ask for; the same event twice, in two forms, once."""
    calendars = [(file, part) for file, part in named if part is not None and part.kind in CALENDARS]
    found = [one for file, part in calendars[:MAX_CALENDARS] for one in invitations.read(decoded(part), file.name)]
    each = {(one.title, one.begins, one.ends): one for one in reversed(found)}
    return tuple(reversed(each.values()))[:MAX_CALENDARS]


def _is_body(part: Part, parent: str, position: int) -> bool:
    if part.disposed[0] == "attachment" or part.kind not in TEXTS:
        return False
    named = part.disposed[1].get("filename") or part.typed[1].get("name")
    return position == 0 or (parent != "related" and not named)


def decoded(part: Part) -> str:
    """The characters of a text part, with plain line ends."""
    data, kind = part.content[:MAX_TEXT_BYTES], part.kind
    charset = part.typed[1].get("charset", "")
    if kind == "text/html" and not charset:
        charset = _meta_charset(data)
    text = charsets.decode(data, charset).replace("\r\n", "\n").replace("\r", "\n")
    if kind == "text/plain" and part.typed[1].get("format", "").lower() == "flowed":
        return flowed.joined(text, is_delsp=part.typed[1].get("delsp", "").lower() == "yes")
    return markup.to_text(text) if kind in ENRICHED else text


def _meta_charset(data: bytes) -> str:
    match = re.search(rb"<meta[^>]{0,200}?charset=[\"']?([A-Za-z0-9_.:-]{2,40})", data[:4096], re.IGNORECASE)
    return match[1].decode("ascii") if match else ""


def _preamble(root: Part) -> str:
    """What stands before the first boundary, where nothing stands behind it: some programs put the text there."""
    text = charsets.decode(root.above[:MAX_TEXT_BYTES]).replace("\r\n", "\n").strip()
    return "" if "mime" in text.lower() or "multi-part" in text.lower() else text


def _text(found: Sorted) -> str:
    pieces = [
        markup.to_text(decoded(one)[:MAX_READ]) if one.kind == "text/html" else decoded(one) for one in found.text
    ]
    return "\n\n".join(piece.strip("\n") for piece in pieces if piece.strip())


def _html(found: Sorted) -> str:
    if not any(one.kind == "text/html" for one in found.html):
        return ""
    pieces = [decoded(one) if one.kind == "text/html" else markup.from_text(decoded(one)) for one in found.html]
    return "\n".join(piece for piece in pieces if piece.strip())


def _files(found: Sorted, html: str) -> "tuple[list[tuple[MailFile, Part | None]], tnef.Unpacked]":
    """Every file with a name of its own, and the part it was; and the text of a winmail.dat."""
    wanted = {unquote(one).strip("<>") for one in CID.findall(html)}
    files: list[tuple[MailFile, Part | None]] = []
    extra = tnef.Unpacked()
    taken: set[str] = set()
    for part in found.files:
        if len(files) >= MAX_FILES:
            found.is_cut = True
            break
        inside = _unpacked(part)
        files.extend([(_file(part, wanted), part), *((file, None) for file in inside.files)])
        if inside.text or inside.html:
            extra = inside
    named = [(replace(one, name=filenames.unique(one.name, taken)), part) for one, part in files[:MAX_FILES]]
    return named, extra


def _file(part: Part, wanted: set[str]) -> MailFile:
    content_id = filenames.content_id(part)
    name, kind = filenames.name_of(part), part.kind
    if kind == "application/octet-stream":
        kind = filenames.type_of(name)
    return MailFile(name, kind, part.content, content_id, bool(content_id) and content_id in wanted)


def _unpacked(part: Part) -> tnef.Unpacked:
    if part.kind in TNEF_TYPES or filenames.name_of(part).lower() == "winmail.dat":
        return tnef.unpack(part.content)
    return tnef.Unpacked()
