"""The queues."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import agent_required
from helpdesk.models import Thread


@agent_required
def show(request: HttpRequest) -> HttpResponse:
    """One queue."""
    threads = Thread.objects.visible_to(request.user).active().newest_first()[:50]  # type: ignore[arg-type]
    return render(request, "helpdesk/queue.html", {"threads": threads})
