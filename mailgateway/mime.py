"""Raw bytes in, an InboundMail out. Pure."""

import hashlib
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from typing import cast

from helpdesk.mail import InboundMail, MailFile, Party


def parse(raw: bytes) -> InboundMail:
    """What a mail says."""
    message = cast(EmailMessage, message_from_bytes(raw, policy=policy.default))
    body = message.get_body(("plain", "html"))
    text = body.get_content() if body else ""
    digest = hashlib.sha256(repr((message["From"], message["Subject"], text)).encode()).hexdigest()
    name, sender = (getaddresses([str(message.get("From", ""))]) or [("", "")])[0]
    return InboundMail(
        sender=sender.lower(),
        sender_name=name,
        subject=str(message.get("Subject", "")),
        text=text.strip(),
        full_text=text.strip(),
        files=tuple(
            MailFile(part.get_filename() or "file", part.get_content_type(), part.get_payload(decode=True) or b"")  # type: ignore[arg-type]
            for part in message.iter_attachments()
        ),
        message_id=str(message.get("Message-ID", f"<{digest}@none>")).strip(),
        digest=digest,
        in_reply_to=tuple(str(message.get("In-Reply-To", "")).split()),
        references=tuple(str(message.get("References", "")).split()),
        to=_parties(message, "To"),
        cc=_parties(message, "Cc"),
        delivered_to=tuple(one.address for one in (*_parties(message, "Delivered-To"),)),
        date=parsedate_to_datetime(str(message["Date"])) if message["Date"] else None,
        own_id=str(message.get("X-Mostrador-Id", "")),
    )


def _parties(message: EmailMessage, name: str) -> tuple[Party, ...]:
    found = getaddresses([str(one) for one in message.get_all(name, [])])
    return tuple(Party(address.lower(), title) for title, address in found if address)
