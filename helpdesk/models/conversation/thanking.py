"""A short thank-you after a thread was closed: kept quiet, seen, or taken for a question after all."""

from django.db import transaction

from accounts.models import Agent
from helpdesk import thanks
from helpdesk.mail import InboundMail
from helpdesk.models.conversation.speech import Speech
from helpdesk.models.desk import DeskSettings, Status
from helpdesk.models.event import EventKind
from helpdesk.models.message import Message, MessageKind

REASON = "thanks"


class Thanking(Speech):
    """Verbs for what wants no answer."""

    class Meta:
        abstract = True

    def is_only_thanked(self, mail: InboundMail) -> bool:
        """Whether a mail to this closed thread says thanks and nothing else, and the desk keeps that quiet."""
        thread = self._thread
        if thread.status != Status.CLOSED or len(mail.text) > thanks.LONGEST:
            return False
        desk = DeskSettings.load()
        names = (str(thread.assignee or ""), thread.sender, thread.name, mail.sender_name, desk.shop_name)
        return desk.quiet_thanks and thanks.is_short_thanks(mail, names=names)

    def note_thanks(self, message: Message) -> None:
        """Into the tray, where it waits to be seen."""
        self._thread._set(thanked_at=message.created_at)
        self._thread.record(EventKind.THANKED, actor_name=message.who, message=message)

    @transaction.atomic
    def see_thanks(self, *, by: Agent) -> bool:
        """Out of the tray: somebody has seen it. Returns whether it was there."""
        thread = self._thread
        if thread.lock().thanked_at is None:
            return False
        thread._set(thanked_at=None)
        thread.mark_read(by=by)
        thread.announce()
        return True

    @transaction.atomic
    def answer_thanks(self, *, by: Agent) -> bool:
        """It wants an answer after all: open, as if it had been a question from the beginning."""
        thread = self._thread
        if thread.lock().thanked_at is None:
            return False
        thread.messages.filter(kind=MessageKind.CUSTOMER, reason=REASON).update(reason="")
        thread.reopen(by=by)
        self.recount()
        thread.announce()
        return True
