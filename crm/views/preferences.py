"""The shop's choices about records."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import AgentRequest, supervisor_required
from accounts.history import changes
from accounts.http import SeeOther
from crm.forms_preferences import PreferencesForm, requirable
from crm.models import RecordSettings, TitleUse
from crm.models.shop import BUSINESS_FIELDS


@supervisor_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AgentRequest) -> HttpResponse:
    """Which fields there are, which are required, and how the form of a new customer looks then."""
    records = RecordSettings.fresh()
    form = PreferencesForm(request.POST if request.method == "POST" else None, instance=records)
    if request.method == "POST" and form.is_valid():
        form.save_by(request.user)
        messages.success(request, _("The settings are saved."))
        return SeeOther(reverse("crm:preferences"))
    chosen = {name for name in ("business", "birthdays") if form[name].value()}
    context = {
        "section": "preferences",
        "form": form,
        "changes": changes(records),
        "preview": _preview(chosen, form["title_use"].value(), form["required_customer"].value() or []),
    }
    return render(request, "settings/preferences.html", context, status=400 if form.errors else 200)


@supervisor_required
@require_safe
def preview(request: AgentRequest) -> HttpResponse:
    """How the form of a new customer would look with the choices of the address."""
    chosen = {name for name in ("business", "birthdays") if name in request.GET}
    required = request.GET.getlist("required_customer")
    fields = _preview(chosen, request.GET.get("title_use", ""), required)
    return render(request, "settings/_form_preview.html", {"preview": fields})


def _preview(chosen: set[str], title_use: str, required: list[str]) -> list[tuple[str, bool]]:
    """The fields of the form with whether each is required."""
    off = set() if "business" in chosen else set(BUSINESS_FIELDS)
    if "birthdays" not in chosen:
        off.add("birthday")
    if title_use == TitleUse.OFF:
        off.add("title")
    return [(label, name in required) for name, label in requirable() if name not in off]
