"""Which threads a form of the queue means: the ticked ones, or all that its filters match."""

from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict

from accounts.models import Agent
from accounts.typed import numbers
from helpdesk import queues
from helpdesk.filters import Filters
from helpdesk.models import ThreadQuerySet
from helpdesk.models.thread import Thread

MOST_TICKED = 500


@dataclass(frozen=True)
class Selection:
    """Threads that an agent means, within those they may see. `query` is the queue's own query string."""

    agent: Agent
    query: str
    ids: tuple[int, ...]
    is_all: bool

    @classmethod
    def read(cls, agent: Agent, params: QueryDict) -> "Selection":
        """From the parameters of a form: `ids`, or `all`; and the queue's query in `filters`."""
        query = Filters.read(params.get("filters", "")[:4000]).without("page").query()
        return cls(agent, query, numbers(params.getlist("ids"), most=MOST_TICKED), params.get("all") == "1")

    @cached_property
    def threads(self) -> ThreadQuerySet:
        """The threads, in the order of the queue."""
        if self.is_all:
            return queues.threads(self.agent, Filters.read(self.query))
        return Thread.objects.visible_to(self.agent).filter(pk__in=self.ids).newest_first()

    @cached_property
    def count(self) -> int:
        """How many there are now."""
        return self.threads.order_by().count()

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Hidden inputs that say the same again."""
        told = [("all", "1")] if self.is_all else [("ids", str(one)) for one in self.ids]
        return [*told, ("filters", self.query)]
