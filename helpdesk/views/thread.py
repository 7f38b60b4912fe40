"""The page of a thread."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.access import agent_required
from helpdesk.models import Thread


@agent_required
def show(request: HttpRequest, thread_id: int) -> HttpResponse:
    """The conversation."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=thread_id)  # type: ignore[arg-type]
    thread.mark_read(by=request.user)  # type: ignore[arg-type]
    return render(request, "helpdesk/thread.html", {"thread": thread})
