"""What happens to a raw mail: it is stored and committed, then understood, delivered and settled."""

import contextlib
import logging
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, transaction

from helpdesk import faults, intake
from helpdesk.mail import Delivered, InboundMail
from mailgateway import child, rawmail
from mailgateway.models import NOT_FETCHED, TRIES, Incoming, IncomingState, Mailbox, Outcome
from mailgateway.passing import is_passing

log = logging.getLogger(__name__)

# Asked for each mail, and in words of SQL: building it from a queryset takes six times as long as asking it.
TWIN = """
    SELECT id, sender, subject, thread_id, message_id FROM mailgateway_incoming
    WHERE sha256 = %s AND COALESCE(mailbox_id, 0) = %s AND COALESCE(contact_id, 0) = %s AND id < %s AND state = 'done'
    ORDER BY id LIMIT 1"""


class Late(Exception):
    """Another worker fetches this mailbox by now: what this one has in hand is the other's business."""


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
    size: int | None = None,
    server_at: datetime | None = None,
    lease: str = "",
) -> Taken:
    """Take one mail: from now on it cannot be lost, and taking it again changes nothing.

    `size` is given for a mail over the limit, of which `raw` is only the beginning; `server_at` is when the server
    got it; `lease` is the token by which the mailbox is fetched. Raises Late if that is another's by now, OSError if
    the disk takes no more, and Django's errors when the database is away or writes nothing: then the mail is not taken,
    or taken but not understood; either way it has to be offered again.
    """
    path, sha256 = rawmail.store(raw)
    content = {"sha256": sha256, "raw_path": path, "size": size or len(raw), "is_whole": size is None}
    content |= {"server_at": server_at}
    with transaction.atomic():
        row = _row(mailbox, contact, uidvalidity, uid, content)
        faults.at("06 row written")
        if mailbox is not None and uid is not None and not _reached(mailbox, uidvalidity, uid, lease):
            raise Late
    faults.at("07 stored")
    if row.state == IncomingState.STORED:
        return _understand(row, raw, routed=routed)
    return _known(row)


def _reached(mailbox: Mailbox, uidvalidity: int | None, uid: int, lease: str) -> bool:
    return uidvalidity != mailbox.uidvalidity or mailbox.reached(uid, lease=lease)


def note_unfetched(mailbox: Mailbox, uid: int, reason: str) -> None:
    """The server will not hand out this mail: remember it, and go on to the next."""
    key = {"mailbox": mailbox, "uidvalidity": mailbox.uidvalidity, "uid": uid}
    with transaction.atomic():
        row, _ = Incoming.objects.get_or_create(**key, defaults={"contact": mailbox.contact, "size": 0})
        row.attempts += 1
        row.fail(NOT_FETCHED, reason)
        mailbox.reached(uid)


def finish(row: Incoming) -> Taken:
    """Go on with a stored mail where a crash stopped us, or because somebody asked for another try."""
    _count_try(row)
    return _from_disk(row)


def again(row: Incoming, *, creates: bool = True) -> Taken:
    """Try a mail once more that was not understood, or not imported; `creates` as in intake.deliver."""
    row.attempts, row.state = 1, IncomingState.STORED
    row.save(update_fields=["attempts", "state"])
    return _from_disk(row, creates=creates)


def sweep() -> int:
    """Delete stored mails that no row came to name; how many."""
    return rawmail.sweep(lambda names: Incoming.objects.filter(raw_path__in=names).values_list("raw_path", flat=True))


def _from_disk(row: Incoming, *, creates: bool | None = None) -> Taken:
    try:
        raw = rawmail.load(row.raw_path)
    except FileNotFoundError:
        return _failed(row, "purged", "The raw mail is no longer there.")
    return _understand(row, raw, routed=True, creates=creates)


def _row(
    mailbox: Mailbox | None,
    contact: intake.Contact,
    uidvalidity: int | None,
    uid: int | None,
    content: dict[str, object],
) -> Incoming:
    """The row of this mail: a new one, or the one it has already. A try is counted before it is made."""
    new = Incoming(mailbox=mailbox, uidvalidity=uidvalidity, uid=uid, contact=contact, attempts=1, **content)
    if mailbox is None or uidvalidity is None or uid is None:
        new.save(force_insert=True)
        return new
    try:
        with transaction.atomic():
            new.save(force_insert=True)
            return new
    except IntegrityError:  # this number on the server has a row
        return _offered_again(new, content)


