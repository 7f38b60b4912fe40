"""The door for copies of what was sent: which to put among the mailbox's sent mail, and how that went."""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from helpdesk import leases, outbox
from helpdesk.mail import OutboundMail
from helpdesk.models import OutgoingMail, OutgoingQuerySet, OutgoingState, SentCopy

LEASE = timedelta(minutes=5)
TRIES = 8  # over a day and a half
LONGEST = timedelta(minutes=5) * 2**TRIES


def claim(*, only: Collection[int] | None = None, but: Collection[int] = ()) -> OutboundMail | None:
    """A sent mail without its copy, for five minutes; None if there is none."""
    wanted = OutgoingMail.objects.of(only, but).filter(_due(), state=OutgoingState.SENT, copy=SentCopy.WANTED)
    while (row := wanted.order_by("copy_at", "pk").first()) is not None:
        taken = wanted.filter(pk=row.pk, copy_at=row.copy_at)
        if taken.update(copy_at=timezone.now() + LEASE, copy_tries=row.copy_tries + 1):
            return outbox.outbound(row)
    return None


def done(mail: OutboundMail) -> None:
    """It lies there."""
    _wanted(mail).update(copy=SentCopy.DONE, copy_at=None)


def failed(mail: OutboundMail) -> None:
    """It does not: later again, a few times. The mail itself was sent, and is not sent again for that."""
    row = _wanted(mail).first()
    if row is None:
        return
    if row.copy_tries >= TRIES:
        _wanted(mail).update(copy=SentCopy.FAILED, copy_at=None)
    else:
        _wanted(mail).update(copy_at=timezone.now() + timedelta(minutes=5) * 2**row.copy_tries)


def forget(*, only: Collection[int] | None = None, but: Collection[int] = ()) -> None:
    """No copies are kept of these contacts' mail any more."""
    OutgoingMail.objects.of(only, but).filter(copy=SentCopy.WANTED).update(copy=SentCopy.NONE, copy_at=None)


def contacts_wanted() -> set[int | None]:
    """The contacts whose sent mail waits for a copy. Asked every second: without DISTINCT, for which SQLite would look
    through all that was ever sent instead of the few that wait."""
    wanted = OutgoingMail.objects.filter(_due(), copy=SentCopy.WANTED)
    return set(wanted.order_by().values_list("contact", flat=True))


def _due() -> Q:
    return leases.is_due("copy_at", LONGEST)


def _wanted(mail: OutboundMail) -> OutgoingQuerySet:
    return OutgoingMail.objects.filter(pk=mail.id, copy=SentCopy.WANTED)
