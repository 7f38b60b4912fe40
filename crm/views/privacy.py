"""Security and data: what customers ask for under the law, how long things are kept, who did what."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import AgentRequest, supervisor_required
from accounts.http import SeeOther
from crm import purging
from crm.forms_preferences import KeepingForm, RequestForm
from crm.models import Cart, PrivacyRequest, RecordEvent, RecordSettings
from crm.tables import CSV, XLSX, Column, file_of
from crm.tables.paging import Order, all_of

LINES = 25
NEWEST_FIRST = Order(("at",), falls=True)
AUDIT = [
    Column("at", gettext_lazy("When")),
    Column("by", gettext_lazy("Who"), value=lambda event: str(event.by or "")),
    Column("kind", gettext_lazy("Did"), value=lambda event: event.get_kind_display()),
    Column("customer", gettext_lazy("About whom"), value=lambda event: str(event.customer or "")),
    Column("number", gettext_lazy("No."), value=lambda event: event.customer_id or ""),
    Column("ip_address", gettext_lazy("IP address"), value=lambda event: event.ip_address or ""),
    Column(
        "data",
        gettext_lazy("Details"),
        value=lambda event: "; ".join(f"{key}: {one}" for key, one in event.data.items()),
    ),
]


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


@supervisor_required
@require_POST
def audit(request: AgentRequest) -> HttpResponseBase:
    """All that was written down, the newest first, as a file; that it was made is written down too."""
    kind = XLSX if request.POST.get("kind") == XLSX else CSV
    told, keys = _told(), [one.key for one in AUDIT]
    RecordEvent.objects.exported("audit", by=request.user, columns=keys, kind=kind, rows=told.count())
    return file_of(request, all_of(told, NEWEST_FIRST), AUDIT, _("Audit"), kind, bom=kind == CSV)


def _told() -> QuerySet[RecordEvent]:
    return RecordEvent.objects.select_related("customer", "by").prefetch_related("customer__emails")


def _page(request: AgentRequest, *, status: int = 200, **forms: Any) -> HttpResponse:
    form = forms.get("form") or KeepingForm(instance=RecordSettings.fresh())
    requests = PrivacyRequest.objects.select_related("customer").prefetch_related("customer__emails")
    context = {
        "section": "privacy",
        "form": form,
        "asked": forms.get("asked") or RequestForm(initial={"received_on": timezone.localdate()}),
        "open": requests.open(),
        "done": requests.exclude(done_at=None)[:10],
        "kept": _kept(form),
        "kinds": (CSV, XLSX),
        "audit": Paginator(_told(), LINES).get_page(request.GET.get("page")),
    }
    return render(request, "settings/privacy.html", context, status=status)


def _kept(form: KeepingForm) -> list[dict[str, Any]]:
    """What is kept for a time, what happens then, and how many it will be tonight."""
    return [
        {"field": form["cart_days"], "then": _("Are deleted"), "tonight": Cart.objects.outdated().count()},
        {"field": form["visit_days"], "then": _("Are deleted"), "tonight": purging.old_visits().count()},
        {"field": form["bin_days"], "then": _("Are deleted for good"), "tonight": purging.gone_customers().count()},
    ]
