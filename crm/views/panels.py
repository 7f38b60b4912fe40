"""What other pages show of a customer beside their own matter: fragments, addressed by URL name."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import AgentRequest, agent_required
from crm.models import Customer
from crm.panel import live_cart


@agent_required
@require_safe
def cart(request: AgentRequest, customer_id: int) -> HttpResponse:
    """The live cart alone, fetched again whenever it changes."""
    customer = get_object_or_404(Customer.objects.select_related("group"), pk=customer_id)
    return render(request, "crm/panels/_cart.html", {"customer": customer, "cart": live_cart(customer)})
