"""The clocks of a thread, each with why it is due when it is due."""

from dataclasses import dataclass

from django.utils import timezone

from helpdesk.hours import Explanation
from helpdesk.models import Deadline, Thread


@dataclass(frozen=True)
class Told:
    """One clock of a thread with its explanation."""

    deadline: Deadline
    explanation: Explanation

    @property
    def is_late(self) -> bool:
        """It was due."""
        due = self.explanation.due
        return due is not None and due <= timezone.now()


def told(thread: Thread) -> list[Told]:
    """Its clocks, what is due first on top."""
    rows = thread.deadlines.live().select_related("target__contact", "target__group")
    found = [Told(one, one.explain(thread)) for one in rows]
    return sorted(found, key=lambda one: (one.explanation.due is None, one.explanation.due or timezone.now()))
