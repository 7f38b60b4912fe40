"""Predefined replies: list by folder, form, deleting and bringing back."""

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import supervisor_required
from accounts.history import changes
from helpdesk import placeholders
from helpdesk.forms_replies import ReplyTextForm
from helpdesk.models import PredefinedReply


@supervisor_required
def index(request: HttpRequest) -> HttpResponse:
    """The first reply's form beside the list; an empty form where there is none."""
    first = found(request).first()
    return show(request, first or PredefinedReply())


def found(request: HttpRequest) -> QuerySet[PredefinedReply]:
    """Replies whose title, folder or shortcut holds ?q=."""
    return PredefinedReply.objects.search(request.GET.get("q", ""))


@supervisor_required
def edit(request: HttpRequest, reply_id: int | None = None) -> HttpResponse:
    """One reply, or a new one."""
    return show(request, get_object_or_404(PredefinedReply, pk=reply_id) if reply_id else PredefinedReply())


def show(request: HttpRequest, reply: PredefinedReply) -> HttpResponse:
    """The page of a reply; saves what was posted."""
    form = ReplyTextForm(request.POST if request.method == "POST" else None, instance=reply)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("“%(title)s” is saved.") % {"title": saved.title})
        return redirect("helpdesk:predefined_reply", saved.pk)
    languages = [
        {"code": code, "name": name, "field": form[f"body_{code}"], "text": form.typed(code), "html": form.rich(code)}
        for code, name in settings.CUSTOMER_LANGUAGES
    ]
    context = {
        "section": "replies",
        "form": form,
        "reply": reply,
        "replies": found(request),
        "q": request.GET.get("q", ""),
        "languages": languages,
        "placeholders": placeholders.NAMES,
        "changes": changes(reply) if reply.pk else [],
    }
    return render(request, "settings/reply.html", context)


@supervisor_required
def delete(request: HttpRequest, reply_id: int) -> HttpResponse:
    """Delete a reply, after asking; it can be brought back."""
    reply = get_object_or_404(PredefinedReply, pk=reply_id)
    if request.method != "POST":
        return render(request, "settings/reply_delete.html", {"section": "replies", "reply": reply})
    reply.delete()
    messages.success(request, _("“%(title)s” is deleted.") % {"title": reply.title})
    request.session["deleted_reply"] = reply_id
    return redirect("helpdesk:replies")


@supervisor_required
@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Bring back the reply that this session deleted last."""
    reply = PredefinedReply.bring_back(request.session.pop("deleted_reply", 0))
    if reply is None:
        return redirect("helpdesk:replies")
    messages.success(request, _("“%(title)s” is back.") % {"title": reply.title})
    return redirect("helpdesk:predefined_reply", reply.pk)
