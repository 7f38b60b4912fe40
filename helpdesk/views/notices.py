"""The bell: what an agent was told."""

from collections import Counter
from html import unescape
from itertools import groupby
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.html import strip_tags
from django.views.decorators.http import require_GET, require_POST

from accounts.access import AgentRequest, agent_required
from accounts.http import respond
from accounts.models import Agent
from accounts.typed import number
from helpdesk import notices
from helpdesk.models import Notice
from helpdesk.notices import path_of
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
    return _panel(request)


@agent_required
@require_GET
def newer(request: AgentRequest) -> HttpResponse:
    """What the browser shows by itself: `?after=` a notice (id) that it knows, and the newest there is. Without it
    nothing is new."""
    after, seen = request.GET.get("after", ""), Notice.objects.seen_by(request.user)
    newest = seen.order_by("-pk").values_list("pk", flat=True).first() or 0
    found = notices.to_pop(request.user, number(after)).select_related("thread").order_by("-pk")
    told = [_told(one) for one in found[: notices.POPS_AT_ONCE]] if after else []
    return JsonResponse({"newest": newest, "notices": told[::-1]})


def _told(notice: Notice) -> dict[str, Any]:
    """A notice in plain text, as a browser shows it."""
    sentence = render_to_string("helpdesk/_notice_sentence.html", {"notice": notice, "who": notice.by_name})
    return {
        "id": notice.pk,
        "title": unescape(strip_tags(sentence)).strip(),
        "text": notice.text or notice.thread.subject,
        "path": path_of(notice),
    }


@agent_required
@require_POST
def begin_silence(request: AgentRequest) -> HttpResponse:
    """Let the browser show nothing for an hour."""
    notices.mute(request.user)
    return _panel(request)


@agent_required
@require_POST
def end_silence(request: AgentRequest) -> HttpResponse:
    """Let it speak again."""
    notices.unmute(request.user)
    return _panel(request)


def _panel(request: AgentRequest) -> HttpResponse:
    """The bell's panel after a change; without script, the page it was opened on."""
    return respond(request, "helpdesk/_notices.html", {"days": days_of(request.user)}, to=back_to(request))


def days_of(agent: Agent) -> list[dict[str, Any]]:
    """The newest notices by day."""
    shown = grouped(list(Notice.objects.seen_by(agent).select_related("thread", "thread__customer")[:SHOWN]))
    return [
        {"day": day, "notices": list(of_day)}
        for day, of_day in groupby(shown, key=lambda notice: timezone.localtime(notice.created_at).date())
    ]


def grouped(notices: list[Notice]) -> list[Notice]:
    """Of a thread with more than two notices only the newest, with the number of the `others`; each with its `path`."""
    counted = Counter(notice.thread_id for notice in notices)
    shown: dict[object, Notice] = {}
    for notice in notices:
        many = counted[notice.thread_id] >= GROUPED_FROM
        notice.others = counted[notice.thread_id] - 1 if many else 0  # type: ignore[attr-defined]
        notice.path = path_of(notice)  # type: ignore[attr-defined]
        shown.setdefault(notice.thread_id if many else (notice.pk,), notice)
    return list(shown.values())
