"""What is overdue, to an agent."""

from collections.abc import Callable
from typing import Any

from accounts.models import Agent
from helpdesk.letters.week import queue_to_reader
from helpdesk.models.outgoing import OutgoingMail


def queue_digest(agent: Agent, words: Callable[[], dict[str, Any]], *, unsubscribe: str) -> OutgoingMail:
    """Queue the mail in the agent's language; `words` are asked for in it."""
    return queue_to_reader("digest", agent, words, unsubscribe=unsubscribe)
