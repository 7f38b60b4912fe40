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
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import AgentRequest, agent_required
from accounts.http import respond
from accounts.models import Agent
from accounts.typed import number
from helpdesk import notices
from helpdesk.models import Notice
from helpdesk.models.marks import NoticeQuerySet
from helpdesk.notices import path_of
from helpdesk.returning import back_to

SHOWN = 100
ONE, CONTACTS, ALL = "me", "contacts", "all"
TABS = {ONE: _("For me"), CONTACTS: _("My contacts"), ALL: pgettext_lazy("notices", "All")}
GROUPED_FROM = 3  # more than two of one thread become one line


@agent_required
@require_GET
def index(request: AgentRequest) -> HttpResponse:
    """The notices, newest first: a page, or for htmx the panel under the bell. Looking marks nothing as read."""
    fragment = "helpdesk/_notices.html" if request.htmx else "helpdesk/notices.html"
    response = render(request, fragment, panel_of(request.user, request.GET.get("of", "")))
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
    shown = panel_of(request.user, request.POST.get("of", ""))
    return respond(request, "helpdesk/_notices.html", shown, to=back_to(request))


def panel_of(agent: Agent, asked: str) -> dict[str, Any]:
    """What the panel shows: `tabs` with how many are new in each, and the `days` of one of them.

    Nobody who asks for none finds an empty list: it is the first tab with something new, else all.
    """
    seen = Notice.objects.seen_by(agent)
    new = {ONE: seen.unread().to_one().count(), CONTACTS: seen.unread().to_contacts().count()}
    tab = asked if asked in TABS else next((key for key in new if new[key]), ALL)
    tabs = [(key, word, new.get(key, 0)) for key, word in TABS.items()]
    shown = {ONE: seen.to_one, CONTACTS: seen.to_contacts, ALL: seen.all}[tab]()
    return {"tabs": tabs, "tab": tab, "days": days_of(shown)}


def days_of(notices: NoticeQuerySet) -> list[dict[str, Any]]:
    """The newest of them by day."""
    shown = grouped(list(notices.select_related("thread", "thread__customer")[:SHOWN]))
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
