"""The reasons for closing: whether they are asked for, and which there are."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import supervisor_required
from accounts.history import changes
from helpdesk.forms_reasons import AskForm, ReasonForm
from helpdesk.models import CloseReason, DeskSettings


@supervisor_required
def index(request: HttpRequest) -> HttpResponse:
    """The list, a form for one more, and the switch; a POST adds one."""
    form = ReasonForm(request.POST if request.method == "POST" else None, instance=CloseReason())
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("“%(title)s” is saved.") % {"title": form.save()})
        return redirect("helpdesk:reasons")
    return render(request, "settings/reasons.html", _context(form))


def _context(form: ReasonForm) -> dict[str, Any]:
    rows = list(CloseReason.objects.all())
    return {
        "section": "reasons",
        "form": form,
        "ask": AskForm(instance=DeskSettings.load()),
        "forms": [ReasonForm(instance=row) for row in rows if row.archived_at is None],
        "archived": [row for row in rows if row.archived_at is not None],
        "history": [(row, changes(row, limit=3)) for row in rows if row.archived_at is None],
    }


@supervisor_required
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Whether closing asks for a reason."""
    form = AskForm(request.POST, instance=DeskSettings.fresh())
    form.save()
    messages.success(request, _("The settings are saved."))
    return redirect("helpdesk:reasons")


@supervisor_required
@require_POST
def edit(request: HttpRequest, reason_id: int) -> HttpResponse:
    """Rename one; with `archive` or `restore` take it out of the list or back."""
    reason = get_object_or_404(CloseReason, pk=reason_id)
    if "archive" in request.POST or "restore" in request.POST:
        reason.archive() if "archive" in request.POST else reason.restore()
        return redirect("helpdesk:reasons")
    form = ReasonForm(request.POST, instance=reason)
    if form.is_valid():
        messages.success(request, _("“%(title)s” is saved.") % {"title": form.save()})
    else:
        messages.error(request, next(str(errors[0]) for errors in form.errors.values()))
    return redirect("helpdesk:reasons")
