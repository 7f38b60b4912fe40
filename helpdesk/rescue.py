"""The door for mail that no program understood and a person made a thread of."""

from accounts.models import Agent
from helpdesk import intake
from helpdesk.mail import Delivered, InboundMail
from helpdesk.models import Contact, Thread


def begin(mail: InboundMail, *, contact: Contact | None, by: Agent, why: str) -> Delivered:
    """Begin a thread with it, and a note that says why it looks as it does. The same mail again changes nothing."""
    at = contact or Contact.objects.active().first()
    if at is None:
        raise Contact.DoesNotExist
    done = intake.deliver(mail, contact=at, routed=False)
    if done.outcome == "created":
        Thread.objects.get(pk=done.thread_id).note(why, by=by)
    return done
