"""Security and data: what customers ask for under the law, how long things are kept, who did what."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import AgentRequest, supervisor_required
from accounts.http import SeeOther
from crm import purging
from crm.forms_preferences import KeepingForm, RequestForm
from crm.models import Cart, PrivacyRequest, RecordEvent, RecordSettings

LINES = 25


@supervisor_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: AgentRequest) -> HttpResponse:
    """The page; POST saves how long things are kept."""
    form = KeepingForm(request.POST if request.method == "POST" else None, instance=RecordSettings.fresh())
    if request.method == "POST" and form.is_valid():
        form.save_by(request.user)
        messages.success(request, _("The settings are saved."))
        return SeeOther(reverse("crm:privacy"))
    return _page(request, status=400 if form.errors else 200, form=form)


@supervisor_required
@require_POST
def note(request: AgentRequest) -> HttpResponse:
    """Write a request down."""
    asked = RequestForm(request.POST)
    if asked.is_valid():
        try:
            asked.save(by=request.user)
        except ValueError as error:
            asked.add_error("received_on", str(error))
    if asked.errors:
        return _page(request, status=400, asked=asked)
    messages.success(request, _("The request is written down."))
    return SeeOther(reverse("crm:privacy"))


@supervisor_required
@require_POST
def finish(request: AgentRequest, request_id: int) -> HttpResponse:
    """A request is answered."""
    get_object_or_404(PrivacyRequest, pk=request_id).finish(by=request.user)
    messages.success(request, _("The request is answered."))
    return SeeOther(reverse("crm:privacy"))


def _page(request: AgentRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    form = forms.get("form") or KeepingForm(instance=RecordSettings.fresh())
    requests = PrivacyRequest.objects.select_related("customer").prefetch_related("customer__emails")
    told = RecordEvent.objects.select_related("customer", "by").prefetch_related("customer__emails")
    context = {
        "section": "privacy",
        "form": form,
        "asked": forms.get("asked") or RequestForm(initial={"received_on": timezone.localdate()}),
        "open": requests.open(),
        "done": requests.exclude(done_at=None)[:10],
        "kept": _kept(form),
        "audit": Paginator(told, LINES).get_page(request.GET.get("page")),
    }
    return render(request, "settings/privacy.html", context, status=status)


def _kept(form: KeepingForm) -> list[dict[str, Any]]:
    """What is kept for a time, what happens then, and how many it will be tonight."""
    return [
        {"field": form["cart_days"], "then": _("Are deleted"), "tonight": Cart.objects.outdated().count()},
        {"field": form["visit_days"], "then": _("Are deleted"), "tonight": purging.old_visits().count()},
        {"field": form["bin_days"], "then": _("Are deleted for good"), "tonight": purging.gone_customers().count()},
    ]
