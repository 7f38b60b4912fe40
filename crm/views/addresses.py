"""Addresses: the list, one address with its form, the bin and the way out of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.history import changes
from accounts.http import SeeOther, go
from accounts.typed import number
from crm.forms_addresses import AddressForm
from crm.lists.addresses import ADDRESSES, IN_BIN, IN_USE, rows_in
from crm.models import Address, Customer, Order
from crm.tables import Listing, Selection
from crm.views.switches import READ_OR_WRITE, ask

REMOVED = "removed_addresses"  # what was put into the bin a moment ago, in the session
TOLD = "removed_now"  # how many those were, said once
MOST_KEPT = 1000  # ids in a session; more are found in the bin
NEWEST = 5


@agent_required
@require_safe
def index(request: AgentRequest) -> HttpResponse:
    """Addresses in use, or with ?folder=bin those in the bin."""
    folder = IN_BIN if request.GET.get("folder") == IN_BIN else IN_USE
    listing = Listing(request, ADDRESSES, rows_in(folder), others=("folder",))
    context = {"in_bin": folder == IN_BIN, "undo": request.session.pop(TOLD, 0)}
    return listing.respond("crm/addresses/index.html", context)


@agent_required
@require_http_methods(READ_OR_WRITE)
def edit(request: AgentRequest, address_id: int | None = None) -> HttpResponse:
    """One address, or a new one: with ?customer= of that customer."""
    known = Address.objects.filter(customer__erased_at=None).select_related("customer")
    address = get_object_or_404(known, pk=address_id) if address_id else Address()
    customer = address.customer if address_id else _named(request)
    form = AddressForm(request.POST if request.method == "POST" else None, instance=address, customer=customer)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(form, request, address_id)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("The address is saved."))
            return SeeOther(reverse("crm:address_edit", args=[saved.pk]))
    return render(request, "crm/addresses/edit.html", _shown(form, address_id, customer))


def _named(request: AgentRequest) -> Customer | None:
    if not (pk := number(request.GET.get("customer", ""))):
        return None
    return get_object_or_404(Customer.objects.present(), pk=pk)


def _save(form: AddressForm, request: AgentRequest, address_id: int | None) -> Address:
    if address_id is not None:
        address = Address.objects.get(pk=address_id)
        address.edit(form.values, by=request.user)
        return address
    assert form.customer is not None  # noqa: S101 - a valid form has found them
    return Address.objects.add(form.customer, form.values, by=request.user)


def _shown(form: AddressForm, address_id: int | None, customer: Customer | None) -> dict[str, Any]:
    """The form, and beside it what hangs on the address."""
    beside: dict[str, Any] = {"form": form, "customer": customer, "address": None}
    if address_id is not None:
        address = Address.objects.get(pk=address_id)
        orders = Order.objects.for_address(address)
        beside |= {"address": address, "orders": orders[:NEWEST], "order_count": orders.count()}
        beside["changes"] = changes(address)
    if customer is not None:
        beside["others"] = customer.addresses.filter(deleted_at=None).exclude(pk=address_id or 0)
    return beside


@agent_required
@require_safe
def fields(request: AgentRequest) -> HttpResponse:
    """The part of the form that depends on the country, or with ?part=name the customer's name: for htmx."""
    customer = Customer.objects.for_email(request.GET.get("email", "")) if request.GET.get("part") == "name" else None
    form = AddressForm(initial=request.GET.dict(), customer=customer)
    part = "name" if request.GET.get("part") == "name" else "country"
    return render(request, f"crm/addresses/_{part}_fields.html", {"form": form, "found": customer})


@agent_required
@require_POST
def remove(request: AgentRequest, address_id: int) -> HttpResponse:
    """Into the bin; orders keep their copies."""
    get_object_or_404(Address.objects.present(), pk=address_id)
    _remember(request, Address.objects.filter(pk=address_id).remove(by=request.user))
    return go(request, reverse("crm:addresses"))


def _remember(request: AgentRequest, removed: list[int]) -> None:
    request.session[REMOVED], request.session[TOLD] = removed[:MOST_KEPT], len(removed)


@agent_required
@require_POST
def restore(request: AgentRequest, address_id: int) -> HttpResponse:
    """Out of the bin."""
    get_object_or_404(Address.objects.deleted(), pk=address_id)
    Address.objects.filter(pk=address_id).restore(by=request.user)
    messages.success(request, _("The address is back."))
    return SeeOther(reverse("crm:address_edit", args=[address_id]))


@agent_required
@require_http_methods(READ_OR_WRITE)
def remove_many(request: AgentRequest) -> HttpResponse:
    """What deleting the selection does (GET), or doing it (POST)."""
    rows = rows_in(IN_USE)
    selection = Selection.read(request, ADDRESSES, rows, path=reverse("crm:addresses"))
    if request.method != "POST" or not selection.count:
        used = selection.rows.filter(pk__in=Order.objects.exclude(delivered_to=None).values("delivered_to")).count()
        context = {"selection": selection, "used": used}
        return ask(request, "crm/addresses/_delete.html", context)
    _remember(request, Address.objects.filter(pk__in=selection.rows.values("pk")).remove(by=request.user))
    return go(request, selection.listing.address())


@agent_required
@require_POST
def restore_many(request: AgentRequest) -> HttpResponse:
    """Undo the last deletion."""
    Address.objects.filter(pk__in=request.session.pop(REMOVED, ())).restore(by=request.user)
    messages.success(request, _("The addresses are back."))
    return SeeOther(reverse("crm:addresses"))
