"""Builds outgoing mail: the one place where headers are made. Pure: an OutboundMail in, bytes out.

The bytes are 7-bit with short lines, so that every server takes them, except for the local parts of
internationalised addresses, which need SMTPUTF8.
"""

import re
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, formataddr
from typing import Any

from helpdesk.mail import MailFile, OutboundMail, Party

LINE = 78
TYPE = re.compile(r"[a-z0-9][\w.+-]*/[\w.+-]+", re.IGNORECASE)
BREAKS = re.compile(r"[\r\n\0]")


class Unsendable(ValueError):
    """This mail can never be sent as it is; the text says why."""


class Wire(EmailPolicy):
    """Folds our own headers at blanks only: the standard policy would encode a long Message-ID."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Keep our own headers as given; refuse line breaks, with which a value could add headers."""
        if isinstance(value, str) and BREAKS.search(value):
            raise Unsendable(f"There is a line break in the header {name}.")
        return super().header_store_parse(name, value) if _is_of_mime(name) else (name, value)

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        """As stored."""
        return super().header_fetch_parse(name, value) if _is_of_mime(name) else value

    def fold_binary(self, name: str, value: Any) -> bytes:
        """One header as it goes over the wire."""
        if _is_of_mime(name):
            return super().fold_binary(name, value)
        return f"{name}: {fold(name, value)}\r\n".encode()


def _is_of_mime(name: str) -> bool:
    return name.lower().startswith("content-") or name.lower() == "mime-version"


def fold(name: str, value: str) -> str:
    """A header's value on lines of at most 78 characters, broken at blanks; longer words stay whole."""
    lines, room = [""], LINE - len(name) - 2
    for word in value.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append("")
            room = LINE - 1
        lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\r\n ".join(lines)


def to_mime(mail: OutboundMail) -> bytes:
    """The mail as it is sent. Raises Unsendable."""
    message = EmailMessage(policy=Wire(linesep="\r\n", max_line_length=LINE))
    for name, value in _headers(mail).items():
        if value:
            message[name] = value
    used = [file for file in mail.files if file.inline and file.content_id and f"cid:{file.content_id}" in mail.html]
    message.set_content(_text(mail.text), cte="quoted-printable")
    if mail.html:
        message.add_alternative(_text(mail.html), subtype="html", cte="quoted-printable")
        page = message.get_payload()[-1]  # type: ignore[index]
        for file in used:
            _add(page.add_related, file, disposition="inline", cid=f"<{_plain(file.content_id)}>")  # type: ignore[union-attr]
    for file in mail.files:
        if file not in used:
            _add(message.add_attachment, file, disposition="attachment")
    return message.as_bytes()


def _headers(mail: OutboundMail) -> dict[str, str]:
    if not mail.sender.address:
        raise Unsendable("The contact has no e-mail address to send from.")
    if not mail.to:
        raise Unsendable("There is no recipient.")
    return {
        "From": _party(mail.sender),
        "To": ", ".join(map(_party, mail.to)),
        "Cc": ", ".join(map(_party, mail.cc)),
        "Reply-To": _party(Party(mail.reply_to)) if mail.reply_to else "",
        "Subject": _words(mail.subject),
        "Date": format_datetime(datetime.now(UTC)),
        "Message-ID": mail.message_id,
        "In-Reply-To": mail.in_reply_to,
        "References": " ".join(mail.references),
        "List-Unsubscribe": f"<{mail.unsubscribe}>" if mail.unsubscribe else "",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" if mail.unsubscribe else "",
        "Auto-Submitted": mail.auto_submitted,
        "X-Auto-Response-Suppress": "All" if mail.auto_submitted else "",
        # Some servers put a Message-ID of their own: this one tells us our own mails again.
        "X-Mostrador-Id": mail.message_id,
    }


def _party(party: Party) -> str:
    address = ascii_domain(_plain(party.address))
    if party.name and not _plain(party.name).isascii():
        return f"{_words(party.name)} <{address}>"
    return formataddr((_plain(party.name), address)) if address.isascii() else address


def ascii_domain(address: str) -> str:
    """An address with its domain in IDNA. Raises Unsendable if that is no domain."""
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain or re.search(r"[\s<>,;]", address):
        raise Unsendable(f"{address!r} is not an address.")
    try:
        return f"{local}@{domain.encode('idna').decode()}" if not domain.isascii() else address
    except UnicodeError as error:
        raise Unsendable(f"{address!r} is not an address.") from error


def _plain(value: str) -> str:
    if BREAKS.search(value):
        raise Unsendable("There is a line break in an address or a name.")
    return value


def _words(value: str) -> str:
    """Text for a header: as it is if ASCII, else in encoded words of at most 75 characters."""
    if _plain(value).isascii():
        return value
    return Header(value, "utf-8", maxlinelen=75).encode(linesep="\n").replace("\n", "")


def _text(value: str) -> str:
    return value.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def _add(add: Any, file: MailFile, **how: str) -> None:
    """Add a file. Mails and multiparts travel as plain bytes: their types forbid base64."""
    kind = file.content_type if TYPE.fullmatch(file.content_type) else ""
    if not kind or kind.lower().startswith(("message/", "multipart/")):
        kind = "application/octet-stream"
    main, _, sub = kind.partition("/")
    add(file.content, maintype=main, subtype=sub, filename=_plain(file.name), **how)
