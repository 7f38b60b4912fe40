"""Copies of sent mail, put into the mailbox's own folder. That one is missing never sends the mail again."""

import contextlib
import logging
from collections.abc import Iterator

from imap_tools import BaseMailBox
from imap_tools.utils import encode_folder

from helpdesk import faults, sent_copies
from helpdesk.mail import OutboundMail
from mailgateway import compose, imap, routes
from mailgateway.lanes import Hangups
from mailgateway.models import Mailbox
from mailgateway.routes import Route
from mailgateway.tls import Refused

log = logging.getLogger(__name__)


def put_all() -> None:
    """Every copy that is due."""
    for route in routes.all_of(sent_copies.contacts_wanted()):
        put(route)


def put(route: Route, *, hangups: Hangups | None = None) -> None:
    """The copies that are due of one mailbox, over one connection. Never raises for what servers do."""
    mailbox, mail = route.mailbox, sent_copies.claim(**route.whose)
    if mail is None:
        return
    if mailbox is None or not mailbox.sent_folder:  # copies are not wanted any more
        sent_copies.forget(**route.whose)
        return
    try:
        with _signed_in(mailbox, hangups) as box:
            while mail is not None:
                _put_one(box, mailbox.sent_folder, mail)
                sent_copies.done(mail)
                mail = sent_copies.claim(**route.whose)
    except (*imap.FAULTS, compose.Unsendable) as error:
        log.warning("Mailbox %s: no copy of sent mail in %s: %s", mailbox, mailbox.sent_folder, imap.words(error))
        if mail is not None:
            sent_copies.failed(mail)


@contextlib.contextmanager
def _signed_in(mailbox: Mailbox, hangups: Hangups | None) -> Iterator[BaseMailBox]:
    box = imap.connect(mailbox)
    if hangups:
        hangups.add(box.client)
    try:
        imap.enter(box, mailbox)
        yield box
        with contextlib.suppress(*imap.FAULTS):
            box.client.logout()
    finally:
        with contextlib.suppress(*imap.FAULTS):
            box.client.shutdown()
        if hangups:
            hangups.discard(box.client)


def _put_one(box: BaseMailBox, folder: str, mail: OutboundMail) -> None:
    """Unless it lies there: from an earlier try whose answer was lost, or because the provider put it there."""
    box.folder.set(folder)
    typ, data = box.client.uid("SEARCH", "HEADER", "Message-ID", f'"{mail.message_id}"')
    if typ != "OK":
        raise Refused(imap.said(data))
    if imap.said(data).strip():
        return
    typ, data = box.client.append(encode_folder(folder), r"(\Seen)", None, compose.to_mime(mail))
    if typ != "OK":
        raise Refused(imap.said(data))
    faults.at("28 appended")
