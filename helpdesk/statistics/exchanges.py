"""How many exchanges a thread took: what its page says once it is closed."""

from datetime import timedelta

from django.utils.translation import ngettext

from accounts.pieces import duration
from helpdesk.models import MessageKind, Status, Thread
from helpdesk.models.message import WANT_NO_ANSWER


def exchanges_of(thread: Thread) -> int:
    """Questions that were answered: a customer's messages, then a reply. One query."""
    said = thread.messages.public().order_by("created_at", "pk").values_list("kind", "reason")
    number, is_asked = 0, False
    for kind, reason in said:
        if kind == MessageKind.REPLY:
            number, is_asked = number + is_asked, False
        elif reason not in WANT_NO_ANSWER:
            is_asked = True
    return number


def solved_in(thread: Thread) -> str:
    """“4 exchanges, 2 d 3 h”, from the beginning to the closing; empty while it is not closed."""
    if thread.status != Status.CLOSED or thread.closed_at is None:
        return ""
    number = exchanges_of(thread)
    words = {"n": number, "time": duration(max(timedelta(), thread.closed_at - thread.created_at))}
    return ngettext("%(n)d exchange, %(time)s", "%(n)d exchanges, %(time)s", number) % words
