"""Copies of sent mail, put into the mailbox's own folder. That one is missing never sends the mail again."""

import logging

from helpdesk import faults, sent_copies
from helpdesk.mail import OutboundMail
from mailgateway import compose, imap, routes
from mailgateway.lanes import Hangups
from mailgateway.routes import Route

log = logging.getLogger(__name__)


def put_all() -> None:
    """Every copy that is due."""
    for route in routes.all_of(sent_copies.contacts_wanted()):
        put(route)


def put(route: Route, *, hangups: Hangups | None = None) -> None:
    """The copies that are due of one mailbox, over one connection. Never raises for what servers do."""
    mailbox = route.mailbox
    mail = sent_copies.claim(**route.whose) if mailbox and mailbox.sent_folder else None
    if mailbox is None or mail is None:
        return
    try:
        with imap.signed_in(mailbox, hangups) as box:
            while mail is not None:
                _put_one(box, mailbox.sent_folder, mail)
                sent_copies.done(mail)
                mail = sent_copies.claim(**route.whose)
    except (*imap.FAULTS, compose.Unsendable) as error:
        log.warning("Mailbox %s: no copy of sent mail in %s: %s", mailbox, mailbox.sent_folder, imap.words(error))
        if mail is not None:
            sent_copies.failed(mail)


def _put_one(box: imap.BaseMailBox, folder: str, mail: OutboundMail) -> None:
    """Unless it lies there: from an earlier try whose answer was lost, or because the provider put it there."""
    if not imap.has(box, folder, mail.message_id):
        imap.append(box, folder, compose.to_mime(mail))
        faults.at("28 appended")
