"""What happens to a raw mail: it is stored and committed, then understood, delivered and settled."""

from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, transaction

from helpdesk import intake
from helpdesk.mail import Delivered, InboundMail
from mailgateway import child, rawmail
from mailgateway.models import Incoming, IncomingState, Mailbox, Outcome


@dataclass(frozen=True)
class Taken:
    """What became of a raw mail. `delivered` is None if nothing could be made of it; then `reason` says why."""

    incoming_id: int
    delivered: Delivered | None
    mail: InboundMail | None
    reason: str


def take(
    raw: bytes,
    *,
    mailbox: Mailbox | None,
    contact: intake.Contact,
    uidvalidity: int | None = None,
    uid: int | None = None,
    routed: bool = True,
) -> Taken:
    """Take one mail: once this returns it cannot be lost.

    Raises OSError if it cannot be stored, OperationalError or InterfaceError while the database is away.
    """
    path, sha256 = rawmail.store(raw)
    row = Incoming.objects.create(
        mailbox=mailbox,
        contact_id=contact.pk,
        uidvalidity=uidvalidity,
        uid=uid,
        sha256=sha256,
        size=len(raw),
        raw_path=path,
    )
    try:
        mail = child.parse_limited(raw, intake.own_addresses())
    except child.ParseFailed as error:
        return _rejected(row, error.reason, str(error), None)
    row.sender, row.subject = mail.sender[:255], mail.subject[:255]
    try:
        with transaction.atomic():
            done = intake.deliver(mail, contact=contact, routed=routed)
            _settle(row, done)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - one mail must not stop the next; the row keeps the reason
        return _rejected(row, "not-delivered", repr(error), mail)
    return Taken(row.pk, done, mail, done.reason)


def _settle(row: Incoming, done: Delivered) -> None:
    row.state, row.outcome, row.reason = IncomingState.DONE, done.outcome, done.reason[:24]
    row.thread_id, row.message_id = done.thread_id or None, done.message_id or None
    row.save()


def _rejected(row: Incoming, reason: str, error: str, mail: InboundMail | None) -> Taken:
    row.state, row.outcome, row.reason = IncomingState.FAILED, Outcome.REJECTED, reason[:24]
    row.error, row.attempts = error[:500], row.attempts + 1
    row.save()
    return Taken(row.pk, None, mail, reason)
