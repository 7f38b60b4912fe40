"""Something said in a thread: the row, and what the queue shows of it."""

from typing import TYPE_CHECKING, Any, cast

from django.db import models

from helpdesk.models.attachment import Attachment
from helpdesk.models.desk import Status
from helpdesk.models.message import INBOUND_KINDS, PUBLIC_KINDS, WANT_NO_ANSWER, Message, MessageKind

if TYPE_CHECKING:
    from helpdesk.models.thread import Thread

EXCERPT = 160


def excerpt(text: str) -> str:
    """The first words, on one line."""
    return " ".join(text[: EXCERPT * 3].split())[:EXCERPT]


class Speech(models.Model):
    """How every verb that says something writes it down."""

    class Meta:
        abstract = True

    @property
    def _thread(self) -> "Thread":
        return cast("Thread", self)

    def _add(self, kind: MessageKind, **fields: Any) -> Message:
        """One more message; the thread row is locked first, so that its counters stay right."""
        self._hold()
        return Message.objects.create(thread=self._thread, home=self._thread, kind=kind, **fields)

    def _hold(self) -> None:
        """Lock the thread's row, and know what it says now."""
        thread = self._thread
        fresh = thread.lock()
        for name in ("message_count", "attachment_count", "needs_answer", "waiting_since", "status", "assignee_id"):
            setattr(thread, name, getattr(fresh, name))

    def recount(self) -> None:
        """Set the queue's columns from the messages; after a recall, a merge or a split."""
        thread = self._thread
        messages = list(thread.messages.current().order_by("created_at", "pk"))
        public = [one for one in messages if one.kind in PUBLIC_KINDS]
        replies = [one for one in public if one.kind == MessageKind.REPLY]
        last_reply = replies[-1].created_at if replies else None
        asking = [
            one.created_at
            for one in public
            if one.kind == MessageKind.CUSTOMER
            and one.reason not in WANT_NO_ANSWER
            and (last_reply is None or one.created_at > last_reply)
        ]
        inbound = [one.created_at for one in messages if one.kind in INBOUND_KINDS]
        closed = thread.status == Status.CLOSED
        thread._set(
            message_count=len(messages),
            attachment_count=Attachment.objects.filter(message__in=messages).count(),
            excerpt=excerpt(public[-1].text) if public else "",
            active_at=public[-1].created_at if public else thread.created_at,
            inbound_at=inbound[-1] if inbound else None,
            needs_answer=bool(asking) and not closed,
            waiting_since=asking[0] if asking and not closed else None,
            first_response_at=replies[0].created_at if replies else None,
        )
