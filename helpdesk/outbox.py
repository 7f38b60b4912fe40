"""The door for all that leaves: claim a mail, then say whether it was sent."""

import random
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from helpdesk import context, faults, leases, notices, pings, tokens
from helpdesk.mail import Bounce, OutboundMail, Party
from helpdesk.models import (
    Delivery,
    EventKind,
    Message,
    NoticeKind,
    OutgoingKind,
    OutgoingMail,
    OutgoingQuerySet,
    OutgoingState,
    SentCopy,
    Status,
)
from helpdesk.models.outgoing import LEASE, LONGEST
from helpdesk.return_paths import mail_named_by, return_path_of

GIVE_UP_AFTER = timedelta(days=5)
HOLDS_UP = timedelta(minutes=30)  # later mails of a thread, while the reader's server says "later"
COPIED = (OutgoingKind.MESSAGE, OutgoingKind.FOLLOW_UP)  # never what signs in, and never what is not to be stored
OF_SERVER = 300  # seconds at most where the mailbox is at fault: one of its mails tries at a time
BACK_OFF = (5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400)  # seconds; the last one repeats


def claim(*, only: Collection[int] | None = None, but: Collection[int] = ()) -> OutboundMail | None:
    """Take the oldest due mail for two minutes, so that nobody else sends it; None if there is none.

    `only` those of some contacts, or of all `but` some. One that has to wait for an earlier mail is put off.
    """
    while (row := _taken(OutgoingMail.objects.due().of(only, but))) is not None:
        if row.is_waiting:
            continue
        faults.at("24 claimed")
        row = OutgoingMail.objects.select_related("message", "contact").get(pk=row.pk)
        if row.message is not None and row.attempts == 0:
            _show(row.message, Delivery.SENDING)
        return outbound(row)
    return None


@transaction.atomic
def _taken(due: OutgoingQuerySet) -> OutgoingMail | None:
    """The first of them: ours now, or put off as `is_waiting`. None of those that somebody has under lock.

    Who is frozen in the middle of a transaction, with its host or by a debugger, keeps nobody waiting.
    """
    row = due.select_for_update(skip_locked=True, of=("self",)).first()
    if row is None:
        return None
    if blocker := row.blocker():
        _put_off(row, blocker)
    else:
        row.state, row.claim, row.is_waiting = OutgoingState.SENDING, leases.mint(), False
        OutgoingMail.objects.filter(pk=row.pk).update(
            state=row.state, claim=row.claim, is_waiting=False, lease_until=leases.until(LEASE)
        )
    return row


def _put_off(row: OutgoingMail, blocker: OutgoingMail) -> None:
    """Until the earlier mail's next try, and no longer than that one may hold up others."""
    now = timezone.now()
    until = min(blocker.not_before, blocker.blocks_until or blocker.not_before, now + LONGEST)
    until = max(until, now + timedelta(seconds=1))
    row.is_waiting = True
    OutgoingMail.objects.filter(pk=row.pk).update(not_before=until, is_waiting=True)


def _let_go(row: OutgoingMail) -> None:
    """What waited for this mail need not wait any longer."""
    waiting = OutgoingMail.objects.filter(thread=row.thread_id, state=OutgoingState.QUEUED, is_waiting=True)
    if row.thread_id and waiting.update(not_before=timezone.now()):
        transaction.on_commit(pings.outbox_filled)


def hurry(*, only: Collection[int] | None = None, but: Collection[int] = ()) -> None:
    """What waits because their server was away is due now; what a reader's server put off waits on."""
    put_off = OutgoingMail.objects.of(only, but).filter(
        state=OutgoingState.QUEUED, attempts__gt=0, blocks_until=None, not_before__gt=timezone.now()
    )
    if put_off.update(not_before=timezone.now()):
        pings.outbox_filled()


def contacts_due() -> set[int | None]:
    """The contacts for which something may leave now; None for mails of no contact."""
    OutgoingMail.objects.free_abandoned()
    return set(OutgoingMail.objects.due().order_by().values_list("contact", flat=True).distinct())


def outbound(row: OutgoingMail) -> OutboundMail:
    """The row as it crosses the border."""
    return OutboundMail(
        id=row.pk,
        claim=row.claim,
        contact_id=row.contact_id,
        message_id=row.message_id_header,
        sender=Party(row.from_email, row.from_name),
        to=tuple(Party(address) for address in row.to),
        cc=tuple(Party(address) for address in row.cc),
        reply_to=row.reply_to,
        subject=row.subject,
        text=row.text,
        html=row.html,
        in_reply_to=row.in_reply_to,
        references=tuple(row.references),
        auto_submitted=row.auto_submitted,
        files=tuple(attachment.as_mail_file() for attachment in row.attachments.all()),
        attempts=row.attempts,
        rest=tuple(row.rest),
        in_doubt=row.handed_at is not None,
        return_path=return_path_of(row),
        unsubscribe=row.unsubscribe,
    )


