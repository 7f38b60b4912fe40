"""Mails inside a mail (message/rfc822): opened one level deep, to be looked at; they stay files as well."""

from dataclasses import dataclass

from helpdesk.mail import EnclosedMail, Party
from mailgateway import addresses, parts, structure

MOST = 3
MAX_BYTES = 512 * 1024  # that are looked at for its preview
MAX_SHOWN = 4_000  # characters


@dataclass(frozen=True)
class Opened:
    """One enclosed mail: what is shown of it, and the part it is."""

    shown: EnclosedMail
    part: structure.Part

    def read(self) -> parts.Content:
        """Text, HTML and files of the whole of it."""
        return parts.read(structure.read(structure.repaired(self.part.content))[0])


def opened(content: parts.Content) -> list[Opened]:
    """The first enclosed mails of one that was read."""
    return [Opened(_shown(name, part.content[:MAX_BYTES]), part) for name, part in content.mails[:MOST]]


def _shown(file: str, raw: bytes) -> EnclosedMail:
    root, problem = structure.read(structure.repaired(raw))
    headers, content = root.headers, parts.read(root)
    sender = next(iter(addresses.parse(headers.first("from"), limit=1)), Party("", headers.text("from")[:200]))
    text = content.text.strip()
    return EnclosedMail(
        subject=headers.text("subject")[:255],
        sender=sender,
        sent_at=headers.date("date"),
        text=text[:MAX_SHOWN],
        is_cut=bool(problem) or len(text) > MAX_SHOWN or len(raw) == MAX_BYTES,
        file=file,
    )
