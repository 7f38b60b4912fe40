"""The gateway's rows: mailboxes, raw mail, and how its loops do. Import from here."""

from mailgateway.models.beat import Beat
from mailgateway.models.incoming import (
    NOT_FETCHED,
    TRIES,
    Incoming,
    IncomingQuerySet,
    IncomingState,
    Outcome,
)
from mailgateway.models.mailbox import Afterwards, Mailbox, MailboxQuerySet, Security, WhenUnsure

__all__ = [
    "NOT_FETCHED",
    "TRIES",
    "Afterwards",
    "Beat",
    "Incoming",
    "IncomingQuerySet",
    "IncomingState",
    "Mailbox",
    "MailboxQuerySet",
    "Outcome",
    "Security",
    "WhenUnsure",
]
