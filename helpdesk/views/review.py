"""The Friday review: the week's list, and one thread of it after the other."""

from secrets import token_hex
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther, go
from accounts.typed import number
from helpdesk.chrome import desk_of, statuses_of
from helpdesk.models import BulkFollowUp, Delegation, ReviewStep, Thread
from helpdesk.review.lists import Asked, Review, name_of
from helpdesk.review.parts import parts_of
from helpdesk.review.sheets import Sheet

JOBS = 5  # follow-ups to many that the list tells of
WAITS = (1, 2, 3, 5, 7, 14)  # days to choose from


def asked_in(request: AgentRequest) -> Asked:
    """What the page is asked for: its own address, or the field `from` of a form on it."""
    params = request.POST.get("from", "") if request.method == "POST" else request.GET
    return Asked.read(params, desk_of(request).zone)


def path_to(asked: Asked, thread_id: int | None = None, **more: Any) -> str:
    """The list, or one thread of it."""
    path = reverse("helpdesk:review_thread", args=[thread_id]) if thread_id else reverse("helpdesk:review")
    query = "&".join(filter(None, (asked.query, *(f"{name}={value}" for name, value in more.items() if value))))
    return f"{path}?{query}" if query else path


def visible(request: AgentRequest, thread_id: int) -> Thread:
    """The thread, if this agent may see it and it did not go into another; else 404."""
    threads = Thread.objects.visible_to(request.user).select_related(
        "contact", "customer", "assignee", "order", "product"
    )
    return get_object_or_404(threads.filter(merged_into=None), pk=thread_id)


@agent_required
@require_safe
def show(request: AgentRequest) -> HttpResponse:
    """?week= such as 2026-W47, ?group=, ?of= (a delegation), ?days= of waiting that are long."""
    asked = asked_in(request)
    if asked.of:
        get_object_or_404(Delegation.objects.visible_to(request.user), pk=asked.of)
    template = "_review.html" if request.htmx else "review.html"
    response = render(request, f"helpdesk/review/{template}", _list(request, asked))
    patch_vary_headers(response, ["HX-Request"])
    return response


def _list(request: AgentRequest, asked: Asked) -> dict[str, Any]:
    review = Review(request.user, asked)
    before, after = asked.period.before, asked.period.after
    return {
        "review": review,
        "asked": asked,
        "period": asked.period,
        "before_query": asked.but(period=before, of=0).query,
        "after_query": asked.but(period=after, of=0).query if after else "",
        "week_name": name_of(asked.period),
        "chips": [(one, n, asked.but(group=one.key).query) for one, n in review.counts.groups],
        "all_query": asked.but(group="").query,
        "parts": parts_of(request.user, asked),
        "jobs": BulkFollowUp.objects.visible_to(request.user).filter(week=asked.week)[:JOBS],
        "waits": WAITS,
        "step": step_of(request),
    }


def step_of(request: AgentRequest) -> ReviewStep | None:
    """What the agent did last, as long as it can be taken back."""
    mine = ReviewStep.objects.filter(by=request.user, pk=number(request.GET.get("done", "")))
    step = mine.select_related("thread__customer", "message__outgoing").first()
    return step if step and step.may_be_undone else None


@agent_required
@require_safe
def thread(request: AgentRequest, thread_id: int) -> HttpResponse:
    """One thread: why it is here, what is proposed, and what else can be done."""
    return render_sheet(request, visible(request, thread_id), asked_in(request), step=step_of(request))


def render_sheet(
    request: AgentRequest, thread: Thread, asked: Asked, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page of a thread, for htmx what changes of it; `more` may hold `error` and `step`.

    htmx gets 200 in any case: a browser writes anything else into its console as an error.
    """
    sheet = Sheet(thread, request.user, asked, reply=number(request.GET.get("reply", "")))
    context = {
        "sheet": sheet,
        "review": sheet.review,
        "thread": thread,
        "asked": asked,
        "status_label": statuses_of(request)[thread.status],
        "form_key": token_hex(16),
        "desk": desk_of(request),
        **more,
    }
    template = "_sheet.html" if request.htmx else "sheet.html"
    response = render(request, f"helpdesk/review/{template}", context, status=200 if request.htmx else status)
    patch_vary_headers(response, ["HX-Request"])
    return response


@agent_required
@require_safe
def beside(request: AgentRequest, thread_id: int) -> HttpResponse:
    """The list at the left as it is now, and whether something was said in the thread since ?seen=."""
    found, asked = visible(request, thread_id), asked_in(request)
    sheet = Sheet(found, request.user, asked)
    news = sheet.seen > number(request.GET.get("seen", "")) and "seen" in request.GET
    context = {"sheet": sheet, "review": sheet.review, "thread": found, "asked": asked, "news": news}
    return render(request, "helpdesk/review/_beside.html", context)


def onward(request: AgentRequest, asked: Asked, step: ReviewStep, following: int | None) -> HttpResponse:
    """To the next thread, at the end to the list."""
    where = path_to(asked, following, done=step.pk)
    if not request.htmx or following is None:
        return go(request, where) if request.htmx else SeeOther(where)
    response = render_sheet(request, visible(request, following), asked, step=step if step.may_be_undone else None)
    response.headers["HX-Push-Url"] = where
    return response
