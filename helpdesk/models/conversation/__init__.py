"""What is said in a thread: the verbs that add messages, and take back a reply before it leaves."""

from helpdesk.models.conversation.answer import Answer
from helpdesk.models.conversation.arrival import Arrival, received_key
from helpdesk.models.conversation.bringing import Bringing
from helpdesk.models.conversation.recall import Recall
from helpdesk.models.conversation.speech import excerpt

__all__ = ["Conversation", "excerpt", "received_key"]


class Conversation(Arrival, Answer, Recall, Bringing):
    """All verbs that say something."""

    class Meta:
        abstract = True
