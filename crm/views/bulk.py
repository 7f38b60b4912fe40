"""One change of many customers: what will happen, doing it, and taking it back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import go
from accounts.tag_choices import chosen
from accounts.typed import number
from crm.lists.customers import selection_of
from crm.models import TONES, BulkChange, Customer, CustomerGroup, CustomerTag
from crm.models.bulk_change import UNDO_FOR
from crm.tables import Selection
from crm.views.switches import READ_OR_WRITE, ask

NAMED = 3  # customers whose names the question says


@agent_required
@require_http_methods(READ_OR_WRITE)
def change(request: AgentRequest) -> HttpResponse:
    """What `do` would change for the selection (GET), or doing it (POST)."""
    params = request.POST if request.method == "POST" else request.GET
    wanted = params.get("do", "")
    if wanted not in ACTIONS:
        raise Http404
    if wanted == "delete" and not request.user.is_supervisor:
        raise PermissionDenied
    selection = selection_of(request)
    if request.method != "POST" or not selection.count:
        return _ask(request, selection, wanted)
    try:
        done = ACTIONS[wanted](request, selection)
    except ValueError as error:
        return _ask(request, selection, wanted, error=str(error))
    request.session["bulk_change"] = done.pk
    return go(request, selection.listing.address())


def _ask(request: AgentRequest, selection: Selection, wanted: str, *, error: str = "") -> HttpResponse:
    names = [str(one) for one in selection.rows.order_by("-pk").prefetch_related("emails")[:NAMED]]
    context = {
        "selection": selection,
        "wanted": wanted,
        "names": names,
        "others": selection.count - len(names),
        "error": error,
        **(PREVIEWS[wanted](selection) if wanted in PREVIEWS else {}),
    }
    fragment = "crm/customers/_tags_dialog.html" if wanted == "tags" else "crm/customers/_bulk.html"
    return ask(request, fragment, context, status=400 if error else 200)


# -- what will happen -----------------------------------------------------------------------------


def _switching(is_active: bool) -> Callable[[Selection], dict[str, Any]]:
    return lambda selection: {"affected": selection.rows.filter(is_active=not is_active).count()}


def _grouping(selection: Selection) -> dict[str, Any]:
    return {"groups": CustomerGroup.objects.all()}


def _deleting(selection: Selection) -> dict[str, Any]:
    free = selection.rows.filter(orders=None).count()
    return {"affected": free, "refused": selection.count - free}


def _tagging(selection: Selection) -> dict[str, Any]:
    """Every tag with how many of the selection have it."""
    links = Customer.tags.through.objects.filter(customer__in=selection.rows.order_by().values("pk"))
    counted = dict(links.values_list("customertag").annotate(n=Count("pk")).order_by())
    return {"tags": [(tag, counted.get(tag.pk, 0)) for tag in CustomerTag.objects.all()], "tones": TONES}


PREVIEWS: dict[str, Callable[[Selection], dict[str, Any]]] = {
    "enable": _switching(True),
    "disable": _switching(False),
    "group": _grouping,
    "delete": _deleting,
    "tags": _tagging,
}


# -- doing it -------------------------------------------------------------------------------------


def _enable(request: AgentRequest, selection: Selection) -> BulkChange:
    return BulkChange.objects.set_active(selection.rows, True, by=request.user)


def _disable(request: AgentRequest, selection: Selection) -> BulkChange:
    return BulkChange.objects.set_active(selection.rows, False, by=request.user)


def _group(request: AgentRequest, selection: Selection) -> BulkChange:
    group = CustomerGroup.objects.filter(pk=number(request.POST.get("group", ""))).first()
    if group is None:
        raise ValueError(_("Choose a group."))
    return BulkChange.objects.add_to_group(selection.rows, group, by=request.user)


def _delete(request: AgentRequest, selection: Selection) -> BulkChange:
    return BulkChange.objects.delete_customers(selection.rows, by=request.user)


def _tags(request: AgentRequest, selection: Selection) -> BulkChange:
    put_on, take_off = chosen(request.POST, CustomerTag.objects.all())
    if not (put_on or take_off):
        raise ValueError(_("Nothing is chosen: no tag would change."))
    return BulkChange.objects.retag(selection.rows, add=put_on, remove=take_off, by=request.user)


ACTIONS: dict[str, Callable[[AgentRequest, Selection], BulkChange]] = {
    "enable": _enable,
    "disable": _disable,
    "group": _group,
    "delete": _delete,
    "tags": _tags,
}


# -- taking it back -------------------------------------------------------------------------------


@agent_required
@require_safe
def index(request: AgentRequest) -> HttpResponse:
    """Changes of many customers that can still be undone."""
    changes = BulkChange.objects.filter(at__gt=timezone.now() - UNDO_FOR).select_related("by")[:100]
    return render(request, "crm/customers/changes.html", {"changes": changes})


@agent_required
@require_POST
def undo(request: AgentRequest, change_id: int) -> HttpResponse:
    """Make it as it was before one of them."""
    done = get_object_or_404(BulkChange, pk=change_id)
    if done.kind == BulkChange.Kind.DELETED and not request.user.is_supervisor:
        raise PermissionDenied
    try:
        count = done.undo(by=request.user)
    except ValueError as error:
        messages.error(request, str(error))
    else:
        said = ngettext("Undone for %(n)s customer.", "Undone for %(n)s customers.", count)
        messages.success(request, said % {"n": count})
    return go(request, reverse("crm:customers"))
