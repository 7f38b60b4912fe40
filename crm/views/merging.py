"""Two records of one person: compared, merged, split again, or told apart."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther, respond
from accounts.typed import number
from crm.comparing import Comparison
from crm.identity import alike
from crm.models import Customer, CustomerMerge, RecordSettings
from crm.models.merging import CHOICES


def _person(pk: int | str) -> Customer:
    people = Customer.objects.present().select_related("title", "group", "household", "source")
    return get_object_or_404(people.prefetch_related("emails", "tags", "groups"), pk=pk)


def _other(asked: str) -> Customer | None:
    """Somebody by number or address; None where nobody is found."""
    present = Customer.objects.present()
    if pk := number(asked):
        return present.filter(pk=pk).first()
    return present.for_email(asked)


@agent_required
@require_safe
def merge(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Side by side what each record says; ?with= is the other one's number or address. Without it: who it may be."""
    kept, asked = _person(customer_id), request.GET.get("with", "").strip()
    other = _other(asked) if asked else None
    context: dict[str, Any] = {"customer": kept, "asked": asked, "alike": [] if other else alike(kept)}
    context["records"] = RecordSettings.load()
    if other == kept:
        context["problem"] = _("Choose another record: this is the same one.")
    elif other is not None:
        context["comparison"] = Comparison(kept, _person(other.pk))
    elif asked:
        context["problem"] = _("No customer has the number or e-mail “%(asked)s”.") % {"asked": asked}
    return render(request, "crm/merge.html", context)


@agent_required
@require_POST
def merges(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Make them one."""
    kept, gone = _person(customer_id), request.POST.get("gone", "")
    other = get_object_or_404(Customer.objects.present(), pk=number(gone))
    take = {name: request.POST.get(name, "") for name in CHOICES}
    try:
        made = kept.absorb(other, by=request.user, take=take)
    except ValueError as refused:
        messages.error(request, str(refused))
    else:
        said = _("Records merged. %(gone)s is now part of %(kept)s.")
        messages.success(request, said % {"gone": made.gone_id, "kept": made.kept_id})
    return SeeOther(reverse("crm:customer", args=[customer_id]))


@agent_required
@require_POST
def split(request: AgentRequest, customer_id: int, merge_id: int) -> HttpResponse:
    """Undo a merge."""
    row = get_object_or_404(CustomerMerge.objects.select_related("kept", "gone"), pk=merge_id, kept=customer_id)
    try:
        row.split(by=request.user)
    except (ValueError, ObjectDoesNotExist) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(gone)s is a record of its own again.") % {"gone": row.gone_id})
    return SeeOther(reverse("crm:customer", args=[customer_id]))


@agent_required
@require_POST
def different(request: AgentRequest, customer_id: int) -> HttpResponse:
    """They are not the same person."""
    one, other = _person(customer_id), request.POST.get("other", "")
    two = get_object_or_404(Customer, pk=number(other))
    if one != two:
        one.differ_from(two, by=request.user)
    if request.htmx:
        return HttpResponse()
    return respond(request, "", {}, to=reverse("crm:customer", args=[customer_id]))


@agent_required
@require_safe
def likeness(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Who else a customer may be, and what was merged into them: a card of their page."""
    customer = _person(customer_id)
    made = customer.merges.filter(undone_at=None).select_related("kept", "gone", "by")
    context = {"customer": customer, "alike": alike(customer), "merges": made}
    return render(request, "crm/_people.html", context)
