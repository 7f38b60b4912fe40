"""What happens to a reply afterwards: taken back before it leaves, or sent once more."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Agent
from helpdesk import pings
from helpdesk.models.conversation.speech import Speech
from helpdesk.models.desk import Status
from helpdesk.models.event import EventKind
from helpdesk.models.lifecycle import holder_in
from helpdesk.models.marks import Draft
from helpdesk.models.message import Delivery, Message
from helpdesk.models.outgoing import OutgoingMail, OutgoingState
from helpdesk.models.promise import Promise
from helpdesk.models.rating import Rating
from helpdesk.models.words import MessageWords

if TYPE_CHECKING:
    pass


class Recall(Speech):
    """Verbs for what was said already."""

    class Meta:
        abstract = True

    @transaction.atomic
    def recall(self, message: Message, *, by: Agent) -> bool:
        """Take an outgoing message back while it has not left; its text becomes a draft again.

        Returns False when it is too late: then nothing changed.
        """
        thread = self._thread
        rows = type(message.outgoing).objects.filter(
            message=message, state=OutgoingState.QUEUED, attempts=0, not_before__gt=timezone.now()
        )
        if message.thread_id != thread.pk or not rows.update(state=OutgoingState.CANCELLED):
            return False
        message.recalled_at = timezone.now()
        message.save(update_fields=["recalled_at"])
        MessageWords.write([message.pk])
        Rating.objects.withdraw(message)
        self._undo_reply(message, by=by)
        draft, _created = Draft.objects.update_or_create(
            agent=by,
            thread=thread,
            kind=message.kind,
            defaults={"text": message.text, "html": message.html, "cc": ", ".join(message.other_recipients)},
        )
        draft.attachments.set(message.attachments.all())
        thread.record(EventKind.RECALLED, by=by, message=message)
        thread.announce()
        return True

    def _undo_reply(self, message: Message, *, by: Agent) -> None:
        thread = self._thread
        said = message.events.filter(kind=EventKind.REPLIED).first()
        if said is not None:
            if thread.assignee_id == by.pk and said.data["assignee_before"] is None:
                thread.assign(None, by=by)
            self._status_back(Status(said.data["status_before"]), by=by)
        for promise in Promise.objects.filter(kept_by=message):
            promise.kept_at = promise.kept_by = None
            promise.save(update_fields=["kept_at", "kept_by"])
            thread._set(promised_at=promise.due_at, wake_at=promise.due_at, wake_note=promise.text)
        self.recount()

    def _status_back(self, before: Status, *, by: Agent) -> None:
        """As it was before the reply, which closed or opened nothing."""
        thread, closed = self._thread, before == Status.CLOSED
        if thread.status == before:
            return
        facts: dict[str, Any] = {
            **thread.status_facts(),
            "status": before.value,
            "holder": holder_in(before),
            "closed_at": timezone.now().isoformat() if closed else "",
            "reopened_count": thread.reopened_count - closed,
        }
        thread.take_back_status(facts, by=by)

    @transaction.atomic
    def send_again(self, message: Message, *, by: Agent) -> bool:
        """Queue a message that was not delivered, or only perhaps, once more as it was. Returns False for another."""
        row = self._undelivered(message, OutgoingState.FAILED, OutgoingState.UNCERTAIN)
        if row is None:
            return False
        row.state, row.attempts, row.not_before, row.last_error = OutgoingState.QUEUED, 0, timezone.now(), ""
        row.first_try_at = row.blocks_until = None
        row.save(update_fields=["state", "attempts", "not_before", "last_error", "first_try_at", "blocks_until"])
        self._show_delivery(message, Delivery.QUEUED)
        self._thread.record(EventKind.SENT_AGAIN, by=by, message=message, to=", ".join(row.readers))
        transaction.on_commit(pings.outbox_filled)
        return True

    @transaction.atomic
    def confirm_arrival(self, message: Message, *, by: Agent) -> bool:
        """Somebody knows that a message which was perhaps sent did arrive. Returns False for any other."""
        row = self._undelivered(message, OutgoingState.UNCERTAIN)
        if row is None:
            return False
        row.state, row.sent_at, row.last_error = OutgoingState.SENT, timezone.now(), ""
        row.save(update_fields=["state", "sent_at", "last_error"])
        self._show_delivery(message, Delivery.SENT)
        self._thread.record(EventKind.ARRIVED, by=by, message=message, to=", ".join(row.readers))
        return True

    def _undelivered(self, message: Message, *states: OutgoingState) -> OutgoingMail | None:
        rows = OutgoingMail.objects.select_for_update().filter(message=message, message__thread=self._thread)
        return rows.filter(state__in=states).first()

    def _show_delivery(self, message: Message, delivery: Delivery) -> None:
        message.delivery, message.delivery_note = delivery, ""
        message.save(update_fields=["delivery", "delivery_note"])
        self._thread.announce()