def _mine(mail: OutboundMail) -> OutgoingMail | None:
    """The row, if the claim still holds: a late sender must not overwrite a newer verdict."""
    rows = OutgoingMail.objects.select_for_update(of=("self",)).select_related("message", "thread")
    return rows.filter(pk=mail.id, claim=mail.claim, state=OutgoingState.SENDING).first()


def renew(mail: OutboundMail) -> bool:
    """Keep the claim while a slow server takes the mail; False if it is lost."""
    mine = OutgoingMail.objects.filter(pk=mail.id, claim=mail.claim, state=OutgoingState.SENDING)
    return bool(mine.update(lease_until=leases.until(LEASE)))


def hand_over(mail: OutboundMail) -> bool:
    """Mark, and commit, that all but the end of the mail is with the server. False: the claim is lost, do not end it.

    Whoever finds the mark without a verdict knows that the mail was perhaps taken.
    """
    mine = OutgoingMail.objects.filter(pk=mail.id, claim=mail.claim, state=OutgoingState.SENDING)
    return bool(mine.update(handed_at=timezone.now(), lease_until=leases.until(LEASE)))


@transaction.atomic
def sent(
    mail: OutboundMail,
    *,
    refused: Mapping[str, str] | None = None,
    later: Mapping[str, str] | None = None,
    copy: bool = False,
) -> None:
    """The mail server took it, but not for the `refused` addresses, and not yet for some others, each with its words.

    Who took it is never sent it again. `copy`: the mailbox keeps one among what it sent.
    """
    row = _mine(mail)
    if row is None:
        return
    if later:
        _sent_to_some(row, refused or {}, later)
        return
    taken = [address for address in row.readers if address not in (refused or {})]
    row.state, row.sent_at, row.last_error, row.lease_until = OutgoingState.SENT, timezone.now(), "", None
    row.handed_at, row.rest = None, []
    if copy and row.kind in COPIED:
        row.copy, row.copy_at = SentCopy.WANTED, timezone.now()
    if row.kind == OutgoingKind.RELAY:
        _forget(row)
    if row.kind == OutgoingKind.ACCOUNT:
        row.text = row.html = ""  # whoever reads the database must not find a link that signs in
    row.save()
    context.mail_changed(row.customer_id)
    _let_go(row)
    if row.message is not None:
        _show(row.message, Delivery.SENT)
        row.message.thread.record(EventKind.SENT, message=row.message, to=", ".join(taken))
        _tell_refused(row.message, refused or {})


def _sent_to_some(row: OutgoingMail, refused: Mapping[str, str], later: Mapping[str, str]) -> None:
    """Some took it, some will perhaps: only those are tried again."""
    taken = [address for address in row.readers if address not in refused and address not in later]
    words = "; ".join(f"{address}: {reason}" for address, reason in later.items())
    row.rest = list(later)
    if row.message is not None:
        row.message.thread.record(EventKind.SENT, message=row.message, to=", ".join(taken))
        _tell_refused(row.message, refused)
    _try_later(row, words, of_server=False)


def _tell_refused(message: Message, refused: Mapping[str, str]) -> None:
    """Some recipients were not taken: say so in the thread and to the author; an answer is not over with that."""
    for address, reason in refused.items():
        message.thread.record(EventKind.FAILED, message=message, to=address, reason=reason[:200])
    if refused:
        _show(message, Delivery.SENT, "; ".join(f"{address}: {reason}" for address, reason in refused.items()))
        _reopen(message)
        if message.author is not None:
            text = "\n".join(f"{address}: {reason}" for address, reason in refused.items())
            notices.tell(message.author, NoticeKind.FAILED, message.thread, text=text)


def _forget(row: OutgoingMail) -> None:
    """A relayed form message is not stored: only that it was sent stays."""
    for attachment in row.attachments.all():
        attachment.drop()
    row.text = row.html = row.subject = row.reply_to = row.from_name = ""


@transaction.atomic
def failed(mail: OutboundMail, reason: str, *, permanent: bool, of_server: bool = False) -> None:
    """It was not taken. Try again later with the same bytes, or give up and bring the thread back.

    `of_server`: the mailbox is at fault, so that its other mails would do no better now.
    """
    row = _mine(mail)
    if row is None:
        return
    if permanent or timezone.now() - (row.first_try_at or timezone.now()) > GIVE_UP_AFTER:
        _end(row, OutgoingState.FAILED, reason)
        _give_back(row, reason)
        return
    _try_later(row, reason, of_server=of_server)


