"""The queues, the counts beside them and the contacts' boxes."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_POST

from accounts.access import AgentRequest, agent_required
from accounts.http import respond
from accounts.models import Agent
from accounts.pieces import icon
from accounts.typed import number
from helpdesk import chips, queues
from helpdesk.boxes import boxes_of
from helpdesk.chrome import Navigation, current_of, desk_of, navigation, statuses_of
from helpdesk.filters import Choices, Filters
from helpdesk.models import Contact, Target, Thread, ThreadChange, ThreadTag
from helpdesk.returning import back_to
from helpdesk.statistics.behind import Behind
from helpdesk.statuses import RowHeads


@agent_required
@require_GET
def show(request: AgentRequest) -> HttpResponse:
    """A page of a queue; for htmx and static/js/queue.js the list alone."""
    fragment = "helpdesk/_queue.html" if request.htmx else "helpdesk/queue.html"
    response = render(request, fragment, queue_context(request))
    patch_vary_headers(response, ["HX-Request"])
    return response


def queue_context(request: AgentRequest) -> dict[str, Any]:
    """What the page and its fragment show."""
    agent, statuses = request.user, statuses_of(request)
    tags = list(ThreadTag.objects.all())
    choices = Choices(Contact.shown_to(agent), list(Agent.objects.active()), tags, statuses)
    filters = Filters.read(request.GET, choices)
    page = queues.page(agent, filters, zone=desk_of(request).time_zone)
    queue, current, shown = queues.queue_of(filters), current_of(filters), navigation(request)
    return {
        "navigation": shown,
        "page": page,
        "queue": queue,
        "title": _title(queue, current, choices),
        "filters": filters,
        "query": filters.without("page").query(),
        "chips": chips.folded(chips.chips(filters, choices)),
        **_numbers(page, filters, queue, shown),
        **_figure(request, filters),
        "is_narrowed": len(filters.chosen) > len(queue.wants),
        "clear_url": chips.address(Filters.read(queue.query)),
        "sort": queues.sort_of(filters, agent),
        "sorts": [(key, word) for key, word in Agent.QueueSort.choices if key != "due" or Target.in_force()],
        "sort_url": chips.address(filters, sort=None, page=None),
        "kept": [(name, word) for name, words in filters.without("q", "page").values.items() for word in words],
        "newer_url": chips.address(filters, page=str(page.number - 1)) if page.number > 1 else "",
        "older_url": chips.address(filters, page=str(page.number + 1)) if page.has_more else "",
        "heads": RowHeads(statuses, icon, form="row-status", bulk="bulk"),
        "change": _changed(request),
        **(_empty(request, filters, queue, choices) if not page.threads else {}),
    }


def _figure(request: AgentRequest, filters: Filters) -> dict[str, str]:
    """What a number of the statistics counts, where it leads here, and the week it stands in."""
    if not (word := filters.first("figure")):
        return {}
    behind, zone = Behind.read(word), desk_of(request).time_zone
    threads = queues.threads(request.user, filters.without("page", "sort"), zone=zone)
    week = f"{reverse('helpdesk:week')}?from={behind.first}&to={behind.last}"
    query = filters.without("page", "sort").query()
    return {"figure": behind.sentence(zone, threads), "figure_week": week, "export_query": query}


def _changed(request: AgentRequest) -> ThreadChange | None:
    """What this agent has just done to many threads, as the address says, while it can be undone or explained."""
    if not (done := number(request.GET.get("changed", ""))):
        return None
    return ThreadChange.objects.filter(by=request.user, undone_at=None, pk=done).first()


def _numbers(page: queues.Page, filters: Filters, queue: queues.Queue, shown: Navigation | None) -> dict[str, int]:
    """`total` and `unread` of what the page shows, as far as they are known without counting; else 0."""
    if page.is_all:
        return {"total": page.last, "unread": sum(thread.is_unread for thread in page.threads)}  # type: ignore[attr-defined]
    if shown is None or len(filters.chosen) > len(queue.wants):
        return {"total": 0, "unread": 0}
    return {"total": shown.counts.total.get(queue.key, 0), "unread": shown.counts.unread.get(queue.key, 0)}


def _title(queue: queues.Queue, current: str, choices: Choices) -> str:
    if current.startswith("contact:"):
        slug = current.partition(":")[2]
        return next((one.title for one in choices.contacts if one.slug == slug), str(queue.label))
    return str(queue.label)


def _empty(request: AgentRequest, filters: Filters, queue: queues.Queue, choices: Choices) -> dict[str, Any]:
    """Why the list is empty: "first" day, nothing "match"es, or "done"; with the filter that hides most."""
    if not Thread.objects.exists():
        return {"empty": "first"}
    if "q" in filters.values:
        return {"empty": "search"}
    if filters.page == 1 and len(filters.chosen) <= len(queue.wants):
        return {"empty": "done"}
    return {"empty": "match", "hiding": _hiding_most(request, filters, choices)}


def _hiding_most(request: AgentRequest, filters: Filters, choices: Choices) -> dict[str, Any] | None:
    """The one filter without which most threads would show, and how many; None if no single one hides any."""
    zone = desk_of(request).time_zone
    best: dict[str, Any] | None = None
    for chip in chips.chips(filters, choices):
        if (
            not chip.is_on
            or not (others := filters.without(chip.name, *(one[0] for one in chip.fields), "page")).chosen
        ):
            continue
        if others.chosen == filters.chosen:
            continue
        found = queues.threads(request.user, others, zone=zone).order_by()[: queues.PAGE].count()
        if found and (best is None or found > best["count"]):
            best = {"count": found, "chip": chip, "is_more": found == queues.PAGE}
    return best


@agent_required
@require_GET
def counts(request: AgentRequest) -> HttpResponse:
    """The links and counts of the navigation, fetched anew when something changed."""
    shown = navigation(request, current=request.GET.get("current", "")[:100])
    return render(request, "components/_nav_links.html", {"navigation": shown})


@agent_required
@require_GET
def boxes(request: AgentRequest) -> HttpResponse:
    """The contacts, each with its open threads and the one that waits longest."""
    fragment = "helpdesk/_boxes.html" if request.htmx else "helpdesk/boxes.html"
    response = render(request, fragment, {"boxes": boxes_of(request.user)})
    patch_vary_headers(response, ["HX-Request"])
    return response


@agent_required
@require_POST
def unread(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Show this agent the dot again."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=thread_id)
    thread.mark_unread(by=request.user)
    return respond(request, "", {}, to=back_to(request))
