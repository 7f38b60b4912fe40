"""What agents do with a thread: one small view for each verb."""

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import AgentRequest, agent_required
from accounts.models import Agent
from helpdesk.http import respond
from helpdesk.models import Thread
from helpdesk.returning import back_to


@agent_required
@require_POST
def status(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Set the thread's status to the field `status`."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=thread_id)
    try:
        thread.set_status(request.POST.get("status", ""), by=request.user)
    except ValueError:
        return HttpResponseBadRequest(_("That is no status. Go back and choose one of the four."))
    return respond(request, "", {}, to=back_to(request))


@agent_required
@require_POST
def assignment(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Put the agent with the id in the field `assignee` in charge; an empty one releases the thread."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=thread_id)
    asked = request.POST.get("assignee", "")
    to = get_object_or_404(Agent.objects.active(), pk=asked) if asked.isdigit() else None
    try:
        thread.assign(to, by=request.user)
    except ValueError:
        return HttpResponseBadRequest(_("That person does not belong to this contact. Choose somebody else."))
    return respond(request, "", {}, to=back_to(request))
