"""Who is needed when: the threads to expect next week, and the error of the past weeks beside them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import AgentRequest, agent_required
from helpdesk.statistics.forecast import Forecast
from helpdesk.views.week import contacts_of


@agent_required
@require_safe
def show(request: AgentRequest) -> HttpResponse:
    """?contact= short names; nothing is all contacts that the agent sees."""
    contacts, chosen = contacts_of(request)
    forecast = Forecast([one.pk for one in chosen or contacts])
    context = {"forecast": forecast, "contacts": contacts, "slugs": {one.slug for one in chosen}}
    return render(request, "helpdesk/statistics/staffing.html", context)
