"""When somebody is away: their own page, and a supervisor's for everybody."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.access import AgentRequest, agent_required
from accounts.models import Absence, Agent
from helpdesk.absences import absence_of
from helpdesk.forms_team import AbsenceForm
from helpdesk.models import Thread

SHOWN = 10


@agent_required
def edit(request: AgentRequest, agent_id: int) -> HttpResponse:
    """Announce an absence, or with `end` say that they are back. One's own, or anybody's for supervisors."""
    agent = get_object_or_404(Agent.objects.active(), pk=agent_id)
    if agent.pk != request.user.pk and not request.user.is_supervisor:
        raise PermissionDenied
    if request.method == "POST" and "end" in request.POST:
        for one in Absence.objects.filter(agent=agent, ended_on=None):
            one.end()
        messages.success(request, _("%(name)s is back.") % {"name": agent})
        return redirect("helpdesk:absence", agent.pk)
    form = AbsenceForm(request.POST if request.method == "POST" else None, agent=agent)
    if request.method == "POST" and form.is_valid():
        Absence.objects.announce(agent, by=request.user, **form.cleaned_data)
        messages.success(request, _("The absence is saved."))
        return redirect("helpdesk:absence", agent.pk)
    return render(request, "settings/absence.html", _context(agent, form))


def _context(agent: Agent, form: AbsenceForm) -> dict[str, object]:
    return {
        "section": "team",
        "agent": agent,
        "form": form,
        "current": absence_of(agent),
        "past": agent.absences.select_related("deputy", "by")[:SHOWN],
        "waiting": Thread.objects.open().filter(assignee=agent).count(),
    }
