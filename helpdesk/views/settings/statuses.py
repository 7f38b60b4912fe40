"""What the four statuses are called and mean here."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import supervisor_required
from accounts.history import changes
from helpdesk.forms_settings import StatusForm
from helpdesk.models import Contact, DeskSettings, StatusLabel, Thread


@supervisor_required
def edit(request: HttpRequest) -> HttpResponse:
    """All four in one form; the keys stay."""
    rows = StatusLabel.all_by_status()
    data = request.POST if request.method == "POST" else None
    forms = [StatusForm(data, instance=row) for row in rows.values()]
    if request.method == "POST" and all(form.is_valid() for form in forms):
        for form in forms:
            form.save()
        messages.success(request, _("The statuses are saved."))
        return redirect("helpdesk:statuses")
    refused = any(form.errors for form in forms)
    history = [(row, changes(row, limit=5)) for row in StatusLabel.objects.all()]
    context = {"section": "statuses", "forms": forms, "refused": refused, "history": history, **_by_themselves()}
    return render(request, "settings/statuses.html", context)


def _by_themselves() -> dict[str, Any]:
    """What is done without anybody's hand: who closes, what follows a reply, and how many threads it is today."""
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {
        "closers": Contact.objects.active().filter(close_after_days__gt=0),
        "after_reply": StatusLabel.all_by_status()[DeskSettings.load().after_reply],
        "waking": Thread.objects.on_desk().due_to_wake(midnight).count(),
        "closing": Thread.objects.due_to_close(midnight).count(),
        "telling": Thread.objects.quiet(now).count(),
    }
