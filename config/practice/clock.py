"""Lets the past happen: verbs write the time they are called, and afterwards it is set back."""

from bisect import bisect_right
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from helpdesk.models import Attachment, Event, Message, Notice, OutgoingMail, Rating, ReadMark, Thread

TIMES: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (Thread, ("created_at", "closed_at", "trashed_at", "pending_since", "opened_at", "thanked_at")),
    (Message, ("created_at",)),
    (Event, ("at",)),
    (OutgoingMail, ("created_at", "not_before", "sent_at")),
    (Attachment, ("created_at",)),
    (Notice, ("created_at",)),
    (ReadMark, ("at",)),
    (Rating, ("invited_at", "rated_at")),
)


class Clock:
    """Notes when each step really happened and when it is to have happened. Steps are played one after another."""

    def __init__(self) -> None:
        self.real: list[datetime] = []
        self.wanted: list[datetime] = []

    def at(self, when: datetime) -> datetime:
        """What follows happens at `when`, but never in the future; returns it."""
        self.real.append(timezone.now())
        self.wanted.append(min(when, self.real[-1] - timedelta(seconds=5)))
        return self.wanted[-1]

    def told(self, real: datetime) -> datetime:
        """When something that really happened at `real` is to have happened."""
        step = max(0, bisect_right(self.real, real) - 1)
        return self.wanted[step] + (real - self.real[step])

    def set_back(self) -> None:
        """Move every time of every thread, and of all that hangs on it, into the past it was played for.

        The only place that writes times which the verbs keep. For a database that holds the practice shop alone.
        """
        for model, fields in TIMES:
            rows: list[Any] = list(model._default_manager.all())
            for row in rows:
                for field in fields:
                    real = getattr(row, field)
                    if real is not None and real >= self.real[0]:  # else set back before
                        setattr(row, field, self.told(real))
            model._default_manager.bulk_update(rows, fields, batch_size=200)
        for thread in Thread.objects.all():
            thread.recount()

    def free_acknowledgement(self, thread: Thread) -> None:
        """Set back a thread's confirmation of receipt at once: the next one to its sender is an hour away from it."""
        for row in thread.outgoing.filter(message=None):
            OutgoingMail.objects.filter(pk=row.pk).update(created_at=self.told(row.created_at))
