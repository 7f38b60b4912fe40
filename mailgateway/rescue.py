"""A thread made by hand of a mail that was not understood: what can be read without trust, the original as a file."""

import hashlib
import re

from accounts.models import Agent
from helpdesk import rescue
from helpdesk.mail import InboundMail, MailFile
from mailgateway import incoming, rawmail, structure
from mailgateway.models import Incoming, IncomingState

HEAD, TEXT, SHOWN = 64 * 1024, 64 * 1024, 200 * 1024  # bytes that are looked at
ADDRESS = re.compile(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,190}")
CONTROLS = {code: 0x2400 + code for code in range(32) if code not in (9, 10, 13)} | {127: 0x2421}


def make_thread(row: Incoming, *, by: Agent) -> bool:
    """Try once more to understand it; failing that, begin a thread with its beginning as text. False if purged."""
    incoming.again(row, creates=True)
    row.refresh_from_db()
    if row.state != IncomingState.FAILED:
        return True
    try:
        raw = rawmail.load(row.raw_path)
    except OSError:
        return False
    done = rescue.begin(_readable(raw), contact=row.contact, by=by, why=f"{row.why}. {row.error}".strip())
    row.settle_by_hand(thread_id=done.thread_id, message_id=done.message_id, by=by)
    return True


def _readable(raw: bytes) -> InboundMail:
    """Sender, subject and beginning by plain search: nothing that could fail on the same bytes again."""
    head, _, body = structure.halves(raw[: HEAD + TEXT])
    lines = as_text(head[:HEAD]).replace("\n ", " ").replace("\n\t", " ").split("\n")
    named: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            named.setdefault(name.strip().lower(), value.strip())
    found = ADDRESS.search(named.get("from", ""))
    digest = hashlib.sha256(raw).hexdigest()
    text = as_text(bytes(body[:TEXT]))
    return InboundMail(
        sender=found[0].lower() if found else "",
        subject=named.get("subject", "")[:255],
        text=text,
        full_text=text,
        files=(MailFile("original.eml", "message/rfc822", raw),),
        message_id=f"<{digest}@by-hand.invalid>",
        digest=digest,
        problem="by-hand",
    )


def as_text(raw: bytes) -> str:
    """Bytes as a person may look at them: what is no text stands as an escape, control characters as symbols."""
    return raw.decode("utf-8", "backslashreplace").replace("\r\n", "\n").translate(CONTROLS)
