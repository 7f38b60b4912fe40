"""A customer's switches in the list, and their tags: answered with the row, the chips, or a question first."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap, retarget, trigger_client_event

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther, back_to, respond
from crm.lists.customers import listing_of
from crm.models import TONES, Consent, Customer, CustomerTag
from crm.models.account import CONSENT_FIELDS

READ_OR_WRITE = ["GET", "HEAD", "POST"]


@agent_required
@require_http_methods(READ_OR_WRITE)
def account(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Let a customer in (at once), or shut them out (asks first)."""
    customer = get_object_or_404(Customer.objects.present(), pk=customer_id)
    if request.method != "POST":
        return ask(request, "crm/customers/_disable.html", {"customer": customer})
    if request.POST.get("on") == "1":
        customer.enable(by=request.user)
    else:
        customer.disable(by=request.user)
    return _row(request, customer)


@agent_required
@require_http_methods(READ_OR_WRITE)
def consent(request: AgentRequest, customer_id: int, kind: str) -> HttpResponse:
    """Take a customer off a list of mails (at once), or put them on it: with how they asked for it."""
    customer = get_object_or_404(Customer.objects.present(), pk=customer_id)
    if kind not in CONSENT_FIELDS:
        raise Http404
    context = {"customer": customer, "kind": kind, "sources": _sources(), "typed": request.POST}
    if request.method != "POST":
        return ask(request, "crm/customers/_consent.html", context)
    try:
        _set_consent(request, customer, kind)
    except ValueError as error:
        return ask(request, "crm/customers/_consent.html", {**context, "error": str(error)}, status=400)
    return _row(request, customer)


def _sources() -> list[tuple[str, Any]]:
    return [(source.value, source.label) for source in Consent.PROOFS]


def _set_consent(request: AgentRequest, customer: Customer, kind: str) -> None:
    wanted, source = request.POST.get("on") == "1", request.POST.get("source", "")
    if not wanted:
        customer.set_consent(kind, False, source=Consent.Source.TEAM, by=request.user)
        return
    if source not in Consent.PROOFS:
        raise ValueError(_("Say how the customer asked for it."))
    customer.set_consent(kind, True, source=source, detail=request.POST.get("detail", ""), by=request.user)


def _row(request: AgentRequest, customer: Customer) -> HttpResponse:
    """The row as it is now, in place; for a plain form the page it came from."""
    if not request.htmx:
        return SeeOther(back_to(request, otherwise=reverse("crm:customers")))
    listing = listing_of(request, params=QueryDict(request.POST.get("filters", "")))
    answer = reswap(HttpResponse(listing.row(customer.pk)), "outerHTML")
    return trigger_client_event(retarget(answer, f"#row-{customer.pk}"), "dialog-done", after="swap")


def ask(request: AgentRequest, fragment: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A question: htmx puts the fragment into a dialog; without script it is a page."""
    context = {"fragment": fragment, "back": back_to(request, otherwise=reverse("crm:customers")), **context}
    if request.htmx:
        # htmx shows no answer that says it failed; the sentence in it is what counts.
        return retarget(reswap(render(request, fragment, context), "innerHTML"), "#dialog")
    return render(request, "crm/dialog.html", context, status=status)


@agent_required
@require_http_methods(READ_OR_WRITE)
def tags(request: AgentRequest, customer_id: int) -> HttpResponse:
    """The tags of one customer: `add` a word (with a colour, `tone`), or `remove` one."""
    customer = get_object_or_404(Customer.objects.present().prefetch_related("tags"), pk=customer_id)
    error = _change_tags(request, customer) if request.method == "POST" else ""
    if error and not request.htmx:
        messages.error(request, error)
    customer = get_object_or_404(Customer.objects.prefetch_related("tags"), pk=customer_id)
    context = {"customer": customer, "error": error, "known": CustomerTag.objects.all(), "tones": TONES}
    return respond(request, "crm/_customer_tags.html", context, to=reverse("crm:customer", args=[customer.pk]))


def _change_tags(request: AgentRequest, customer: Customer) -> str:
    """A sentence where nothing could be done."""
    try:
        if "remove" in request.POST:
            customer.untag(request.POST["remove"], by=request.user)
        else:
            customer.tag(request.POST.get("add", ""), by=request.user)
            if tone := request.POST.get("tone", ""):
                CustomerTag.objects.named(request.POST["add"]).paint("" if tone == "grey" else tone)
    except ValueError as error:
        return str(error)
    return ""
