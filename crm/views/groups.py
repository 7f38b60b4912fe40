"""Groups of customers: the list with a form beside it, who goes into the fixed ones, and what deleting one does."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AgentRequest, agent_required, supervisor_required
from accounts.history import changes
from accounts.http import SeeOther, respond
from crm.forms_groups import GroupForm, UsualGroupsForm, discounts_of
from crm.models import CustomerGroup, Departure, FixedGroupError, RecordSettings


def page(request: AgentRequest, **extra: Any) -> HttpResponse:
    """The list, with what stands beside it."""
    groups = CustomerGroup.objects.with_people().order_by("pk")
    context = {"groups": groups, "usual": UsualGroupsForm(instance=RecordSettings.fresh()), **extra}
    return render(request, "crm/groups/index.html", context)


@agent_required
@require_safe
def index(request: AgentRequest) -> HttpResponse:
    """All groups."""
    return page(request)


@supervisor_required
def edit(request: AgentRequest, group_id: int | None = None) -> HttpResponse:
    """One group, or a new one."""
    group = get_object_or_404(CustomerGroup, pk=group_id) if group_id else CustomerGroup()
    data = request.POST if request.method == "POST" else None
    form, discounts = GroupForm(data, instance=group), discounts_of(group, data)
    if data is not None and form.is_valid() & discounts.is_valid():
        group.edit({**form.values, "category_discounts": discounts.values}, by=request.user)
        messages.success(request, _("“%(title)s” is saved.") % {"title": group})
        return SeeOther(reverse("crm:group_edit", args=[group.pk]))
    past = changes(group) if group.pk else []
    return page(request, group=group, form=form, discounts=discounts, changes=past, name=str(group) if group_id else "")


@supervisor_required
@require_POST
def prices(request: AgentRequest, group_id: int) -> HttpResponse:
    """Show a group the prices in the shop, or not: as the switch of its row says."""
    group = get_object_or_404(CustomerGroup.objects.with_people(), pk=group_id)
    group.edit({"show_prices": request.POST.get("on") == "1"}, by=request.user)
    return respond(request, "crm/groups/_row.html", {"row": group}, to=reverse("crm:groups"))


@supervisor_required
@require_POST
def usual(request: AgentRequest) -> HttpResponse:
    """Who goes into which group when nobody says another."""
    form = UsualGroupsForm(request.POST, instance=RecordSettings.fresh())
    if not form.is_valid():
        return page(request, usual=form)
    RecordSettings.decide(by=request.user, **form.cleaned_data)
    messages.success(request, _("From now on they go into these groups."))
    return SeeOther(reverse("crm:groups"))


@supervisor_required
def delete(request: AgentRequest, group_id: int) -> HttpResponse:
    """Ask, with who moves where; then do it."""
    group = get_object_or_404(CustomerGroup, pk=group_id)
    name = str(group)
    if request.method == "POST":
        try:
            Departure.of(group).carry_out(by=request.user)
        except FixedGroupError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("“%(title)s” is deleted. Nobody is left without a group.") % {"title": name})
        return SeeOther(reverse("crm:groups"))
    return render(request, "crm/groups/delete.html", {"group": group, "departure": Departure.of(group)})
