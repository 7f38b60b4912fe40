"""Mails inside a mail (message/rfc822): opened one level deep, to be looked at; they stay files as well."""

from dataclasses import dataclass

from helpdesk.mail import EnclosedMail, Party
from mailgateway import addresses, parts, structure
from mailgateway.headers import Headers

MOST = 3
MAX_BYTES = 2 * 1024 * 1024
MAX_SHOWN = 4_000  # characters


@dataclass(frozen=True)
class Opened:
    """One enclosed mail: what is shown of it, and all that it says."""

    shown: EnclosedMail
    headers: Headers
    content: parts.Content


def opened(content: parts.Content) -> list[Opened]:
    """The first enclosed mails of one that was read."""
    return [_opened(name, part.content[:MAX_BYTES]) for name, part in content.mails[:MOST]]


def _opened(file: str, raw: bytes) -> Opened:
    root, problem = structure.read(structure.repaired(raw))
    headers, content = root.headers, parts.read(root)
    sender = next(iter(addresses.parse(headers.first("from"), limit=1)), Party("", headers.text("from")[:200]))
    text = content.text.strip()
    shown = EnclosedMail(
        subject=headers.text("subject")[:255],
        sender=sender,
        sent_at=headers.date("date"),
        text=text[:MAX_SHOWN],
        is_cut=bool(problem) or len(text) > MAX_SHOWN or len(raw) == MAX_BYTES,
        file=file,
    )
    return Opened(shown, headers, content)
