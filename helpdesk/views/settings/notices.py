"""What tells me: each agent's own choice."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import AgentRequest, agent_required
from accounts.models import Agent
from helpdesk.forms_notices import NoticesForm


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AgentRequest) -> HttpResponse:
    """Kinds of notices, in which ways, and the mails that come by the clock."""
    agent = Agent.objects.get(pk=request.user.pk)
    form = NoticesForm(request.POST if request.method == "POST" else None, agent=agent)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("What tells you is saved."))
        return redirect("helpdesk:notice_settings")
    return render(request, "settings/notices.html", {"section": "notices", "form": form})
