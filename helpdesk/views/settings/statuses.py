"""What the four statuses are called and mean here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.access import supervisor_required
from accounts.history import changes
from helpdesk.forms_settings import StatusForm
from helpdesk.models import StatusLabel


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
    context = {"section": "statuses", "forms": forms, "refused": refused, "history": history}
    return render(request, "settings/statuses.html", context)
