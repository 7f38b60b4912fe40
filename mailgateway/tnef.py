"""winmail.dat opened: Outlook's own wrapping of files and text."""

import logging
from dataclasses import dataclass

from tnefparse import TNEF

from helpdesk.mail import MailFile
from mailgateway import charsets, deadline, filenames

MAX_FILES = 100
SECONDS = 0.3  # of CPU; ordinary ones take hundredths
logging.getLogger("tnefparse").setLevel(logging.CRITICAL)  # it tells every oddity of strangers' mail


@dataclass(frozen=True)
class Unpacked:
    """What was inside."""

    files: tuple[MailFile, ...] = ()
    text: str = ""
    html: str = ""


def unpack(data: bytes) -> Unpacked:
    """The files and bodies in it; nothing at all if it cannot be read."""
    try:
        with deadline.within(SECONDS):  # it believes every count that the bytes claim
            opened = TNEF(data, do_checksum=False)
            files = [_file(one) for one in opened.attachments[:MAX_FILES]]
            html, text = _text(opened.htmlbody), _text(opened.body)
    except (Exception, deadline.OverTime):  # noqa: BLE001 - tnefparse raises whatever the bytes lead it to
        return Unpacked()
    return Unpacked(tuple(one for one in files if one), text, html)


def _file(attachment: object) -> MailFile | None:
    content = bytes(getattr(attachment, "data", b"") or b"")
    try:
        name = attachment.long_filename()  # type: ignore[attr-defined]
    except (UnicodeDecodeError, AttributeError):
        name = getattr(attachment, "_name", b"")
    name = _text(name) or "file"
    return MailFile(filenames.safe(name), filenames.type_of(name), content) if content else None


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        return charsets.decode(value.rstrip(b"\x00"))
    return str(value or "").replace("\x00", "")
