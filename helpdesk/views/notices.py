"""The bell: what an agent was told."""

from collections import Counter
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_POST

from accounts.access import AgentRequest, agent_required
from accounts.http import respond
from accounts.models import Agent
from helpdesk import notices
from helpdesk.models import Notice
from helpdesk.returning import back_to

SHOWN = 100
GROUPED_FROM = 3  # more than two of one thread become one line


@agent_required
@require_GET
def index(request: AgentRequest) -> HttpResponse:
    """The notices, newest first: a page, or for htmx the panel under the bell. Looking marks nothing as read."""
    fragment = "helpdesk/_notices.html" if request.htmx else "helpdesk/notices.html"
    response = render(request, fragment, {"days": days_of(request.user)})
    patch_vary_headers(response, ["HX-Request"])
    return response


@agent_required
@require_GET
def bell(request: AgentRequest) -> HttpResponse:
    """The bell with its count, fetched anew when a notice came or was read."""
    return render(request, "components/_bell_button.html")


@agent_required
@require_POST
def read_all(request: AgentRequest) -> HttpResponse:
    """Mark everything as read."""
    notices.read(request.user)
    return respond(request, "helpdesk/_notices.html", {"days": days_of(request.user)}, to=back_to(request))


def days_of(agent: Agent) -> list[dict[str, Any]]:
    """The newest notices by day."""
    shown = grouped(list(Notice.objects.filter(agent=agent).select_related("thread", "thread__customer")[:SHOWN]))
    return [
        {"day": day, "notices": list(of_day)}
        for day, of_day in groupby(shown, key=lambda notice: timezone.localtime(notice.created_at).date())
    ]


def grouped(notices: list[Notice]) -> list[Notice]:
    """Of a thread with more than two notices only the newest, with the number of the `others`."""
    counted = Counter(notice.thread_id for notice in notices)
    shown: dict[object, Notice] = {}
    for notice in notices:
        many = counted[notice.thread_id] >= GROUPED_FROM
        notice.others = counted[notice.thread_id] - 1 if many else 0  # type: ignore[attr-defined]
        shown.setdefault(notice.thread_id if many else (notice.pk,), notice)
    return list(shown.values())
