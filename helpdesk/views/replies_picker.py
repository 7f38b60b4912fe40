"""Predefined replies beside the composer: find one, look at it filled in, put it into the text."""

from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from helpdesk import html as markup
from helpdesk.models import Draft, PredefinedReply, Thread
from helpdesk.models.reply import PredefinedReplyQuerySet
from helpdesk.placeholders import values_for
from helpdesk.views.attachments import draft_of
from helpdesk.views.thread import thread_path, visible

SHOWN = 30


def usable(thread: Thread) -> PredefinedReplyQuerySet:
    """The replies of the thread's contact."""
    return PredefinedReply.objects.for_contact(thread.contact)


def filled(thread: Thread, reply: PredefinedReply, request: AgentRequest) -> tuple[str, list[str]]:
    """Its clean HTML with the thread's values, and the names that have none."""
    html, missing = reply.fill(values_for(thread, agent=request.user), language=thread.language)
    return markup.clean_reply(html), missing


@agent_required
@require_safe
def index(request: AgentRequest, thread_id: int) -> HttpResponse:
    """The replies that match ?q=: title, folder, shortcut or words of the text."""
    thread, query = visible(request, thread_id), request.GET.get("q", "").strip().removeprefix("/")
    found = usable(thread)
    if query:
        words = Q(title__icontains=query) | Q(folder__icontains=query) | Q(shortcut__icontains=query)
        found = found.filter(words | Q(bodies__icontains=query))
    replies = list(found[:SHOWN])
    replies.sort(key=lambda one: one.shortcut != query)
    context = {"thread": thread, "replies": replies, "query": query, "mode": request.GET.get("mode", "reply")}
    part = "_reply_options.html" if "options" in request.GET else "_replies.html"
    template = part if request.htmx else "replies.html"
    return render(request, f"helpdesk/thread/{template}", context)


@agent_required
@require_safe
def preview(request: AgentRequest, thread_id: int, reply_id: int) -> HttpResponse:
    """One reply with its values; those that are missing stand out."""
    thread = visible(request, thread_id)
    reply = get_object_or_404(usable(thread), pk=reply_id)
    html, missing = filled(thread, reply, request)
    context = {"reply": reply, "body": markup.mark_placeholders(html), "missing": missing}
    return render(request, "helpdesk/thread/_reply_preview.html", context)


@agent_required
@require_POST
def use(request: AgentRequest, thread_id: int) -> JsonResponse:
    """{"html", "missing"} of the reply with this `reply` id or `shortcut`, and one more use counted."""
    thread = visible(request, thread_id)
    shortcut, pk = request.POST.get("shortcut", ""), request.POST.get("reply", "")
    wanted = usable(thread).filter(shortcut__iexact=shortcut) if shortcut else usable(thread).filter(pk=pk or 0)
    reply = wanted.first()
    if reply is None:
        return JsonResponse({"html": "", "missing": []})
    html, missing = filled(thread, reply, request)
    reply.count_use()
    Draft.remember_use(thread, reply.pk, by=request.user)
    return JsonResponse({"html": html, "missing": missing})


@agent_required
@require_POST
def insert(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Without JavaScript: put the reply below the draft's text, or with `replace` in its place."""
    thread, mode = visible(request, thread_id), request.POST.get("mode", "reply")
    pk = request.POST.get("reply", "")
    reply = get_object_or_404(usable(thread), pk=pk if pk.isdigit() else 0)
    html, _missing = filled(thread, reply, request)
    draft_of(request, thread, mode).append(html, replace="replace" in request.POST)
    reply.count_use()
    if mode == "reply":
        Draft.remember_use(thread, reply.pk, by=request.user)
    return SeeOther(thread_path(thread.pk, mode=mode))
