"""What an agent chose to see: theme, density, order of the queue."""

from django.http import HttpResponse, HttpResponseBadRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import AgentRequest, agent_required
from accounts.http import respond
from helpdesk.returning import back_to

FIELDS = ("theme", "density", "queue_sort", "thread_order")


@agent_required
@require_POST
def change(request: AgentRequest) -> HttpResponse:
    """Remember the choices that were sent."""
    try:
        request.user.prefer(**{name: request.POST[name] for name in FIELDS if name in request.POST})
    except ValueError:
        return HttpResponseBadRequest(_("That is none of the choices. Go back and choose again."))
    return respond(request, "", {}, to=back_to(request))
