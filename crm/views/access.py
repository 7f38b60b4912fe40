"""A customer's access to the private area, as the team sees to it: invite, and sign out everywhere. No passwords."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import AgentRequest, agent_required
from accounts.http import respond
from crm.models import Customer


def access_of(customer: Customer, *, sessions: int) -> dict[str, object]:
    """What the card shows."""
    return {"customer": customer, "sessions": sessions, "obstacle": customer.why_not_invited()}


@agent_required
@require_POST
def invite(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Mail a link with which the customer chooses a password."""
    customer = get_object_or_404(Customer.objects.present(), pk=customer_id)
    try:
        address = customer.invite(by=request.user)
    except ValueError as problem:
        messages.error(request, str(problem))
        return _card(request, customer)
    messages.success(request, _("The link is on its way to %(address)s.") % {"address": address})
    return _card(request, customer)


@agent_required
@require_POST
def sign_out(request: AgentRequest, customer_id: int) -> HttpResponse:
    """End all sessions of the customer at once."""
    customer = get_object_or_404(Customer, pk=customer_id)
    ended = customer.end_sessions()
    said = ngettext("%(n)s device is signed out.", "%(n)s devices are signed out.", ended)
    messages.success(request, said % {"n": ended})
    return _card(request, customer)


def _card(request: AgentRequest, customer: Customer) -> HttpResponse:
    to = reverse("crm:customer", args=[customer.pk])
    return respond(request, "crm/_access.html", access_of(customer, sessions=customer.sessions.alive().count()), to=to)
