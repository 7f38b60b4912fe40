"""Why a thread is due when it is due."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.access import AgentRequest, agent_required
from helpdesk.hours import Explanation
from helpdesk.models import Deadline, Thread
from helpdesk.views.thread import origin, visible


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


@agent_required
@require_safe
def show(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Step by step; a fragment for htmx."""
    thread = visible(request, thread_id)
    context: dict[str, Any] = {"thread": thread, "told": told(thread), "from_query": origin(request)}
    response = render(request, f"helpdesk/thread/{'_due' if request.htmx else 'due'}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
