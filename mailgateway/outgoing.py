"""Sends what lies in the outbox, one mail after another."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.utils.translation import gettext as _

from helpdesk import faults, outbox
from helpdesk.mail import OutboundMail
from mailgateway import copies, routes, smtp
from mailgateway.lanes import Hangups
from mailgateway.models import Mailbox, WhenUnsure
from mailgateway.passing import is_passing

log = logging.getLogger(__name__)
PAUSES = (0.5, 1.0, 2.0, 4.0, *(8.0,) * 75)  # seconds between tries to write down a verdict: ten minutes in all


def deliver(mail: OutboundMail, *, hangups: Hangups | None = None) -> bool:
    """Send one claimed mail and write down what came of it. Never raises for what servers do.

    False: the fault is its mailbox's, whose other mails would do no better now.
    """
    mailbox = Mailbox.objects.for_contact(mail.contact_id)
    if mailbox is None:
        outbox.failed(mail, _("No mailbox can send for this contact yet."), permanent=False, of_server=True)
        return False
    again = mailbox.when_unsure == WhenUnsure.AGAIN
    if mail.in_doubt:
        outbox.doubted(mail, _("The desk was stopped before the mail server answered."), again=again)
        return True
    return _try(mailbox, mail, again=again, hangups=hangups)


def _try(mailbox: Mailbox, mail: OutboundMail, *, again: bool, hangups: Hangups | None) -> bool:
    faults.at("24 before connecting")
    try:
        taken = smtp.send(mailbox, mail, before_end=lambda: outbox.hand_over(mail), hangups=hangups)
    except smtp.Late:
        log.warning("Outgoing mail %s was taken over by another sender", mail.id)
    except smtp.Unanswered as error:
        log.warning("Outgoing mail %s was handed over without an answer: %s", mail.id, error)
        _write_down(outbox.doubted, mail, str(error), again=again)
    except smtp.NotSent as error:
        log.warning("Outgoing mail %s was not taken: %s", mail.id, error)
        _write_down(outbox.failed, mail, str(error), permanent=error.permanent, of_server=error.of_server)
        if error.of_server:
            mailbox.note_sending(str(error))
            return False
    except Exception as error:  # a mail that we cannot build must not hold up the others
        log.exception("Outgoing mail %s could not be sent", mail.id)
        outbox.failed(mail, str(error) or type(error).__name__, permanent=False)
    else:
        _write_down(outbox.sent, mail, refused=taken.refused, later=taken.later, copy=bool(mailbox.sent_folder))
        faults.at("28 sent")
        if mailbox.smtp_error:
            _recovered(mailbox, mail)
    return True


def _write_down(verdict: Callable[..., None], mail: OutboundMail, *words: Any, **more: Any) -> None:
    """Until the database takes it: the server has answered, and to forget that would be to send the mail twice."""
    for pause in PAUSES:
        try:
            verdict(mail, *words, **more)
        except (DatabaseError, InterfaceError) as error:
            if not is_passing(error):
                raise
            log.warning("What became of outgoing mail %s cannot be written down yet: %s", mail.id, error)
            faults.at("27 verdict waits")
            connection.close()
            time.sleep(pause)
        else:
            return
    verdict(mail, *words, **more)


def _recovered(mailbox: Mailbox, mail: OutboundMail) -> None:
    """The server takes mail again: what it kept waiting by its own fault goes now, not when its pause is over."""
    mailbox.note_sending()
    for route in routes.all_of({mail.contact_id}):
        outbox.hurry(**route.whose)


def send_queued() -> int:
    """Send all that is due now, at the pace that each mailbox allows; how many were tried.

    After a fault of a mailbox its other mails wait for the next time.
    """
    count = 0
    for route in routes.all_of(outbox.contacts_due()):
        is_well = True
        while is_well:
            while pause := route.pause():
                time.sleep(pause)
            if (mail := outbox.claim(**route.whose)) is None:
                break
            is_well = deliver(mail)
            count += 1
    copies.put_all()
    return count
