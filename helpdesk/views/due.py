"""Why a thread is due when it is due."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.access import AgentRequest, agent_required
from helpdesk.clocks import told
from helpdesk.views.thread import origin, visible


@agent_required
@require_safe
def show(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Step by step; a fragment for htmx."""
    thread = visible(request, thread_id)
    context: dict[str, Any] = {"thread": thread, "told": told(thread), "from_query": origin(request)}
    response = render(request, f"helpdesk/thread/{'_due' if request.htmx else 'due'}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response
