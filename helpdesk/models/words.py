"""The words under which messages, and by them their threads, are found."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models

from helpdesk.models.attachment import Attachment
from helpdesk.models.message import Message
from search import folding
from search.models import SameId, Words

if TYPE_CHECKING:
    from helpdesk.models.thread import Thread

IN_CONTACT, IN_FOLDER = f"{folding.OURS}c", f"{folding.OURS}f"
# What a thread's messages are found by, beside what they say, and what says who may find them.
OF_THREAD = {"subject", "contact", "folder", "customer", "order", "name", "email", "order_text"}


def contact_word(contact_id: int) -> str:
    """The word that all messages at a contact have."""
    return f"{IN_CONTACT}{contact_id}"


def folder_word(folder: str) -> str:
    """The word that all messages in a folder have."""
    return f"{IN_FOLDER}{folder}"


class MessageWords(Words):
    """Text, who said it, names of files; and of its thread the subject, the number, the sender and the order."""

    message = SameId(Message)
    # Its message says so too, and keeps it right: here only for the search, which need not look at messages.
    thread = models.ForeignKey(
        "helpdesk.Thread", models.DO_NOTHING, db_index=False, db_constraint=False, related_name="+"
    )
    subject: ClassVar[str] = "message"
    group: ClassVar[str] = "thread"

    class Meta:
        verbose_name = "words of a message"

    def __str__(self) -> str:
        return self.words

    @classmethod
    def described(cls, ids: Iterable[int]) -> Iterator[Self]:
        """All but the replies that were taken back before they left."""
        messages = Message.objects.current().filter(pk__in=ids)
        messages = messages.select_related("thread__customer", "thread__order").prefetch_related("attachments")
        for message in messages.defer("html", "full_text"):
            files = [file.name for file in message.attachments.all()]
            yield cls.of(message, message.thread, files)

    @classmethod
    def of(cls, message: Message, thread: "Thread", files: Iterable[str]) -> Self:
        """The row of a message whose thread and files are known; not saved."""
        said = folding.indexed(message.text, message.author_name, message.author_email, message.subject, *files)
        who_may = [contact_word(thread.contact_id), folder_word(thread.folder), folding.machine_word(message.ip)]
        about = dict.fromkeys(folding.indexed(*_about(thread)))
        return cls(
            message=message,
            thread_id=thread.pk,
            words=folding.line(message.pk, filter(None, (*who_may, *about, *said))),
        )

    @classmethod
    def add(cls, message: Message, thread: "Thread", files: Iterable[Attachment]) -> None:
        """Make a new message findable; its words are spared the look at what is known."""
        cls.of(message, thread, [file.name for file in files]).save(force_insert=True)

    @classmethod
    def findable(cls) -> models.QuerySet[Any]:
        """Messages that were not taken back."""
        return Message.objects.current()

    @classmethod
    def write_thread(cls, thread: "Thread") -> None:
        """Describe all messages of a thread anew."""
        cls.write(thread.messages.order_by().values_list("pk", flat=True))


def _about(thread: "Thread") -> list[str]:
    customer, order = thread.customer, thread.order
    known = [customer.name, customer.company] if customer else []
    reference = order.reference if order else thread.order_text
    return [str(thread.pk), thread.subject, thread.name, thread.email, *known, reference]
