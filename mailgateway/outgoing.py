"""Sends what lies in the outbox, one mail after another."""

import logging

from django.utils.translation import gettext as _

from helpdesk import outbox
from helpdesk.mail import OutboundMail
from mailgateway import smtp
from mailgateway.lanes import Hangups
from mailgateway.models import Mailbox

log = logging.getLogger(__name__)


def deliver(mail: OutboundMail, *, hangups: Hangups | None = None) -> None:
    """Send one claimed mail and write down what came of it. Never raises for what servers do."""
    mailbox = Mailbox.objects.for_contact(mail.contact_id)
    if mailbox is None:
        outbox.failed(mail, _("No mailbox can send for this contact yet."), permanent=False)
        return
    try:
        refused = smtp.send(mailbox, mail, hangups=hangups)
    except smtp.NotSent as error:
        log.warning("Outgoing mail %s was not taken: %s", mail.id, error)
        outbox.failed(mail, str(error), permanent=error.permanent)
        if error.of_server:
            mailbox.note_sending(str(error))
        return
    except Exception as error:  # a mail that we cannot build must not hold up the others
        log.exception("Outgoing mail %s could not be sent", mail.id)
        outbox.failed(mail, str(error) or type(error).__name__, permanent=False)
        return
    outbox.sent(mail, refused=refused)
    if mailbox.smtp_error:
        mailbox.note_sending()


def send_queued() -> int:
    """Send all that is due now; how many were tried."""
    count = 0
    while (mail := outbox.claim()) is not None:
        deliver(mail)
        count += 1
    return count
