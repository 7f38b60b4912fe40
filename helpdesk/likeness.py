"""Whether a mail came before: the same at this contact, the same at another one, or another mail with its id."""

from dataclasses import dataclass

from helpdesk.mail import Delivered, InboundMail
from helpdesk.models import Contact, Message
from helpdesk.models.conversation import received_key

OTHER_WORDS, ELSEWHERE, HERE = 0, 1, 2  # the likest is the greatest
SAID, MOST_OF_AN_ID = ("author_email", "subject", "text"), 50


@dataclass(frozen=True)
class Seen:
    """A message with the id of a mail: the same at this contact, the same elsewhere, or another with its id."""

    thread: int
    message: int
    likeness: int

    @property
    def duplicate(self) -> Delivered:
        """What becomes of a mail that came before."""
        return Delivered("duplicate", self.thread, self.message, "duplicate")


def likest(mail: InboundMail, contact: Contact) -> Seen | None:
    """The likest message with its id. One plain query: for nearly all mail it finds nothing."""
    if not mail.message_id:
        return None
    rows = Message.objects.filter(message_id=mail.message_id[:255]).order_by("-pk")
    found = rows.values_list("thread", "pk", "home__contact", *SAID, "received_key")[:MOST_OF_AN_ID]
    seen = (Seen(thread, pk, _likeness(mail, contact, at, said, key)) for thread, pk, at, *said, key in found)
    return max(seen, key=lambda one: (one.likeness, -one.message), default=None)


def _likeness(mail: InboundMail, contact: Contact, at: int, said: list[str], key: str | None) -> int:
    # The thread may have been moved to another contact since: the id with the same words is enough.
    has_same_words = said == [mail.sender[:255], mail.subject[:255], mail.text]
    if key == received_key(contact.pk, mail) or (has_same_words and at == contact.pk):
        return HERE
    return ELSEWHERE if has_same_words else OTHER_WORDS
