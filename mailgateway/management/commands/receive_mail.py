"""The pipe transport: one mail on standard input, or every file of a folder, into a contact's threads."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError

from helpdesk import intake
from helpdesk.mail import InboundMail
from mailgateway import child, incoming, invitations

USAGE_ERROR = 64  # sysexits.h: EX_USAGE
TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps the mail and offers it later


class Command(BaseCommand):
    help = "Take one e-mail from standard input, or every file of a folder, for a contact."
    requires_system_checks: list[str] = []  # a mail server starts us for each mail

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--contact", required=True, metavar="SLUG", help="short name of the contact it is for")
        parser.add_argument("--json", action="store_true", help="say what became of it as one line of JSON")
        parser.add_argument("--maildir", metavar="DIR", help="take every file of this folder, in name order")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._take(options)
        except (OperationalError, InterfaceError) as error:
            self.stderr.write(f"The database is away, try again later: {error}")
            sys.exit(TRY_AGAIN)
        except OSError as error:
            self.stderr.write(f"The mail cannot be read or stored, try again later: {error}")
            sys.exit(TRY_AGAIN)

    def _take(self, options: dict[str, Any]) -> None:
        contact = intake.contact_by_slug(options["contact"])
        if contact is None:
            self._refuse(f"There is no contact in use with the short name “{options['contact']}”.")
        if not options["maildir"]:
            self._report(receive(sys.stdin.buffer.read(), contact), as_json=options["json"])
            return
        folder = Path(options["maildir"])
        if not folder.is_dir():
            self._refuse(f"{folder} is not a folder.")
        for path in sorted(one for one in folder.iterdir() if one.is_file()):
            self._report({"file": path.name} | self._receive_file(path, contact), as_json=True)

    def _receive_file(self, path: Path, contact: Any) -> dict[str, Any]:
        try:
            raw = path.read_bytes()
        except OSError:  # one file that we may not read stops no other
            nothing = {"outcome": "rejected", "thread": None, "message": None}
            return nothing | described(InboundMail()) | {"reason": "unreadable"}
        return receive(raw, contact)

    def _refuse(self, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(USAGE_ERROR)

    def _report(self, result: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(result))
        elif result["thread"]:
            self.stdout.write(f"{result['outcome']}: thread {result['thread']}")
        else:
            self.stdout.write(f"{result['outcome']}: {result['reason']}")
        self.stdout.flush()


def receive(raw: bytes, contact: Any) -> dict[str, Any]:
    """Take one mail and say what became of it."""
    taken = incoming.take(raw, mailbox=None, contact=contact)
    done, mail = taken.delivered, taken.mail or _read(raw)
    result = {
        "outcome": done.outcome if done else "rejected",
        "thread": done.thread_id or None if done else None,
        "message": done.message_id or None if done else None,
    }
    return result | described(mail) | {"reason": taken.reason}


def _read(raw: bytes) -> InboundMail:
    """What can be told of a mail that was not understood on its way, or was known before it was read."""
    try:
        return child.parse_limited(raw, intake.own_addresses())
    except child.ParseFailed:
        return InboundMail()


def described(mail: InboundMail) -> dict[str, Any]:
    """A mail in the words of the pipe transport's answer."""
    return {
        "customer_email": mail.sender,
        "from_name": mail.sender_name,
        "subject": mail.subject,
        "body_text": "\n\n".join(one for one in (mail.text, *map(invitations.summary, mail.invitations)) if one),
        "body_full_text": mail.full_text,
        "body_html": mail.html,
        "attachments": [
            {"filename": one.name, "content_type": one.content_type, "size": len(one.content), "inline": one.inline}
            for one in mail.files
        ],
    }
