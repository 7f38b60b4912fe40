"""What is the same for every list: which columns an agent sees."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther, back_to
from crm.models import ColumnChoice


@agent_required
@require_POST
def columns(request: AgentRequest, table: str) -> HttpResponse:
    """Remember the columns that were ticked, or forget the choice."""
    if "reset" in request.POST:
        ColumnChoice.objects.forget(table[:32], by=request.user)
    else:
        ColumnChoice.objects.remember(table[:32], request.POST.getlist("columns")[:100], by=request.user)
    return SeeOther(back_to(request, otherwise=reverse("helpdesk:queue")))
