"""The door for all that leaves: claim a mail, then say whether it was sent."""

import random
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from helpdesk import context, notices, tokens
from helpdesk.mail import Bounce, OutboundMail, Party
from helpdesk.models import Delivery, EventKind, Message, NoticeKind, OutgoingKind, OutgoingMail, OutgoingState, Status

LEASE = timedelta(minutes=2)
GIVE_UP_AFTER = timedelta(days=5)
BACK_OFF = (5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400)  # seconds; the last one repeats


def claim() -> OutboundMail | None:
    """Take the oldest due mail for two minutes, so that nobody else sends it; None if there is none."""
    while (pk := OutgoingMail.objects.due().values_list("pk", flat=True).first()) is not None:
        token = secrets.token_hex(16)
        changes = {"state": OutgoingState.SENDING, "claim": token, "lease_until": timezone.now() + LEASE}
        if OutgoingMail.objects.due().filter(pk=pk).update(**changes):
            row = OutgoingMail.objects.select_related("message").get(pk=pk)
            if row.message is not None and row.attempts == 0:
                _show(row.message, Delivery.SENDING)
            return _outbound(row)
    return None


def next_due_in() -> float | None:
    """Seconds until the next queued mail may leave; None if nothing is queued."""
    first = OutgoingMail.objects.filter(state=OutgoingState.QUEUED).order_by("not_before").first()
    return max(0.0, (first.not_before - timezone.now()).total_seconds()) if first else None


def _outbound(row: OutgoingMail) -> OutboundMail:
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
        unsubscribe=row.unsubscribe,
    )


def _mine(mail: OutboundMail) -> OutgoingMail | None:
    """The row, if the claim still holds: a late sender must not overwrite a newer verdict."""
    rows = OutgoingMail.objects.select_for_update(of=("self",)).select_related("message", "thread")
    return rows.filter(pk=mail.id, claim=mail.claim, state=OutgoingState.SENDING).first()


def renew(mail: OutboundMail) -> bool:
    """Keep the claim while a slow server takes the mail; False if it is lost."""
    mine = OutgoingMail.objects.filter(pk=mail.id, claim=mail.claim, state=OutgoingState.SENDING)
    return bool(mine.update(lease_until=timezone.now() + LEASE))


@transaction.atomic
def sent(mail: OutboundMail, *, refused: Mapping[str, str] | None = None) -> None:
    """The mail server took it, but not for the `refused` addresses, each with the server's words."""
    row = _mine(mail)
    if row is None:
        return
    row.state, row.sent_at, row.last_error, row.lease_until = OutgoingState.SENT, timezone.now(), "", None
    if row.kind == OutgoingKind.RELAY:
        _forget(row)
    if row.kind == OutgoingKind.ACCOUNT:
        row.text = row.html = ""  # whoever reads the database must not find a link that signs in
    row.save()
    context.mail_changed(row.customer_id)
    if row.message is not None:
        _show(row.message, Delivery.SENT)
        taken = [address for address in (*row.to, *row.cc) if address not in (refused or {})]
        row.message.thread.record(EventKind.SENT, message=row.message, to=", ".join(taken))
        _tell_refused(row.message, refused or {})


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
        attachment.file.delete(save=False)
        attachment.delete()
    row.text = row.html = row.subject = row.reply_to = row.from_name = ""


@transaction.atomic
def failed(mail: OutboundMail, reason: str, *, permanent: bool) -> None:
    """It was not taken. Try again later with the same bytes, or give up and bring the thread back."""
    row = _mine(mail)
    if row is None:
        return
    row.attempts += 1
    row.last_error, row.lease_until, row.claim = reason[:500], None, ""
    context.mail_changed(row.customer_id)
    if permanent or timezone.now() - row.created_at > GIVE_UP_AFTER:
        row.state = OutgoingState.FAILED
        row.save()
        _give_back(row, reason)
        return
    pause = BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311 - only jitter
    row.state, row.not_before = OutgoingState.QUEUED, timezone.now() + timedelta(seconds=pause)
    row.save()
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
    if row.message is None:
        return
    message, thread = row.message, row.message.thread
    _show(message, Delivery.FAILED, reason)
    thread.record(EventKind.FAILED, message=message, to=", ".join(row.to), reason=reason[:200])
    if thread.status != Status.OPEN:
        thread.reopen(by=None)
    if message.author is not None:
        notices.tell(message.author, NoticeKind.FAILED, thread, text=reason)


@transaction.atomic
def bounced(bounce: Bounce, addresses: Iterable[str]) -> OutgoingMail | None:
    """Join a delivery report to the mail it concerns, by its Message-ID or the signed address it came to."""
    rows = OutgoingMail.objects.select_related("message", "thread")
    row = rows.filter(message_id_header__in=bounce.message_ids).first() if bounce.message_ids else None
    if row is None:
        threads = [token.thread_id for token in map(tokens.read_address, addresses) if token]
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
