"""Which threads a form of the list means: those that are ticked, or all that are left."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models.functions import Coalesce
from django.http import QueryDict

from accounts.models import Agent
from accounts.typed import numbers
from helpdesk.models import Thread, ThreadQuerySet
from helpdesk.review.lists import Asked, Review
from helpdesk.selection import Selection

MOST = 500


@dataclass(frozen=True)
class Choice:
    """Threads that an agent means, within those they may see."""

    agent: Agent
    asked: Asked
    ids: tuple[int, ...]
    is_all: bool
    queue: Selection | None = None

    @classmethod
    def read(cls, agent: Agent, params: QueryDict, asked: Asked) -> "Choice":
        """From the fields `ids`, or `all`; a form of the queue says its filters too, and means the queue."""
        if "filters" in params:
            return cls(agent, asked, (), False, Selection.read(agent, params))
        return cls(agent, asked, numbers(params.getlist("ids"), most=MOST), params.get("all") == "1")

    @cached_property
    def threads(self) -> ThreadQuerySet:
        """The longest wait first."""
        if self.queue is not None:
            return self.queue.threads
        if self.is_all:
            return Review(self.agent, self.asked).left
        found = Thread.objects.visible_to(self.agent).filter(pk__in=self.ids)
        return found.order_by(Coalesce("waiting_since", "active_at"), "pk")

    @cached_property
    def count(self) -> int:
        """How many there are now."""
        return min(MOST, self.threads.order_by().count())

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Hidden inputs that say the same again."""
        if self.queue is not None:
            return self.queue.fields
        told = [("all", "1")] if self.is_all else [("ids", str(one)) for one in self.ids]
        return [*told, ("from", self.asked.query)]
