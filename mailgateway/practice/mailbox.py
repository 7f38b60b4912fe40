"""A customer's mail program: reads by IMAP and sends by SMTP on the practice mail server, and nothing else."""

import contextlib
import imaplib
import re
import smtplib
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

from django.conf import settings

from mailgateway.practice.letters import Letter, read

HOST, TIMEOUT = "127.0.0.1", 10
INBOX, SENT = "INBOX", "Sent"
SHOWN = 60  # newest mails of each folder
UID, DATE = re.compile(rb"UID (\d+)"), re.compile(rb'INTERNALDATE "([^"]+)"')
FAULTS = (OSError, imaplib.IMAP4.error, smtplib.SMTPException)


@contextlib.contextmanager
def opened(account: str) -> Iterator[imaplib.IMAP4]:
    """A connection as this account. Raises one of FAULTS."""
    with imaplib.IMAP4(HOST, settings.PRACTICE_IMAP_PORT, timeout=TIMEOUT) as box:
        box.login(account, settings.PRACTICE_MAIL_PASSWORD)
        yield box


def letters(account: str) -> list[Letter]:
    """What the account received and sent, the oldest first; received mail counts as read from now on."""
    with opened(account) as box:
        found = [*_folder(box, INBOX), *_folder(box, SENT)]
    return sorted(found, key=lambda letter: (letter.at, not letter.mine, letter.uid))


def unread(account: str) -> int:
    """How many received mails were not looked at yet."""
    with opened(account) as box:
        box.select(INBOX, readonly=True)
        return len(box.uid("search", "UNSEEN")[1][0].split())


def raw_mail(account: str, folder: str, uid: int) -> bytes:
    """One mail as it lies on the server; empty if there is none."""
    with opened(account) as box:
        if folder not in (INBOX, SENT) or box.select(folder, readonly=True)[0] != "OK":
            return b""
        parts = box.uid("fetch", str(uid), "(BODY.PEEK[])")[1]
        return next((part[1] for part in parts if isinstance(part, tuple)), b"")


def _folder(box: imaplib.IMAP4, name: str) -> Iterator[Letter]:
    if box.select(name)[0] != "OK":
        return
    uids = box.uid("search", "ALL")[1][0].split()[-SHOWN:]
    if not uids:
        return
    for part in box.uid("fetch", b",".join(uids).decode(), "(UID FLAGS INTERNALDATE BODY.PEEK[])")[1]:
        if isinstance(part, tuple):
            yield _letter(part[0], part[1], name)
    if name == INBOX:
        box.uid("store", b",".join(uids).decode(), "+FLAGS.SILENT", r"(\Seen)")


def _letter(about: bytes, raw: bytes, folder: str) -> Letter:
    uid, date = UID.search(about), DATE.search(about)
    at = datetime.strptime(date[1].decode().strip() if date else "", "%d-%b-%Y %H:%M:%S %z")
    return read(
        raw,
        uid=int(uid[1]) if uid else 0,
        box=folder,
        at=at,
        mine=folder == SENT,
        unread=folder == INBOX and rb"\Seen" not in about,
    )


def compose(
    name: str, address: str, *, to: str, subject: str, text: str, answers: Letter | None = None
) -> EmailMessage:
    """A mail of a customer, as a mail program writes it: an answer names and quotes what it answers."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f'"{name}" <{address}>'
    mail["To"] = to
    if subject:
        mail["Subject"] = subject
    mail["Date"] = formatdate(localtime=True)
    mail["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    if answers is not None:
        mail["In-Reply-To"] = answers.message_id
        mail["References"] = " ".join([*answers.references, answers.message_id])
        quoted = "\n".join(f"> {line}".rstrip() for line in answers.text.splitlines())
        text = f"{text}\n\nEl {answers.at:%d/%m/%Y} a las {answers.at:%H:%M}, {answers.who} escribió:\n{quoted}"
    mail.set_content(text + "\n")
    return mail


def send(mail: EmailMessage, *, sender: str) -> None:
    """Hand a mail to the practice SMTP server. Raises one of FAULTS."""
    with smtplib.SMTP(HOST, settings.PRACTICE_SMTP_PORT, timeout=TIMEOUT) as server:
        server.send_message(mail, from_addr=sender)
