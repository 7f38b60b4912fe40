"""Giving a customer a voucher and taking it back, from their page or from beside one of their threads."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther, inside
from crm import outbound
from crm.forms_vouchers import VoucherForm
from crm.models import Customer, Happening


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: AgentRequest, customer_id: int) -> HttpResponse:
    """The form with a code; what is given is asked of the shop. `next` is where to go on, such as a thread."""
    customer = get_object_or_404(Customer.objects.present().select_related("source"), pk=customer_id)
    to = inside(request, request.POST.get("next") or request.GET.get("next", ""))
    to = to or reverse("crm:customer", args=[customer.pk])
    form = VoucherForm(request.POST if request.method == "POST" else None, customer=customer)
    voucher = form.give(by=request.user) if form.is_valid() else None
    if voucher is None:
        told = _is_told(customer, Happening.VOUCHER_WANTED)
        context = {"customer": customer, "form": form, "to": to, "is_told": told}
        return render(request, "crm/voucher_new.html", context, status=400 if form.is_bound else 200)
    said = _("%(name)s has the voucher %(code)s.") % {"name": customer, "code": voucher.code}
    messages.success(request, said)
    return SeeOther(to)


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: AgentRequest, customer_id: int, voucher_id: int) -> HttpResponse:
    """Asks first; then nobody can spend it any more, once the shop has heard. `next` as for giving."""
    customer = get_object_or_404(Customer.objects.present().select_related("source"), pk=customer_id)
    voucher = get_object_or_404(customer.vouchers, pk=voucher_id)
    to = inside(request, request.POST.get("next") or request.GET.get("next", ""))
    to = to or reverse("crm:customer", args=[customer.pk])
    if request.method != "POST":
        told = _is_told(customer, Happening.VOUCHER_WITHDRAWN)
        context = {"customer": customer, "voucher": voucher, "to": to, "is_told": told}
        return render(request, "crm/voucher_withdraw.html", context)
    try:
        voucher.withdraw(by=request.user)
        messages.success(request, _("The voucher %(code)s is withdrawn.") % {"code": voucher.code})
    except ValueError as problem:
        messages.error(request, str(problem))
    return SeeOther(to)


def _is_told(customer: Customer, event: Happening) -> bool:
    """Whether the customer's shop hears of it and can do it by itself."""
    return bool(outbound.listeners(event, shop=customer.source))
