"""How a record ends: a copy of everything, the bin and the way back, and erasing for good. Supervisors only."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import AgentRequest, supervisor_required
from accounts.http import SeeOther
from crm.copying import archive_of
from crm.models import Customer, RecordSettings
from crm.models.ending import HasOrdersError


@supervisor_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Ask for the customer's number, then into the bin; whoever has orders stays, with what can be done instead."""
    customer = get_object_or_404(Customer.objects.present(), pk=customer_id)
    typed = request.POST.get("code", "").strip()
    if request.method != "POST" or typed != str(customer.pk):
        return _delete_page(request, customer, typed)
    try:
        customer.trash(by=request.user)
    except HasOrdersError:
        return _delete_page(request, customer, "", status=409)
    messages.success(request, _("Deleted. It can be undone for %(n)s days.") % {"n": RecordSettings.load().bin_days})
    return SeeOther(reverse("crm:customer", args=[customer.pk]))


def _delete_page(request: AgentRequest, customer: Customer, typed: str, *, status: int = 200) -> HttpResponse:
    context = {
        "customer": customer,
        "orders": customer.orders.count(),
        "carts": customer.carts.filter(order=None).count(),
        "days": RecordSettings.load().bin_days,
        "typed": typed,
        "wrong": request.method == "POST" and status == 200,
    }
    return render(request, "crm/customer_delete.html", context, status=400 if context["wrong"] else status)


@supervisor_required
@require_POST
def restore(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Out of the bin."""
    customer = get_object_or_404(Customer.objects.in_bin(), pk=customer_id)
    try:
        customer.restore(by=request.user)
    except ValueError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The record is back."))
    return SeeOther(reverse("crm:customer", args=[customer.pk]))


@supervisor_required
@require_safe
def bin_(request: AgentRequest) -> HttpResponse:
    """Who was deleted and can still be brought back, the last one first."""
    gone = Customer.objects.in_bin().prefetch_related("emails").order_by("-deleted_at")[:500]
    return render(request, "settings/customer_bin.html", {"section": "privacy", "customers": gone})


@supervisor_required
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: AgentRequest, customer_id: int) -> HttpResponseBase:
    """Everything about one person as an archive. POST makes it, and writes down that it was made."""
    customer = get_object_or_404(Customer.objects.filter(erased_at=None), pk=customer_id)
    if request.method != "POST":
        return render(request, "crm/customer_data.html", {"customer": customer})
    archive = archive_of(customer, private="private" in request.POST, by=request.user)
    return FileResponse(archive, as_attachment=True, filename=f"customer-{customer.pk}.zip")


@supervisor_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Ask for the customer's number, then take the person out of everything for good."""
    customer = get_object_or_404(Customer.objects.filter(erased_at=None), pk=customer_id)
    typed = request.POST.get("code", "").strip()
    if request.method == "POST" and typed == str(customer.pk):
        customer.erase(by=request.user)
        messages.success(request, _("The personal data is erased."))
        return SeeOther(reverse("crm:customer", args=[customer.pk]))
    wrong = request.method == "POST"
    context = {"customer": customer, "typed": typed, "wrong": wrong, "goes": weight_of(customer), **_stays(customer)}
    return render(request, "crm/customer_erase.html", context, status=400 if wrong else 200)


def weight_of(customer: Customer) -> list[str]:
    """What erasing would take out of other apps, in words."""
    addresses = customer.addresses_of_mail()
    return [said for path in settings.PERSONAL_DATA for said in import_string(f"{path}.weight")(customer.pk, addresses)]


def _stays(customer: Customer) -> dict[str, Any]:
    return {"orders": customer.orders.count()}
