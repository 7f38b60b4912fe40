"""The page of a thread and the fragments it is made of."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther, inside
from accounts.typed import number
from helpdesk import context as shop
from helpdesk import queues, timeline
from helpdesk.absences import people_of
from helpdesk.chrome import desk_of, statuses_of
from helpdesk.composer import composer_for, forward_choices
from helpdesk.filters import Filters
from helpdesk.forms_pending import quick_choices
from helpdesk.models import (
    AddressProposal,
    CloseReason,
    Contact,
    DeskSettings,
    Folder,
    Message,
    OutgoingState,
    Priority,
    StatusLabel,
    Thread,
    ThreadQuerySet,
    ThreadTag,
)
from helpdesk.panel import panel_of
from helpdesk.purging import BIN_DAYS
from helpdesk.statistics.exchanges import solved_in

OWN_QUERY = ("mode", "sent", "images", "options", "q")
JOINS = ("contact", "customer", "assignee", "order")  # few threads are about a product or a cart


def threads_of(request: HttpRequest) -> ThreadQuerySet:
    """The threads that this agent may see, with all that a page shows of one."""
    threads = Thread.objects.visible_to(request.user).select_related(*JOINS)  # type: ignore[arg-type]
    return threads.annotate(has_proposal=AddressProposal.objects.waits_in("pk"))


def visible(request: HttpRequest, thread_id: int) -> Thread:
    """The thread, if this agent may see it; else 404."""
    return get_object_or_404(threads_of(request), pk=thread_id)


def thread_path(thread_id: int, **query: Any) -> str:
    """The page of a thread, with what is not empty in its query string."""
    kept = {key: value for key, value in query.items() if value}
    path = reverse("helpdesk:thread", args=[thread_id])
    return f"{path}?{urlencode(kept)}" if kept else path


def origin(request: HttpRequest) -> str:
    """The query string of the queue that the agent came from: in `from`, else what else stands in the page's own."""
    named = request.POST.get("from") or request.GET.get("from")
    if named is not None or request.method != "GET":
        return named or ""
    rest = request.GET.copy()
    for own in OWN_QUERY:
        rest.pop(own, None)
    return rest.urlencode()


def header_context(
    thread: Thread, labels: dict[str, StatusLabel], desk: DeskSettings, *, said: list[Message] | None = None
) -> dict[str, Any]:
    """What _header.html needs; `said` are all messages that were not taken back, where they are at hand."""
    return {
        "thread": thread,
        "desk": desk,
        "labels": labels,
        "status_label": labels[thread.status],
        "tags": thread.tags.all(),
        "bin_days": BIN_DAYS,
        "folders": Folder,
        "currency": shop.main_currency(),
        "solved": solved_in(thread, said),
        "proposal": AddressProposal.objects.waiting_in(thread) if getattr(thread, "has_proposal", True) else None,
    }


def page_context(request: AgentRequest, thread: Thread, **extra: Any) -> dict[str, Any]:
    """Everything of the page. `extra` goes before, as a composer with an error in it."""
    desk, labels = desk_of(request), statuses_of(request)
    mode = extra.pop("mode", request.GET.get("mode", ""))
    entries = timeline.entries(thread, reader=request.user, read_at=getattr(thread, "read_at", None))
    said = [entry.message for entry in entries if entry.message]
    newest = max((message.pk for message in said), default=0)
    composer = extra.pop("composer", None) or composer_for(
        thread,
        request.user,
        mode,
        desk=desk,
        labels=labels,
        last_message=newest,
        said=said,
    )
    forward = forward_choices(thread, composer.form) if composer.mode == "forward" else {}
    return {
        **header_context(thread, labels, desk, said=said),
        "entries": entries,
        "composer": composer,
        "undo": undo_of(request, entries),
        "from_query": origin(request),
        **forward,
        **extra,
    }


def undo_of(request: AgentRequest, entries: list[timeline.Entry]) -> Message | None:
    """The agent's message named in the query string, as long as it can be taken back: of this thread or another."""
    sent = number(request.GET.get("sent", ""))
    if not sent:
        return None
    for entry in entries:
        if entry.message and entry.message.pk == sent and entry.leaves_in:
            entry.message.seconds_left = entry.leaves_in  # type: ignore[attr-defined]
            return entry.message
    waiting = Message.objects.current().filter(author=request.user, outgoing__state=OutgoingState.QUEUED)
    waiting = waiting.filter(outgoing__attempts=0, outgoing__not_before__gt=timezone.now())
    message = waiting.select_related("outgoing", "thread__customer").filter(pk=sent).first()
    if message is not None:
        left = message.outgoing.not_before - timezone.now()
        message.seconds_left = int(left.total_seconds()) + 1  # type: ignore[attr-defined]
    return message


