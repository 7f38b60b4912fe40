"""The page of one customer, with the cards that come after it, and the story of the record."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AgentRequest, agent_required, supervisor_required
from accounts.http import SeeOther, respond
from accounts.typed import number
from crm import history, phones, profile
from crm.models import Customer, CustomerNote, Order
from crm.panel import customer_with_card
from crm.views.access import access_of

LINES_A_PAGE = 50


@agent_required
@require_safe
def show(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Everything about a customer. The cards further down come by themselves; ?whole brings all at once."""
    customer = customer_with_card(customer_id, among=profile.counted())
    if customer is None:
        raise Http404
    if customer.merged_into_id:
        return redirect("crm:customer", customer.merged_into_id)
    context = {
        "customer": customer,
        "whole": "whole" in request.GET,
        "no_phone": phones.number_of(customer)[1],
        **profile.page_of(customer),
        **access_of(customer, sessions=customer.devices),  # type: ignore[attr-defined]
    }
    if context["whole"]:
        context |= profile.products_of(customer) | _aside_of(request, customer)
    return render(request, "crm/customer.html", context)


@agent_required
@require_safe
def figures(request: AgentRequest, customer_id: int) -> HttpResponse:
    """The figures and facts at the top, fetched again whenever an order, a thread or the record changes."""
    customer = customer_with_card(customer_id, among=profile.counted())
    if customer is None:
        raise Http404
    more = {"customer": customer, "purchases": profile.purchases_of(customer), **profile.figures_of(customer)}
    return render(request, "crm/_figures_live.html", more)


@agent_required
@require_safe
def products(request: AgentRequest, customer_id: int) -> HttpResponse:
    """What the customer buys, and what only lay in a cart."""
    return render(request, "crm/_products.html", profile.products_of(get_object_or_404(Customer, pk=customer_id)))


@agent_required
@require_safe
def carts(request: AgentRequest, customer_id: int) -> HttpResponse:
    """The newest carts, fetched again whenever one changes."""
    customer = get_object_or_404(Customer, pk=customer_id)
    return render(request, "crm/_carts.html", {"customer": customer, **profile.carts_shown(customer)})


@agent_required
@require_safe
def newest_orders(request: AgentRequest, customer_id: int) -> HttpResponse:
    """The newest orders, fetched again whenever the shop says something of the customer."""
    customer = get_object_or_404(Customer, pk=customer_id)
    return render(request, "crm/_orders.html", {"customer": customer, **profile.orders_shown(customer)})


@agent_required
@require_safe
def here(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Whether the customer is in the shop now, and what they look at."""
    return render(request, "crm/_here.html", profile.carts_shown(get_object_or_404(Customer, pk=customer_id)))


@agent_required
@require_safe
def aside(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Addresses, vouchers, visits, links, and the newest of the story."""
    return render(request, "crm/_aside.html", _aside_of(request, get_object_or_404(Customer, pk=customer_id)))


def _aside_of(request: AgentRequest, customer: Customer) -> dict[str, Any]:
    told = history.story_of(customer)
    return {**profile.aside_of(customer), "story": told[:4], "told": len(told), "sees_ip": request.user.is_supervisor}


@agent_required
@require_safe
def orders(request: AgentRequest, customer_id: int) -> HttpResponse:
    """All orders of a customer, newest first; ?q= narrows them to references with these letters."""
    customer = get_object_or_404(Customer.objects.prefetch_related("emails"), pk=customer_id)
    wanted = request.GET.get("q", "").strip()
    found = profile.orders_of(customer).filter(reference__icontains=wanted) if wanted else profile.orders_of(customer)
    if address := number(request.GET.get("address", "")):
        found = found.for_address(address)  # type: ignore[attr-defined]
    page = Paginator(found, LINES_A_PAGE).get_page(request.GET.get("page"))
    context = {"customer": customer, "page": page, "q": wanted, "purchases": profile.purchases_of(customer)}
    return render(request, "crm/orders.html", context)


@agent_required
@require_safe
def order(request: AgentRequest, order_id: int) -> HttpResponse:
    """One order: its lines, what it cost, where it went, and each state it came into."""
    found = Order.objects.select_related("customer", "source").prefetch_related("lines", "states", "customer__emails")
    return render(request, "crm/order.html", {"order": get_object_or_404(found, pk=order_id)})


@agent_required
@require_safe
def story(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Who changed what, when, and when the customer came in."""
    customer = get_object_or_404(Customer.objects.prefetch_related("emails"), pk=customer_id)
    told = history.story_of(customer)
    kept = [entry for entry in told if _is_wanted(entry, request)]
    return render(
        request,
        "crm/history.html",
        {
            "customer": customer,
            "page": Paginator(kept, LINES_A_PAGE).get_page(request.GET.get("page")),
            "kinds": [(kind, label, history.counts(told)[kind]) for kind, label in history.KINDS.items()],
            "people": sorted({entry.by for entry in told if entry.by}, key=str),
            "wanted": request.GET,
            "told": len(told),
            "since": told[-1].at if told else None,
            "sees_ip": request.user.is_supervisor,
        },
    )


def _is_wanted(entry: history.Entry, request: AgentRequest) -> bool:
    kind, by = request.GET.get("kind", ""), request.GET.get("by", "")
    since, until = (_day(request.GET.get(name, "")) for name in ("since", "until"))
    day = history.day_of(entry)
    right_one = (not kind or entry.kind == kind) and (not by or str(entry.by and entry.by.pk) == by)
    return right_one and (since is None or day >= since) and (until is None or day <= until)


def _day(text: str) -> Any:
    try:
        return parse_date(text)
    except ValueError:
        return None


@supervisor_required
@require_POST
def put_back(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Make a field what it was before a change."""
    customer = get_object_or_404(Customer.objects.present(), pk=customer_id)
    version = number(request.POST.get("version", ""))
    try:
        customer.put_back(request.POST.get("field", ""), version, by=request.user)
    except LookupError:
        messages.error(request, _("That version is not there any more. Nothing was changed."))
    else:
        messages.success(request, _("The field is as it was before."))
    return SeeOther(reverse("crm:customer_history", args=[customer_id]))


@agent_required
@require_POST
def write_note(request: AgentRequest, customer_id: int) -> HttpResponse:
    """A new private note."""
    customer = get_object_or_404(Customer.objects.present(), pk=customer_id)
    try:
        CustomerNote.objects.write(customer, request.POST.get("text", ""), by=request.user)
    except ValueError as error:
        return _notes(request, customer, note_error=str(error))
    return _notes(request, customer)


@agent_required
@require_POST
def change_note(request: AgentRequest, customer_id: int, note_id: int) -> HttpResponse:
    """Pin a note, unpin it or take it away: as the button `do` says."""
    note = get_object_or_404(CustomerNote, pk=note_id, customer=customer_id)
    wanted = request.POST.get("do")
    error = ""
    if wanted == "remove":
        try:
            note.remove(by=request.user)
        except PermissionError as refused:
            error = str(refused)
    elif wanted in {"pin", "unpin"}:
        note.pin() if wanted == "pin" else note.unpin()
    return _notes(request, note.customer, note_error=error)


def _notes(request: AgentRequest, customer: Customer, *, note_error: str = "") -> HttpResponse:
    if note_error and not request.htmx:
        messages.error(request, note_error)
    context = {"customer": customer, "notes": profile.notes_of(customer), "note_error": note_error}
    return respond(request, "crm/_notes.html", context, to=reverse("crm:customer", args=[customer.pk]))
