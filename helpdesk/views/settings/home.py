"""The door of the settings: everybody's own first page."""

from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.access import AgentRequest, agent_required


@agent_required
def enter(request: AgentRequest) -> HttpResponse:
    """Supervisors to the contacts; agents to their profile, which is all they may set."""
    return redirect("helpdesk:contacts" if request.user.is_supervisor else "accounts:profile")
