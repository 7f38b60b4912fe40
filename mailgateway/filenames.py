"""What a file in a mail is called."""

import mimetypes
import unicodedata
from pathlib import PurePosixPath

from mailgateway import headers
from mailgateway.structure import Part, halves

MAX = 200
BY_TYPE = {
    "message/delivery-status": "Delivery report.txt",
    "message/disposition-notification": "Read report.txt",
    "message/feedback-report": "Complaint report.txt",
    "text/rfc822-headers": "Headers of the mail.txt",
    "message/rfc822-headers": "Headers of the mail.txt",
    "text/html": "document.html",
    "text/plain": "text.txt",
    "text/calendar": "calendar.ics",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
    "application/ms-tnef": "winmail.dat",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "encrypted.txt",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/octet-stream": "",
}
GENERAL = {"image", "audio", "video", "application", "text"}


def name_of(part: Part) -> str:
    """By disposition, content type, location, enclosed subject, type, content id, in this order."""
    stated = part.disposed[1].get("filename") or part.typed[1].get("name") or part.disposed[1].get("name")
    location = headers.words(part.headers.first("content-location"))
    if stated or (location and "." in location.rpartition("/")[2]):
        return safe(stated or location.partition("?")[0])
    if part.kind in {"message/rfc822", "message/global"}:
        return safe(f"{enclosed_subject(part.content) or 'mail'}.eml")
    return safe(_by_type(part.kind) or content_id(part) or "file")


def enclosed_subject(raw: bytes) -> str:
    """The subject of an enclosed mail."""
    head = halves(raw.lstrip(b"\r\n"))[0][:65536]
    kept = ""
    for line in head.decode("ascii", "surrogateescape").splitlines():
        if kept and line[:1] in {" ", "\t"}:
            kept += line
        elif kept:
            break
        elif line[:8].lower() == "subject:":
            kept = line[8:] or " "
    return headers.words(kept)[:150].replace("/", "-").replace("\\", "-")


def content_id(part: Part) -> str:
    """Without brackets."""
    return headers.words(part.headers.first("content-id")).strip("<> ")[:255]


def _by_type(kind: str) -> str:
    if kind in BY_TYPE:
        return BY_TYPE[kind]
    main = kind.partition("/")[0]
    extension = mimetypes.guess_extension(kind) or ""
    return f"{main if main in {'image', 'audio', 'video'} else 'file'}{extension}" if extension else ""


def safe(name: str) -> str:
    """Without folders, control and bidirectional characters; letters of any script stay."""
    name = headers.clean(name.replace("\\", "/")).replace("\n", " ").replace("\t", " ").strip()
    name = unicodedata.normalize("NFC", name.rpartition("/")[2].strip() or name.strip("/ ").replace("/", "-"))
    name = " ".join(name.split()).strip()
    if not name.strip("."):
        return "file"
    if len(name) <= MAX:
        return name
    extension = PurePosixPath(name).suffix[:20]
    return name[: MAX - len(extension)] + extension


def unique(name: str, taken: set[str]) -> str:
    """The name, with a number if another file has it already; `taken` grows by it."""
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    made, number = name, 2
    while made.lower() in taken:
        made = f"{stem} ({number}){dot}{extension}"
        number += 1
    taken.add(made.lower())
    return made


def type_of(name: str) -> str:
    """The content type that a name's extension stands for."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