@transaction.atomic
def doubted(mail: OutboundMail, reason: str, *, again: bool) -> None:
    """It was handed over, and nobody said whether it was taken.

    With `again` it is sent once more, the same Message-ID telling receivers that it is the same mail; after a second
    doubt, or without `again`, it waits for somebody to say. What no agent sees in a thread is sent once more at most.
    """
    row = _mine(mail)
    if row is None:
        return
    row.doubts += 1
    if row.doubts == 1 and (again or row.message is None):
        _try_later(row, reason, of_server=True)
        return
    _end(row, OutgoingState.UNCERTAIN, reason)
    if row.message is not None:
        _show(row.message, Delivery.UNCERTAIN, reason)
        _bring_back(row, row.message, EventKind.UNCERTAIN, reason)


def _end(row: OutgoingMail, state: OutgoingState, reason: str) -> None:
    """No other try by itself."""
    row.attempts += 1
    row.state, row.last_error = state, reason[:500]
    row.lease_until, row.claim, row.handed_at = None, "", None
    row.save()
    context.mail_changed(row.customer_id)
    _let_go(row)


def _try_later(row: OutgoingMail, reason: str, *, of_server: bool) -> None:
    now = timezone.now()
    row.attempts += 1
    row.last_error, row.lease_until, row.claim, row.handed_at = reason[:500], None, "", None
    pause: float = BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
    pause = (min(pause, OF_SERVER) if of_server else pause) * random.uniform(0.8, 1.2)  # noqa: S311 - only jitter
    row.state, row.not_before = OutgoingState.QUEUED, now + timedelta(seconds=pause)
    row.first_try_at = row.first_try_at or now
    if not of_server:
        row.blocks_until = row.blocks_until or now + HOLDS_UP
    row.save()
    context.mail_changed(row.customer_id)
    if row.message is not None:
        _show(row.message, Delivery.RETRYING, reason)
        _reopen(row.message)


def _show(message: Message, delivery: Delivery, note: str = "") -> None:
    message.delivery, message.delivery_note = delivery, note[:500]
    message.save(update_fields=["delivery", "delivery_note"])
    message.thread.announce()


def _reopen(message: Message) -> None:
    """A reply that has not left must not hide its thread among the closed ones."""
    if message.thread.status == Status.CLOSED:
        message.thread.reopen(by=None)


def _give_back(row: OutgoingMail, reason: str) -> None:
    """Show the failure in the thread, bring the thread back to the queue and tell the author."""
    if row.message is not None:
        _show(row.message, Delivery.FAILED, reason)
        _bring_back(row, row.message, EventKind.FAILED, reason)


def _bring_back(row: OutgoingMail, message: Message, kind: EventKind, reason: str) -> None:
    thread = message.thread
    thread.record(kind, message=message, to=", ".join(row.rest or row.to), reason=reason[:200])
    if thread.status != Status.OPEN:
        thread.reopen(by=None)
    if message.author is not None:
        notices.tell(message.author, NoticeKind.FAILED, thread, text=reason)


@transaction.atomic
def bounced(bounce: Bounce, addresses: Iterable[str]) -> OutgoingMail | None:
    """Join a delivery report to the mail it concerns: by its Message-ID, else by the signed address it came to."""
    rows = OutgoingMail.objects.select_related("message", "thread")
    row = rows.filter(message_id_header__in=bounce.message_ids).first() if bounce.message_ids else None
    row = row or mail_named_by(addresses)
    if row is None:
        threads = [one.thread_id for one in map(tokens.read_address, addresses) if one and one.kind in tokens.ANSWERED]
        row = rows.filter(thread__in=threads, message__isnull=False).order_by("-pk").first() if threads else None
    if row is None:
        return None
    reason = " ".join(f"{bounce.status} {bounce.diagnostic}".split()) or bounce.action
    if bounce.action == "delayed":
        if row.message is not None:
            row.message.thread.record(EventKind.DELAYED, message=row.message, to=bounce.recipient, reason=reason[:200])
            row.message.thread.announce()
    else:
        row.state, row.last_error = OutgoingState.FAILED, reason[:500]
        row.save(update_fields=["state", "last_error"])
        context.mail_changed(row.customer_id)
        _give_back(row, reason)
    return row


def waiting_by_contact() -> dict[int | None, int]:
    """How many mails wait to leave for each contact; those of no contact under None."""
    waiting = OutgoingMail.objects.filter(state__in=(OutgoingState.QUEUED, OutgoingState.SENDING))
    return dict(waiting.order_by().values_list("contact").annotate(Count("pk")))
