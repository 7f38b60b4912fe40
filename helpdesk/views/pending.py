"""Putting a thread off until a date, and taking the date away again. POST only."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import AgentRequest, agent_required
from helpdesk.forms_pending import SnoozeForm
from helpdesk.views.controls import answer
from helpdesk.views.thread import visible


@agent_required
@require_POST
def snooze(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Until a date; with `undo` no longer."""
    thread = visible(request, thread_id)
    if "undo" in request.POST:
        thread.forget_wake(by=request.user)
        return answer(request, thread)
    form = SnoozeForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            thread.snooze(
                said["when"], by=request.user, note=said["note"], promise=said["promise"], status=said["status"]
            )
        except ValueError as error:
            form.add_error("at", str(error))
    return answer(request, thread, form)