def _offered_again(new: Incoming, content: dict[str, object]) -> Incoming:
    """The row of a mail whose number was seen before."""
    known = Incoming.objects.get(mailbox=new.mailbox, uidvalidity=new.uidvalidity, uid=new.uid)
    if known.sha256 == new.sha256:
        if known.state == IncomingState.STORED:
            _count_try(known)
        return known
    if known.reason == NOT_FETCHED:
        Incoming.objects.filter(pk=known.pk).update(
            **content, state=IncomingState.STORED, outcome="", reason="", error="", attempts=1
        )
        return Incoming.objects.get(pk=known.pk)
    # another mail has this number now: the server's epochs look alike
    Incoming.objects.filter(pk=known.pk).update(uidvalidity=None, uid=None)
    new.save(force_insert=True)
    return new


def _count_try(row: Incoming) -> None:
    row.attempts += 1
    row.save(update_fields=["attempts"])


def _known(row: Incoming) -> Taken:
    if row.state == IncomingState.FAILED:
        return Taken(row.pk, None, None, row.reason)
    return Taken(row.pk, Delivered(row.outcome, row.thread_id or 0, row.message_id or 0, row.reason), None, row.reason)


def _understand(row: Incoming, raw: bytes, *, routed: bool, creates: bool | None = None) -> Taken:
    """Parse, deliver and settle. Faults of the mail end in state "failed"; those of the database are raised."""
    if twin := _twin(row):
        return _same_as(row, twin)
    if row.contact is None:
        return _failed(row, "no-contact", "The contact it was for is gone.")
    if row.attempts > TRIES:
        return _failed(row, "crash", "Reading it ended the process again and again.")
    faults.at("11 before reading")
    try:
        mail = child.parse_limited(raw, intake.own_addresses())
    except Exception as error:  # noqa: BLE001 - whatever strangers' bytes do, the next mail goes on
        _raise_passing(row, error)
        return _failed(row, getattr(error, "reason", "unreadable"), str(error) or type(error).__name__)
    faults.at("11 read")
    mail = _as_it_came(row, mail)
    row.sender, row.subject = mail.sender[:255], mail.subject[:255]
    creates = (row.mailbox is None or row.mailbox.creates_threads) if creates is None else creates
    try:
        return _deliver(row, mail, row.contact, routed=routed, creates=creates)
    except Exception as error:
        _raise_passing(row, error)
        if isinstance(error, OperationalError | InterfaceError):  # perhaps by what the mail says: three tries
            raise
        log.exception("Incoming %s could not be delivered", row.pk)
        return _failed(row, "not-delivered", str(error), mail)


def _raise_passing(row: Incoming, error: Exception) -> None:
    """A fault of the machine is no try of the mail's: raised anew, so that the gateway waits, and not counted."""
    if not is_passing(error):
        return
    with contextlib.suppress(DatabaseError, InterfaceError):  # it may be the database that is away
        row.spare()
    raise error


def _as_it_came(row: Incoming, mail: InboundMail) -> InboundMail:
    """With what only its way says: whether all of it came, whether its voucher is the mailbox's own server, and what
    the mailbox makes of the marks of other filters."""
    box, problem = row.mailbox, mail.problem if row.is_whole else "too-large"
    trusted = box.trusted_server if box is not None else ""
    vouched = mail.vouched_by if trusted and mail.vouched_by == trusted else ""
    is_forged = bool(trusted) and mail.marks.failed_by == trusted
    spam = box.spam_reason(mail.marks) if box is not None else mail.spam_reason
    return replace(
        mail,
        problem=problem,
        vouched_by=vouched,
        is_doubtful=is_forged or (mail.is_ours and not vouched),
        is_spam=bool(spam),
        spam_reason=spam,
    )


def _deliver(row: Incoming, mail: InboundMail, contact: intake.Contact, *, routed: bool, creates: bool) -> Taken:
    with transaction.atomic():
        faults.at("12 before delivering")
        done = intake.deliver(mail, contact=contact, routed=routed, creates=creates)
        row.settle(done.outcome, done.reason, thread_id=done.thread_id, message_id=done.message_id)
        faults.at("12 delivered")
    faults.at("12 committed")
    return Taken(row.pk, done, mail, done.reason)


def _twin(row: Incoming) -> Incoming | None:
    """The row of the very same bytes that came to the same place before, and are done with."""
    place = [row.mailbox_id or 0, row.contact_id or 0]
    return next(iter(Incoming.objects.raw(TWIN, [row.sha256, *place, row.pk])), None)


def _same_as(row: Incoming, twin: Incoming) -> Taken:
    row.sender, row.subject = twin.sender, twin.subject
    done = Delivered(Outcome.DUPLICATE, twin.thread_id or 0, twin.message_id or 0, "duplicate")
    row.settle(done.outcome, done.reason, thread_id=done.thread_id, message_id=done.message_id)
    return Taken(row.pk, done, None, done.reason)


def _failed(row: Incoming, reason: str, error: str, mail: InboundMail | None = None) -> Taken:
    row.fail(reason, error)
    return Taken(row.pk, None, mail, reason)
