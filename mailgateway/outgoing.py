"""Sends what lies in the outbox, one mail after another."""

import logging
import time

from django.utils.translation import gettext as _

from helpdesk import faults, outbox
from helpdesk.mail import OutboundMail
from mailgateway import copies, routes, smtp
from mailgateway.lanes import Hangups
from mailgateway.models import Mailbox, WhenUnsure

log = logging.getLogger(__name__)


def deliver(mail: OutboundMail, *, hangups: Hangups | None = None) -> None:
    """Send one claimed mail and write down what came of it. Never raises for what servers do."""
    mailbox = Mailbox.objects.for_contact(mail.contact_id)
    if mailbox is None:
        outbox.failed(mail, _("No mailbox can send for this contact yet."), permanent=False, of_server=True)
        return
    again = mailbox.when_unsure == WhenUnsure.AGAIN
    if mail.in_doubt:
        outbox.doubted(mail, _("The desk was stopped before the mail server answered."), again=again)
        return
    _try(mailbox, mail, again=again, hangups=hangups)


def _try(mailbox: Mailbox, mail: OutboundMail, *, again: bool, hangups: Hangups | None) -> None:
    faults.at("24 before connecting")
    try:
        taken = smtp.send(mailbox, mail, before_end=lambda: outbox.hand_over(mail), hangups=hangups)
    except smtp.Late:
        log.warning("Outgoing mail %s was taken over by another sender", mail.id)
    except smtp.Unanswered as error:
        log.warning("Outgoing mail %s was handed over without an answer: %s", mail.id, error)
        outbox.doubted(mail, str(error), again=again)
    except smtp.NotSent as error:
        log.warning("Outgoing mail %s was not taken: %s", mail.id, error)
        outbox.failed(mail, str(error), permanent=error.permanent, of_server=error.of_server)
        if error.of_server:
            mailbox.note_sending(str(error))
    except Exception as error:  # a mail that we cannot build must not hold up the others
        log.exception("Outgoing mail %s could not be sent", mail.id)
        outbox.failed(mail, str(error) or type(error).__name__, permanent=False)
    else:
        outbox.sent(mail, refused=taken.refused, later=taken.later, copy=bool(mailbox.sent_folder))
        faults.at("28 sent")
        if mailbox.smtp_error:
            mailbox.note_sending()


def send_queued() -> int:
    """Send all that is due now, at the pace that each mailbox allows; how many were tried."""
    count = 0
    for route in routes.all_of(outbox.contacts_due()):
        while True:
            while pause := route.pause():
                time.sleep(pause)
            if (mail := outbox.claim(**route.whose)) is None:
                break
            deliver(mail)
            count += 1
    copies.put_all()
    return count
