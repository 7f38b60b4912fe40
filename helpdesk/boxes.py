"""The contacts as boxes: how much is open at each, and what waits longest."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from accounts.models import Agent
from helpdesk import queues
from helpdesk.models import Contact, Thread


@dataclass(frozen=True)
class Box:
    """A contact with its numbers. `oldest` is the id of the open thread that waits longest, None if none is open."""

    contact: Contact
    open_count: int
    unread_count: int
    oldest: int | None


def boxes_of(agent: Agent) -> list[Box]:
    """The agent's contacts in use, by two queries."""
    oldest = Thread.objects.open().filter(contact=OuterRef("pk")).waiting_longest().values("pk")[:1]
    contacts = Contact.objects.active().filter(saves_messages=True).visible_to(agent).annotate(oldest=Subquery(oldest))
    counted = queues.counts(agent)
    return [
        Box(
            contact,
            counted.total.get(f"open:{contact.pk}", 0),
            counted.unread.get(f"contact:{contact.pk}", 0),
            contact.oldest,
        )
        for contact in contacts
    ]
