"""Predefined replies beside the composer: find one, look at it filled in, put it into the text."""

from django.contrib import messages as toasts
from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther, go
from accounts.typed import number
from helpdesk import html as markup
from helpdesk.models import Draft, PredefinedReply, StatusLabel, Thread
from helpdesk.models.reply import PredefinedReplyQuerySet
from helpdesk.placeholders import values_for
from helpdesk.views.attachments import draft_of
from helpdesk.views.thread import origin, thread_path, visible

SHOWN = 30
SUGGESTED = 3


def usable(thread: Thread) -> PredefinedReplyQuerySet:
    """The replies of the thread's contact, those that fit its status first."""
    return PredefinedReply.objects.fitting(thread.contact, thread.status)


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
    replies = list(found.prefetch_related("tags").select_related("assignee")[:SHOWN])
    replies.sort(key=lambda one: one.shortcut != query)
    context = {
        "thread": thread,
        "replies": replies,
        "query": query,
        "suggested": 0 if query else SUGGESTED,
        "mode": request.GET.get("mode", "reply"),
    }
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
    shortcut, pk = request.POST.get("shortcut", ""), number(request.POST.get("reply", ""))
    reply = usable(thread).filter(Q(shortcut__iexact=shortcut) if shortcut else Q(pk=pk)).first()
    if reply is None:
        return JsonResponse({"html": "", "missing": []})
    html, missing = filled(thread, reply, request)
    reply.count_use(thread.contact, thread.status)
    Draft.remember_use(thread, reply.pk, by=request.user)
    said = {"html": html, "missing": missing}
    return JsonResponse(said | ({"macro": reply.pk, "does": sentence_of(reply)} if reply.does_more else {}))


def sentence_of(reply: PredefinedReply) -> str:
    """What a reply does besides its text, in words."""
    done = [f"+ {tag}" for tag in reply.tags.all()]
    if reply.then:
        done.insert(0, StatusLabel.all_by_status()[reply.then].label)
    if reply.assignee:
        done.append(str(reply.assignee))
    return _("When sent: %(what)s") % {"what": ", ".join(done)}


@agent_required
@require_POST
def send(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Answer with a reply as it is, and do what else it does, in one step; it can be taken back like any other."""
    thread = visible(request, thread_id)
    reply = get_object_or_404(usable(thread), pk=number(request.POST.get("reply", "")))
    html, missing = filled(thread, reply, request)
    query = {"from": origin(request)}
    if missing:
        toasts.error(request, _("A value is missing: fill in “%(name)s” before sending.") % {"name": missing[0]})
        return go(request, thread_path(thread.pk, **query))
    status = thread.status
    try:
        message = thread.reply(html=html, by=request.user, cc=thread.cc, macro=reply)
    except ValueError as problem:
        toasts.error(request, str(problem))
        return go(request, thread_path(thread.pk, **query))
    reply.count_use(thread.contact, status)
    return go(request, thread_path(thread.pk, sent=message.pk, **query))


@agent_required
@require_POST
def insert(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Without JavaScript: put the reply below the draft's text, or with `replace` in its place."""
    thread, mode = visible(request, thread_id), request.POST.get("mode", "reply")
    reply = get_object_or_404(usable(thread), pk=number(request.POST.get("reply", "")))
    html, _missing = filled(thread, reply, request)
    draft_of(request, thread, mode).append(html, replace="replace" in request.POST)
    reply.count_use(thread.contact, thread.status)
    if mode == "reply":
        Draft.remember_use(thread, reply.pk, by=request.user)
    return SeeOther(thread_path(thread.pk, mode=mode))
