"""How many exchanges a thread took: what its page says once it is closed."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import ngettext

from accounts.pieces import duration
from helpdesk.models import Message, MessageKind, Status, Thread
from helpdesk.models.message import PUBLIC_KINDS, WANT_NO_ANSWER


def exchanges_of(messages: Iterable[Message]) -> int:
    """Questions that were answered: a customer's messages, then a reply. Notes and forwards count for nothing."""
    number, is_asked = 0, False
    for one in sorted(messages, key=lambda one: (one.created_at, one.pk)):
        if one.kind not in PUBLIC_KINDS:
            continue
        if one.kind == MessageKind.REPLY:
            number, is_asked = number + is_asked, False
        elif one.reason not in WANT_NO_ANSWER:
            is_asked = True
    return number


def solved_in(thread: Thread, messages: Iterable[Message] | None = None) -> str:
    """“4 exchanges, 2 d 3 h”, from the beginning to the closing; empty while it is not closed.

    `messages` are the thread's own that were not taken back; one query where nobody has them at hand.
    """
    if thread.status != Status.CLOSED or thread.closed_at is None:
        return ""
    if messages is None:
        messages = thread.messages.public().only("kind", "reason", "created_at")
    number = exchanges_of(messages)
    words = {"n": number, "time": duration(max(timedelta(), thread.closed_at - thread.created_at))}
    return ngettext("%(n)d exchange, %(time)s", "%(n)d exchanges, %(time)s", number) % words
