"""Lets the past happen: verbs write the time they are called, and afterwards it is set back."""

from bisect import bisect_right
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from helpdesk.models import Attachment, Thread

TIMES = {
    "messages": ("created_at",),
    "events": ("at",),
    "outgoing": ("created_at", "not_before", "sent_at"),
    "notices": ("created_at",),
    "read_marks": ("at",),
}


class Clock:
    """Notes when each step of a thread really happened and when it is to have happened."""

    def __init__(self) -> None:
        self.real: list[datetime] = []
        self.wanted: list[datetime] = []

    def at(self, when: datetime) -> datetime:
        """What follows happens at `when`, never in the future; returns it."""
        self.real.append(timezone.now())
        self.wanted.append(min(when, self.real[-1] - timedelta(seconds=5)))
        return self.wanted[-1]

    def told(self, real: datetime) -> datetime:
        """When something that really happened at `real` is to have happened."""
        step = max(0, bisect_right(self.real, real) - 1)
        return self.wanted[step] + (real - self.real[step])

    def set_back(self, thread: Thread) -> None:
        """Move every time of a thread that was just played, and of all its rows, into the past.

        The only place that writes times which the verbs keep; for the practice shop alone.
        """
        for name, fields in TIMES.items():
            self._move(getattr(thread, name).all(), fields)
        self._move(Attachment.objects.filter(message__thread=thread), ("created_at",))
        self._move(Thread.objects.filter(pk=thread.pk), ("created_at", "closed_at", "trashed_at"))
        thread.refresh_from_db()
        thread.recount()

    def _move(self, rows: "QuerySet[Any]", fields: tuple[str, ...]) -> None:
        found: list[Model] = list(rows)
        for row in found:
            for field in fields:
                if (real := getattr(row, field)) is not None:
                    setattr(row, field, self.told(real))
        if found:
            rows.model.objects.bulk_update(found, fields)