def page(request: AgentRequest, thread: Thread, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The whole page."""
    context = page_context(request, thread, **extra)
    return render(request, "helpdesk/thread.html", context, status=status)


@agent_required
@require_safe
def show(request: AgentRequest, thread_id: int) -> HttpResponse:
    """The page. Opening it marks the thread as read for this agent only."""
    threads = threads_of(request).with_read_at(request.user)
    thread = get_object_or_404(shop.with_standing(threads), pk=thread_id)
    if thread.merged_into_id:
        return SeeOther(thread_path(thread.merged_into_id))
    response = page(request, thread)
    if thread.inbound_at and (thread.read_at is None or thread.read_at < thread.inbound_at):
        thread.mark_read(by=request.user)
    return response


@agent_required
@require_safe
def conversation(request: AgentRequest, thread_id: int) -> HttpResponse:
    """The messages and events alone, for live updates."""
    thread = visible(request, thread_id)
    entries = timeline.entries(thread, reader=request.user, read_at=timezone.now())
    context = {
        "thread": thread,
        "entries": entries,
        "labels": statuses_of(request),
        "from_query": origin(request),
    }
    return render(request, "helpdesk/thread/_conversation.html", context)


@agent_required
@require_safe
def header(request: AgentRequest, thread_id: int) -> HttpResponse:
    """The head alone, for live updates."""
    return render_header(request, get_object_or_404(shop.with_standing(threads_of(request)), pk=thread_id))


def render_header(request: AgentRequest, thread: Thread, **extra: Any) -> HttpResponse:
    """The head as it is now."""
    desk = desk_of(request)
    context = {**header_context(thread, statuses_of(request), desk), "from_query": origin(request), **extra}
    return render(request, "helpdesk/thread/_header.html", context)


@agent_required
@require_safe
def composer(request: AgentRequest, thread_id: int) -> HttpResponse:
    """The composer alone, in the mode that is asked for."""
    return render_composer(request, visible(request, thread_id), request.GET.get("mode", ""))


def render_composer(request: AgentRequest, thread: Thread, mode: str, **options: Any) -> HttpResponse:
    """The composer as a fragment; `options` as for composer_for."""
    desk = desk_of(request)
    made = options.pop("composer", None) or composer_for(
        thread, request.user, mode, desk=desk, labels=statuses_of(request), **options
    )
    forward = forward_choices(thread, made.form) if made.mode == "forward" else {}
    context = {"thread": thread, "composer": made, "desk": desk, "from_query": origin(request), **forward}
    return render(request, "helpdesk/thread/_composer.html", {**context, "is_open": True})


@agent_required
@require_safe
def panel(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Beside the thread: the customer with orders and cart, what it is about, and the other threads."""
    return render_panel(request, visible(request, thread_id))


def render_panel(request: AgentRequest, thread: Thread, **extra: Any) -> HttpResponse:
    """What stands beside, as it is now; `problem` says why the last change was not made."""
    shown = {**panel_of(thread, request.user), "labels": statuses_of(request), "desk": desk_of(request)}
    shown |= {"sees_ip": request.user.is_supervisor, **extra}
    return render(request, "helpdesk/thread/_panel.html", shown)


@agent_required
@require_safe
def beside(request: AgentRequest, thread_id: int) -> HttpResponse:
    """The list of the queue at the left."""
    thread = visible(request, thread_id)
    threads = queues.page(request.user, Filters.read(origin(request))).threads
    context = {
        "thread": thread,
        "threads": threads,
        "labels": statuses_of(request),
        "from_query": origin(request),
    }
    return render(request, "helpdesk/thread/_beside.html", context)


@agent_required
@require_safe
def step(request: AgentRequest, thread_id: int, to: str) -> HttpResponse:
    """On to the next or the previous thread of the queue; to the queue at its end."""
    thread = visible(request, thread_id)
    before, behind = queues.neighbours(request.user, origin(request), of=thread)
    found = behind if to == "next" else before
    if found is None:
        query = origin(request)
        return SeeOther(reverse("helpdesk:queue") + (f"?{query}" if query else ""))
    return SeeOther(thread_path(found.pk, **{"from": origin(request)}))


@agent_required
@require_safe
def choices(request: AgentRequest, thread_id: int, what: str) -> HttpResponse:
    """The choices behind a button of the head: a fragment for its menu, a page without JavaScript."""
    thread = visible(request, thread_id)
    context = {
        "thread": thread,
        "what": what,
        "people": people_of(thread.contact) if what == "assignee" else [],
        "contacts": Contact.objects.active() if what == "contact" else [],
        "tags": ThreadTag.objects.counted_on(Thread.objects.filter(pk=thread.pk)) if what == "tags" else [],
        "times": quick_choices(timezone.localtime()) if what == "snooze" else {},
        "priorities": list(reversed(Priority.choices)) if what == "priority" else [],
        "reasons": CloseReason.in_use() if what == "closing" else [],
        "next": inside(request, request.GET.get("next", "")),
        "from_query": origin(request),
    }
    template = "_choices.html" if request.htmx else "choices.html"
    return render(request, f"helpdesk/thread/{template}", context)
