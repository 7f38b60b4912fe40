"""The shop, the contact form, the default message, and what happens around a reply."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.access import supervisor_required
from accounts.history import changes
from helpdesk.forms_settings import DeskForm
from helpdesk.models import Contact, DeskSettings


@supervisor_required
def edit(request: HttpRequest) -> HttpResponse:
    """The one row of desk settings."""
    desk = DeskSettings.fresh()
    form = DeskForm(request.POST if request.method == "POST" else None, instance=desk)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The settings are saved."))
        return redirect("helpdesk:desk")
    context = {
        "section": "desk",
        "form": form,
        "desk_row": desk,
        "changes": changes(desk),
        "contact": Contact.objects.active().first(),
    }
    return render(request, "settings/desk.html", context)
