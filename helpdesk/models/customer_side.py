"""What a customer says with a button: that the order came, or that the form told them how it stands."""

from typing import TYPE_CHECKING, Any, cast

from django.db import models, transaction

from helpdesk.models.desk import Status
from helpdesk.models.event import EventKind

if TYPE_CHECKING:
    from helpdesk.models.thread import Thread


class CustomerSide(models.Model):
    """Verbs of customers. Words that want an answer come in by helpdesk.intake, as all others do."""

    class Meta:
        abstract = True

    @property
    def _thread(self) -> "Thread":
        return cast("Thread", self)

    def note_shown(self, *, name: str, to: str, day: str, message: Any) -> None:
        """Whoever wrote this message had been shown their order before: `name` is its reference, `to` its state, `day`
        an ISO date or nothing."""
        thread = self._thread
        facts: dict[str, Any] = {"name": name[:64], "to": to[:64], "day": day}
        thread.record(EventKind.ANSWER_SHOWN, actor_name=thread.sender, message=message, **facts)
        thread.announce()

    @transaction.atomic
    def say_arrived(self, *, asks: bool = False) -> bool:
        """The order has come: the thread closes, unless the customer `asks` for an answer all the same.

        Said again, it changes nothing. Returns whether it was new.
        """
        thread = cast("Thread", self._thread.lock())
        if thread.status == Status.CLOSED or (asks and self._said_last(EventKind.ORDER_ARRIVED)):
            return False
        facts: dict[str, Any] = {"name": self.order_name, **({"asks": True} if asks else {})}
        thread.record(EventKind.ORDER_ARRIVED, actor_name=thread.sender, **facts)
        if not asks:
            thread.close(by=None, by_name=thread.sender)
        thread.announce()
        return True

    def note_waiting(self, message: Any) -> None:
        """By this message, made by a button, the customer said that the order has not come."""
        thread = self._thread
        thread.record(EventKind.STILL_WAITING, actor_name=thread.sender, message=message, name=thread.order_name)
        thread.announce()

    def _said_last(self, kind: EventKind) -> bool:
        """Whether nothing was said or done to the thread's status since the customer said this."""
        loud = (kind, EventKind.RECEIVED, EventKind.REPLIED, EventKind.STATUS)
        last = self._thread.events.filter(kind__in=loud).order_by("at", "pk").last()
        return last is not None and last.kind == kind

    @property
    def order_name(self) -> str:
        """The order that the thread is about: ours, or as the customer wrote it."""
        thread = self._thread
        return thread.order.reference if thread.order else thread.order_text
