"""How long the desk keeps what customers wrote: a part of the page of security and data, addressed by URL name."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import AgentRequest, supervisor_required
from helpdesk import purging
from helpdesk.models import DeskSettings


@supervisor_required
@require_safe
def show(request: AgentRequest) -> HttpResponse:
    """What it is, for how many days, what happens then and to how many tonight; a fragment for htmx, else a page."""
    days = DeskSettings.load().metadata_days
    rows = [
        (_("IP address and browser of messages"), days, _("Are emptied"), purging.old_metadata().count()),
        (_("Threads in the bin"), purging.BIN_DAYS, _("Are deleted with their files"), purging.old_bin().count()),
    ]
    template = "settings/_kept.html" if request.htmx else "settings/kept.html"
    return render(request, template, {"rows": rows, "section": "privacy"})
