"""Which thread comes before and after in the queue that the agent came from."""

from django.http import QueryDict

from accounts.models import Agent
from helpdesk.models import Status, Thread
from helpdesk.models.thread import ThreadQuerySet

SHOWN = 40


def queue_of(agent: Agent, query: str) -> ThreadQuerySet:
    """The threads of the queue with this query string, in its order."""
    wanted = QueryDict(query)
    threads = Thread.objects.visible_to(agent).active()
    if wanted.get("status") in Status.values:
        threads = Thread.objects.visible_to(agent).on_desk().filter(status=wanted["status"])
    contact = wanted.get("contact", "")
    if contact.isdigit():
        threads = threads.filter(contact=int(contact))
    if wanted.get("view") == "mine":
        threads = threads.filter(assignee=agent)
    if wanted.get("view") == "unassigned":
        threads = threads.unassigned()
    return threads.waiting_longest()


def shown_beside(agent: Agent, query: str) -> list[Thread]:
    """The first threads of the queue, for the list at the left of a thread."""
    threads = queue_of(agent, query).with_unread(agent).select_related("customer", "assignee")
    return list(threads[:SHOWN])


def neighbour(thread: Thread, agent: Agent, query: str, *, step: int = 1) -> int | None:
    """The id of the next thread of the queue, or with step=-1 of the one before; None at its end.

    A thread that has left the queue, as after sending, is followed by the first one.
    """
    ids = list(queue_of(agent, query).values_list("pk", flat=True)[:1000])
    if thread.pk not in ids:
        return ids[0] if ids and step > 0 else None
    at = ids.index(thread.pk) + step
    return ids[at] if 0 <= at < len(ids) else None
