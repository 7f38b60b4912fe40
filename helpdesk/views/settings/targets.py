"""Targets: how soon customers shall be answered and their matters solved."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import AgentRequest, supervisor_required
from helpdesk.forms_targets import ClockForm, Targets, ThreadNumberForm
from helpdesk.models import DeskSettings, Target, Thread
from helpdesk.views.due import told


@supervisor_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AgentRequest) -> HttpResponse:
    """All targets and the rules of the clock in one form."""
    data = request.POST if request.method == "POST" else None
    lines, clock = Targets(data, queryset=Target.objects.all(), prefix="line"), ClockForm(data)
    if request.method == "POST" and lines.is_valid() and clock.is_valid():
        _save(lines, clock, request)
        messages.success(request, _("The targets are saved. Due times follow within seconds."))
        return redirect("helpdesk:targets")
    context = {
        "section": "targets",
        "lines": lines,
        "form": clock,
        "refused": data is not None,
        "warn_minutes": DeskSettings.load().warn_minutes,
        **_explanation(request),
    }
    return render(request, "settings/targets.html", context, status=400 if data is not None else 200)


@transaction.atomic
def _save(lines: Any, clock: ClockForm, request: AgentRequest) -> None:
    lines.save(commit=False)
    for target in lines.deleted_objects:
        target.remove(by=request.user)
    for target in (*lines.new_objects, *(one for one, _fields in lines.changed_objects)):
        target.put(by=request.user)
    clock.save()


def _explanation(request: AgentRequest) -> dict[str, Any]:
    """The clocks of the thread that was asked for."""
    form = ThreadNumberForm(request.GET if "thread" in request.GET else None)
    found = None
    if form.is_bound and form.is_valid():
        found = Thread.objects.visible_to(request.user).filter(pk=form.cleaned_data["thread"]).first()
        if found is None:
            form.add_error("thread", _("There is no thread with this number."))
    return {"why_form": form, "thread": found, "told": told(found) if found else None}
