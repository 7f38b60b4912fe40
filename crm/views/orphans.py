"""Carts that nobody has: who is waited for, whose it may be, and what became of them."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AgentRequest, agent_required, supervisor_required
from accounts.http import SeeOther, respond
from accounts.typed import number
from crm.matching.owners import key_of, owners_of
from crm.matching.reasons import Sure
from crm.models import Cart, CartMatch, CartWatch, Customer, Outcome, RecordSettings

ROWS_A_PAGE, ENDED = 50, 10
MONTH = timedelta(days=30)


class WatchSettingsForm(forms.ModelForm):
    """From which amount, and for how long."""

    class Meta:
        model = RecordSettings
        fields = ("watch_amount", "watch_days")


def cart_path(cart: Cart) -> str:
    """The cart's own page, where there is one, else the page of who may be its owner."""
    try:
        return reverse("crm:cart", args=[cart.pk])
    except NoReverseMatch:
        return reverse("crm:cart_candidates", args=[cart.pk])


def orphan(request: HttpRequest, cart_id: int) -> Cart:
    """A cart with what its pages show; any agent may see any cart."""
    carts = Cart.objects.select_related("customer", "source", "order").prefetch_related("lines")
    return get_object_or_404(carts, pk=cart_id)


@agent_required
@require_safe
def watched(request: AgentRequest) -> HttpResponse:
    """The carts somebody is expected to ask for, the first due on top, and those that were settled of late."""
    return render(request, "crm/carts_watch.html", _watched(request, WatchSettingsForm(instance=RecordSettings.load())))


def _watched(request: AgentRequest, form: WatchSettingsForm) -> dict[str, Any]:
    best = CartMatch.objects.standing().filter(cart=OuterRef("cart")).order_by("-chance")
    rows = CartWatch.objects.open().select_related("cart__source").prefetch_related("cart__lines")
    rows = rows.annotate(sure=Subquery(best.values("sure")[:1]), whose=Subquery(best.values("about")[:1]))
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.certainty = Sure(row.sure) if row.sure else None  # type: ignore[attr-defined]
    month = CartWatch.objects.filter(closed_at__gte=timezone.now() - MONTH)
    ended = month.exclude(outcome=Outcome.NOBODY).select_related("cart__customer", "closed_by")
    return {
        "page": page,
        "ended": ended.order_by("-closed_at")[:ENDED],
        "form": form,
        "settings": RecordSettings.load(),
    }


@supervisor_required
@require_POST
def settings(request: AgentRequest) -> HttpResponse:
    """Which carts are watched, and for how long."""
    form = WatchSettingsForm(request.POST, instance=RecordSettings.fresh())
    if not form.is_valid():
        return render(request, "crm/carts_watch.html", _watched(request, form), status=400)
    form.instance._history_user = request.user
    form.save()
    messages.success(request, _("Saved."))
    return SeeOther(reverse("crm:carts_watch"))


@agent_required
@require_safe
def candidates(request: AgentRequest, cart_id: int) -> HttpResponse:
    """Whose a cart may be: a fragment of its page, or a page of its own."""
    cart = orphan(request, cart_id)
    context = _candidates(cart)
    template = "crm/_cart_candidates.html" if request.htmx else "crm/cart_candidates.html"
    return render(request, template, {**context, "sees_ip": request.user.is_supervisor})


def _candidates(cart: Cart) -> dict[str, Any]:
    return {
        "cart": cart,
        "owners": owners_of(cart) if cart.customer_id is None else [],
        "watch": cart.watches.first(),
        "linked": cart.customer_id is not None and cart.was_linked(),
    }


def _answer(request: AgentRequest, cart: Cart) -> HttpResponse:
    fresh = orphan(request, cart.pk)
    return respond(request, "crm/_cart_candidates.html", _candidates(fresh), to=cart_path(cart))


@agent_required
@require_POST
def link(request: AgentRequest, cart_id: int) -> HttpResponse:
    """It is this customer's: `customer` is their number, or an address of theirs."""
    cart, asked = orphan(request, cart_id), request.POST.get("customer", "").strip()
    present = Customer.objects.present()
    found = present.filter(pk=pk).first() if (pk := number(asked)) else present.for_email(asked)
    if found is None:
        messages.error(request, _("No customer has the number or e-mail “%(asked)s”.") % {"asked": asked})
        return SeeOther(cart_path(cart))
    owner = next((one for one in owners_of(cart) if one.customer == found), None)
    reasons = [reason.sentence for reason in owner.reasons if reason.fits] if owner else []
    try:
        cart.link(found, by=request.user, reasons=reasons)
    except ValueError as refused:
        messages.error(request, str(refused))
    return SeeOther(cart_path(cart))


@agent_required
@require_POST
def unlink(request: AgentRequest, cart_id: int) -> HttpResponse:
    """It was a mistake: it is nobody's again."""
    cart = orphan(request, cart_id)
    if not cart.unlink(by=request.user):
        messages.error(request, _("The shop says whose cart this is; that cannot be undone here."))
    return SeeOther(cart_path(cart))


@agent_required
@require_POST
def refuse(request: AgentRequest, cart_id: int) -> HttpResponse:
    """It is not this customer's: they are not offered again."""
    cart, customer = orphan(request, cart_id), request.POST.get("customer", "")
    person = get_object_or_404(Customer, pk=number(customer))
    CartMatch.objects.refuse(cart, key_of(person), customer=person.pk, by=request.user)
    return _answer(request, cart)


@agent_required
@require_POST
def watch(request: AgentRequest, cart_id: int) -> HttpResponse:
    """Change the watch, as the button `do` says: begin, alerts on or off, or end it with how it ended."""
    cart, wanted = orphan(request, cart_id), request.POST.get("do", "")
    row = cart.watches.first()
    if wanted == "begin":
        CartWatch.objects.begin([cart])
        CartWatch.objects.reopen(cart)
    elif row is not None and wanted == "alerts":
        row.set_alerts("alerts" in request.POST)
    elif row is not None and wanted == "refunded":
        note = request.POST.get("note", "").strip()
        CartWatch.objects.settle(cart, by=request.user, outcome=Outcome.REFUNDED, note=note)
    return _answer(request, cart)
