"""Shared accounts: several people under one, each with their own messages."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from crm.models import Customer, Household


def _page_of(household: Household) -> str:
    return reverse("crm:household", args=[household.pk])


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def of_customer(request: AgentRequest, customer_id: int) -> HttpResponse:
    """The shared account of a customer; where there is none, a form for a new one."""
    customer = get_object_or_404(Customer.objects.present(), pk=customer_id)
    if customer.household is not None:
        return redirect(_page_of(customer.household))
    error, status = "", 200
    if request.method == "POST":
        name, note = request.POST.get("name", ""), request.POST.get("note", "")
        try:
            return SeeOther(_page_of(Household.objects.found(name, customer, by=request.user, note=note)))
        except ValueError as refused:
            error, status = str(refused), 400
    return render(request, "crm/household_new.html", {"customer": customer, "error": error}, status=status)


@agent_required
@require_safe
def show(request: AgentRequest, household_id: int) -> HttpResponse:
    """Who belongs to it, and their threads, each under its own person."""
    return _page(request, get_object_or_404(Household, pk=household_id))


@agent_required
@require_POST
def rename(request: AgentRequest, household_id: int) -> HttpResponse:
    """Another name or purpose."""
    household = get_object_or_404(Household, pk=household_id)
    try:
        household.rename(request.POST.get("name", ""), by=request.user, note=request.POST.get("note", ""))
    except ValueError as error:
        return _page(request, household, name_error=str(error))
    messages.success(request, _("The shared account is saved."))
    return SeeOther(_page_of(household))


@agent_required
@require_POST
def add(request: AgentRequest, household_id: int) -> HttpResponse:
    """One more person, by number or e-mail."""
    household, who = get_object_or_404(Household, pk=household_id), request.POST.get("who", "").strip()
    person = Customer.objects.numbered(who)
    try:
        if person is None:
            raise ValueError(_("There is no customer with the number or e-mail “%(who)s”.") % {"who": who})
        household.welcome(person, by=request.user)
    except ValueError as error:
        return _page(request, household, who=who, error=str(error), unknown=person is None and "@" in who)
    messages.success(request, _("%(name)s belongs to it now.") % {"name": person})
    return SeeOther(_page_of(household))


@agent_required
@require_POST
def remove(request: AgentRequest, household_id: int, customer_id: int) -> HttpResponse:
    """One person less; with the last one the shared account ends, and the record stays."""
    household = get_object_or_404(Household, pk=household_id)
    person = get_object_or_404(Customer, pk=customer_id, household=household)
    household.part(person, by=request.user)
    messages.success(request, _("%(name)s no longer belongs to it.") % {"name": person})
    is_left = Household.objects.filter(pk=household_id).exists()
    return SeeOther(
        reverse("crm:household", args=[household_id]) if is_left else reverse("crm:customer", args=[customer_id])
    )


def _page(request: AgentRequest, household: Household, **more: object) -> HttpResponse:
    people = household.people.present().prefetch_related("emails").order_by("pk")
    status = 400 if more.get("error") or more.get("name_error") else 200
    return render(request, "crm/household.html", {"household": household, "people": people, **more}, status=status)
