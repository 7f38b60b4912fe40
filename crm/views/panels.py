"""What other pages show of a customer beside their own matter: fragments, addressed by URL name."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import AgentRequest, agent_required
from crm.models import Customer
from crm.panel import customer_with_card, live_cart, panel_of


@agent_required
@require_safe
def show(request: AgentRequest, customer_id: int) -> HttpResponse:
    """The customer's card, cart and orders. ?order= and ?line= say which of them the page is about."""
    customer = customer_with_card(customer_id)
    if customer is None:
        raise Http404
    about = {name: int(value) for name in ("order", "line") if (value := request.GET.get(name, "")).isdecimal()}
    return render(request, "crm/panels/_customer.html", panel_of(customer, **about))


@agent_required
@require_safe
def cart(request: AgentRequest, customer_id: int) -> HttpResponse:
    """The live cart alone, fetched again whenever it changes."""
    customer = get_object_or_404(Customer, pk=customer_id)
    return render(request, "crm/panels/_cart.html", {"customer": customer, "cart": live_cart(customer)})
