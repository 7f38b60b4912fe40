"""A mail as somebody reads it in their mail program. Pure: bytes in, a Letter out."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import cast

QUOTE = re.compile(r"\n+(?:[^\n>]{0,200}:\n+)?(?:>[^\n]*(?:\n|$))+\s*$")


@dataclass(frozen=True)
class Letter:
    """One mail. `mine`: sent by the owner of the mailbox. `files` are names, in the order of `file_of`."""

    uid: int
    box: str
    at: datetime
    mine: bool
    unread: bool
    sender_name: str
    sender: str
    reply_to: str  # where an answer goes
    to: str
    subject: str
    text: str
    quoted: str
    message_id: str
    references: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def who(self) -> str:
        """The sender's name, else the address."""
        return self.sender_name or self.sender

    @property
    def answer_subject(self) -> str:
        """The subject of an answer."""
        return self.subject if self.subject.lower().startswith("re:") else f"Re: {self.subject}".strip()


def parse(raw: bytes) -> EmailMessage:
    """The mail with its parts."""
    return cast(EmailMessage, message_from_bytes(raw, policy=policy.default))


def read(raw: bytes, *, uid: int, box: str, at: datetime, mine: bool, unread: bool) -> Letter:
    """A mail as it stands in folder `box`."""
    mail = parse(raw)
    name, sender = parseaddr(str(mail["From"] or ""))
    text, quoted = split(_text(mail))
    return Letter(
        uid=uid,
        box=box,
        at=at,
        mine=mine,
        unread=unread,
        sender_name=name,
        sender=sender,
        reply_to=parseaddr(str(mail["Reply-To"] or ""))[1] or sender,
        to=parseaddr(str(mail["To"] or ""))[1],
        subject=str(mail["Subject"] or ""),
        text=text,
        quoted=quoted,
        message_id=str(mail["Message-ID"] or "").strip(),
        references=tuple(str(mail["References"] or "").split()),
        files=tuple(part.get_filename() or "file" for part in mail.iter_attachments()),
    )


def file_of(raw: bytes, number: int) -> tuple[str, bytes] | None:
    """Name and content of one of a mail's files; None if it has no such file."""
    parts = list(parse(raw).iter_attachments())
    if number >= len(parts):
        return None
    content = parts[number].get_payload(decode=True)
    return parts[number].get_filename() or "file", content if isinstance(content, bytes) else b""


def split(text: str) -> tuple[str, str]:
    """What is new, and the quotation below it with its introducing line."""
    text = text.replace("\r\n", "\n").strip()
    found = QUOTE.search(text)
    return (text[: found.start()].strip(), found[0].strip()) if found else (text, "")


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain", "html"))
    if body is None:
        return ""
    words = str(body.get_content())
    return re.sub(r"<[^>]+>", " ", words) if body.get_content_subtype() == "html" else words
