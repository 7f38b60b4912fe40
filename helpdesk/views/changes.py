"""Many threads in one go: choosing what to do, doing it, and taking it back."""

from typing import Any

from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from accounts.models import Agent
from helpdesk.absences import absence_of, sentence_of
from helpdesk.changing import move_of
from helpdesk.chrome import statuses_of
from helpdesk.models import CloseReason, Contact, Priority, ThreadChange, ThreadTag
from helpdesk.models.moves import SetAssignee
from helpdesk.models.thread_change import MOST
from helpdesk.selection import Selection

SHOWN = 100


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: AgentRequest) -> HttpResponse:
    """The changes that can still be undone; or (POST) one more."""
    if request.method == "POST":
        return _make(request)
    changes = ThreadChange.objects.visible_to(request.user).recent()[:SHOWN]
    return render(request, "helpdesk/changes/index.html", {"changes": changes})


def _make(request: AgentRequest) -> HttpResponse:
    selection = Selection.read(request.user, request.POST)
    if not selection.is_all and not selection.ids:
        toasts.warning(request, _("Tick some threads first."))
        return SeeOther(_queue(selection.query))
    try:
        move = move_of(request.POST, request.user)
    except ValueError as error:
        return _choices(request, selection, error=str(error), status=400)
    done = ThreadChange.objects.make(selection.threads, move, by=request.user)
    if isinstance(move, SetAssignee) and move.agent and move.agent != request.user and (away := absence_of(move.agent)):
        toasts.warning(request, sentence_of(away))
    if request.htmx:  # a key in the queue: the list stays, the way back comes below it
        return render(request, "helpdesk/changes/_undo.html", {"change": done, "query": selection.query})
    return SeeOther(_queue(selection.query, changed=done.pk))


def _queue(query: str, **more: Any) -> str:
    """The queue that the agent came from."""
    whole = "&".join(part for part in (query, urlencode(more)) if part)
    return reverse("helpdesk:queue") + (f"?{whole}" if whole else "")


@agent_required
@require_safe
def new(request: AgentRequest) -> HttpResponse:
    """What can be done with the chosen threads: the menus of the queue's bar, or a page without script."""
    return _choices(request, Selection.read(request.user, request.GET))


def _choices(request: AgentRequest, selection: Selection, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "selection": selection,
        "back": _queue(selection.query),
        "most": MOST,
        "error": error,
        "statuses": statuses_of(request),
        "reasons": CloseReason.asked_for(),
        "priorities": list(reversed(Priority.choices)),
        "people": Agent.objects.active(),
        "contacts": Contact.objects.active(),
    }
    if request.htmx:
        return render(request, "helpdesk/changes/_menus.html", context, status=status)
    return render(request, "helpdesk/changes/new.html", {**context, **_tags_on(selection)}, status=status)


@agent_required
@require_safe
def tags(request: AgentRequest) -> HttpResponse:
    """The tags of the chosen threads, for the menu of the queue's bar."""
    selection = Selection.read(request.user, request.GET)
    return render(request, "helpdesk/changes/_tags.html", _tags_on(selection))


def _tags_on(selection: Selection) -> dict[str, Any]:
    """What the list of tags needs."""
    return {"tags": ThreadTag.objects.counted_on(selection.threads), "all": selection.count}


@agent_required
@require_POST
def undo(request: AgentRequest, change_id: int) -> HttpResponse:
    """Make the threads as they were before."""
    done = get_object_or_404(ThreadChange.objects.visible_to(request.user), pk=change_id)
    try:
        count = done.undo(by=request.user)
    except ValueError as error:
        toasts.error(request, str(error))
    else:
        said = ngettext("Undone for %(n)s thread.", "Undone for %(n)s threads.", count) % {"n": count}
        if left := done.count - count:
            rest = ngettext("%(n)s was changed since and stays.", "%(n)s were changed since and stay.", left)
            said = f"{said} {rest % {'n': left}}"
        toasts.success(request, said)
    return SeeOther(_queue(Selection.read(request.user, request.POST).query))
