"""Whether a mail came before: the same at this contact, the same at another one, or another mail with its id."""

from dataclasses import dataclass

from django.db import connection

from helpdesk.mail import Delivered, InboundMail
from helpdesk.models import Contact
from helpdesk.models.conversation import received_key

OTHER_WORDS, ELSEWHERE, HERE = 0, 1, 2  # the likest is the greatest
# Asked for each mail, and in words of SQL: building it from a queryset takes six times as long as asking it.
WITH_ID = """
    SELECT m.thread_id, m.id, home.contact_id, m.received_key, m.author_email, m.subject, m.text
    FROM helpdesk_message m JOIN helpdesk_thread home ON home.id = m.home_id
    WHERE m.message_id = %s ORDER BY m.id DESC LIMIT 50"""


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
    """The likest message with its id; for nearly all mail there is none."""
    if not mail.message_id:
        return None
    with connection.cursor() as cursor:
        cursor.execute(WITH_ID, [mail.message_id[:255]])
        found = cursor.fetchall()
    seen = (Seen(thread, pk, _likeness(mail, contact, at, said, key)) for thread, pk, at, key, *said in found)
    return max(seen, key=lambda one: (one.likeness, -one.message), default=None)


def _likeness(mail: InboundMail, contact: Contact, at: int, said: list[str], key: str | None) -> int:
    # The thread may have been moved to another contact since: the id with the same words is enough.
    has_same_words = said == [mail.sender[:255], mail.subject[:255], mail.text]
    if key == received_key(contact.pk, mail) or (has_same_words and at == contact.pk):
        return HERE
    return ELSEWHERE if has_same_words else OTHER_WORDS
