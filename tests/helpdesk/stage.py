"""A day of the workshop, step by step: hours, targets, and what one thread goes through."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache

from helpdesk import intake
from helpdesk.models import (
    Message,
    Status,
    Target,
    Thread,
)
from tests import make

MADRID = ZoneInfo("Europe/Madrid")


# Monday to Thursday 9-14 and 15:30-18, Friday 9-15: 7.5 hours and 6 hours. The 16th of November is a Monday.
WEEK = {**{str(day): [[540, 840], [930, 1080]] for day in range(4)}, "4": [[540, 900]], "5": [], "6": []}


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=MADRID)


class Stage:
    """Says when the next thing happens; the thread is read anew each time."""

    def __init__(self, world: SimpleNamespace, clock: Any) -> None:
        self.world, self.clock, self.thread = world, clock, Thread()

    def to(self, when: datetime) -> "Stage":
        self.clock.move_to(when)
        cache.clear()
        return self

    def begins(self, **fields: Any) -> Thread:
        self.thread = make.thread(self.world.service, **fields)
        return self.thread

    def writes(self) -> None:
        intake.deliver_to(self.fresh(), make.mail("More"))

    def replies(self, then: str = Status.PENDING_1) -> Message:
        return self.fresh().reply("Hello", by=self.world.bob, then=then)

    def fresh(self) -> Thread:
        self.thread = Thread.objects.get(pk=self.thread.pk)
        return self.thread

    def due(self) -> tuple[str, datetime | None]:
        thread = self.fresh()
        return thread.due_metric, thread.due_at

    def told(self) -> list[str]:
        return [kind for kind in self.thread.events.values_list("kind", flat=True) if "due" in kind]


def aim(**fields: Any) -> Target:
    return Target.objects.create(**fields)
