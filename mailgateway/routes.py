"""Routes: which mailbox sends for which contacts, so that each mailbox has a way of its own."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from mailgateway.models import Mailbox


@dataclass(frozen=True)
class Route:
    """A mailbox that sends (None: there is none yet), and `whose` mail, as outbox.claim takes it."""

    mailbox: Mailbox | None
    whose: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> int:
        """One number for each way."""
        return self.mailbox.pk if self.mailbox else 0

    def pause(self) -> float:
        """Seconds until it may send; 0 takes the turn."""
        return self.mailbox.turn_to_send() if self.mailbox else 0.0


def all_of(contacts: Collection[int | None]) -> list[Route]:
    """The routes of some contacts' mail. The first mailbox that can send does so for all that have none."""
    if not contacts:
        return []
    senders = list(Mailbox.objects.active().exclude(smtp_host="").order_by("pk"))
    if not senders:
        return [Route(None)]
    own = {one.contact_id: one for one in reversed(senders)}
    usual, found = senders[0], {}
    for contact in contacts:
        mailbox = own.get(contact or 0, usual)
        if mailbox == usual:
            others = [other for other, of in own.items() if of != usual]
            found[mailbox.pk] = Route(mailbox, {"but": others})
        else:
            found[mailbox.pk] = Route(mailbox, {"only": [mailbox.contact_id]})
    return list(found.values())
