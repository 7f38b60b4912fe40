"""Mailbox rows for the servers of a test, and raw mails as a customer's program writes them."""

import email
import email.policy
import itertools
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import localtime
from typing import Any

from mailgateway.models import Mailbox
from tests.servers.dovecot import PASSWORD, Account

counter = itertools.count(1)


def mailbox(account: Account, contact: Any, **fields: Any) -> Mailbox:
    """A mailbox row for an account, over TLS with its certificate pinned."""
    fields.setdefault("name", account.name)
    fields.setdefault("fingerprint", account.server.certificate.sha256)
    password = fields.pop("password", PASSWORD)
    security = fields.setdefault("imap_security", "tls")
    fields.setdefault("imap_port", account.server.imaps if security == "tls" else account.server.imap)
    made = Mailbox(contact=contact, imap_host="localhost", username=account.name, **fields)
    made.set_password(password)
    made.save()
    return made


def raw(text: str = "Where is my order?", **headers: str) -> bytes:
    """A plain mail; each call makes another Message-ID. Header names with _ for -."""
    message = EmailMessage()
    message["From"] = headers.pop("From", "John Doe <john@example.com>")
    message["To"] = headers.pop("To", "service@shop.test")
    message["Subject"] = headers.pop("Subject", "Order question")
    message["Date"] = headers.pop("Date", None) or localtime()
    message["Message-ID"] = headers.pop("Message_ID", None) or f"<raw-{next(counter)}@example.com>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes().replace(b"\n", b"\r\n")


def with_file(text: str, content: bytes, **headers: str) -> bytes:
    """A mail with one file attached."""
    message = email.message_from_bytes(raw(text, **headers), policy=email.policy.default)
    message.add_attachment(content, maintype="image", subtype="png", filename="photo.png")
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def until(condition: Callable[[], Any], *, seconds: float = 15, what: str = "") -> Any:
    """Wait for a condition and return what it gave; fails after the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        assert time.monotonic() < deadline, f"not within {seconds} s: {what or condition}"
        time.sleep(0.04)
