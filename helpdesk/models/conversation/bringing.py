"""A customer's mail that an agent forwarded into the desk: who did it, and taking it back."""

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Agent
from helpdesk.models.conversation.speech import Speech, excerpt
from helpdesk.models.event import EventKind
from helpdesk.models.message import Message
from helpdesk.models.words import MessageWords

if TYPE_CHECKING:
    from helpdesk.models.thread import Thread


class Bringing(Speech):
    """Verbs for what agents pass on from their own mailbox."""

    class Meta:
        abstract = True

    @transaction.atomic
    def keep_bringer(self, message: Message, *, by: Agent, words: str, whole: str) -> None:
        """Write down who brought a message, with their `words` as a note and the `whole` of their mail."""
        thread = self._thread
        note = thread.note(words, by=by) if words.strip() else None
        brought = {"agent_name": str(by), "agent_email": by.email, "text": whole, "note": note.pk if note else 0}
        message.cards = {**message.cards, "brought": brought}
        message.save(update_fields=["cards"])
        thread.record(EventKind.BROUGHT, by=by, to=message.who)

    @transaction.atomic
    def take_back_bringing(self, message: Message, *, by: Agent) -> "Thread":
        """It was the agent's own mail after all: theirs again, as a whole, in a thread with them.

        Returns that thread: this one, or a new one where others have said something here. Doing it twice changes
        nothing.
        """
        thread, brought = self._thread, message.besides.brought
        if brought is None or message.thread_id != thread.pk:
            return thread
        mine = [message.pk, brought.note]
        if thread.messages.current().exclude(pk__in=mine).exists():
            thread = thread.split_off(thread.messages.filter(pk__in=mine), thread.subject, by=by)
            message.refresh_from_db()
        self._give_back(message)
        thread.messages.filter(pk=brought.note).update(recalled_at=message.created_at)
        thread.give_to(name=brought.agent_name, email=brought.agent_email, by=by)
        thread.recount()
        thread._set(excerpt=excerpt(message.text))
        MessageWords.write([message.pk, brought.note])
        thread.record(EventKind.NOT_BROUGHT, by=by, to=brought.agent_name)
        thread.announce()
        return thread

    @staticmethod
    def _give_back(message: Message) -> None:
        """The agent's again, with all that stood in their mail."""
        brought = message.besides.brought
        assert brought is not None  # noqa: S101 - asked by the caller
        message.author_name, message.author_email = brought.agent_name, brought.agent_email
        message.text, message.full_text, message.html, message.reason = brought.text, "", "", ""
        message.cards = {name: kept for name, kept in message.cards.items() if name != "brought"}
        message.save(update_fields=["author_name", "author_email", "text", "full_text", "html", "reason", "cards"])
