"""What stands beside a thread: the customer with orders and cart, what it is about, and their other threads."""

from typing import Any

from accounts.models import Agent
from helpdesk import claims
from helpdesk import context as shop
from helpdesk.found_reply import found_reply
from helpdesk.models import MessageKind, Thread

OTHER_THREADS = 8
READ_MESSAGES, READ_LETTERS = 5, 4000  # how much of what the customer wrote is searched for references


def panel_of(thread: Thread, agent: Agent) -> dict[str, Any]:
    """Everything of the panel, in a number of queries that never grows."""
    beside = shop.panel_of(thread.customer_id, order=thread.order_id, line=thread.product_id, at=thread.inbound_at)
    mentioned, claimed = mentioned_in(thread), claims.claimed_by(thread)
    return {
        "orders": shop.orders_of_address(thread.email) if not thread.customer_id else [],
        **beside,
        "thread": thread,
        "others": others_of(thread, agent),
        "mentioned": mentioned,
        "candidates": [] if mentioned else claims.candidates_of(thread),
        "claimed": claimed,
        "found_reply": found_reply(thread, agent) if claimed else "",
    }


def others_of(thread: Thread, agent: Agent) -> list[Thread]:
    """The newest other threads of the same person that this agent may see."""
    if not thread.customer_id and not thread.email:
        return []
    visible = Thread.objects.visible_to(agent).exclude(pk=thread.pk)
    theirs = visible.filter(customer=thread.customer_id) if thread.customer_id else visible.from_address(thread.email)
    return list(theirs.newest_first()[:OTHER_THREADS])


def mentioned_in(thread: Thread) -> list[Any]:
    """Orders that the customer names in the subject or in their last messages, but for the one already set."""
    wrote = thread.messages.filter(kind=MessageKind.CUSTOMER).order_by("-pk").values_list("text", flat=True)
    texts = [thread.subject, *(text[:READ_LETTERS] for text in wrote[:READ_MESSAGES])]
    return [order for order in shop.orders_mentioned(texts) if order.pk != thread.order_id]
