"""What other pages show of a customer beside their own matter: fragments, addressed by URL name."""

from typing import Any

from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import AgentRequest, agent_required
from crm.models import Customer

OTHER_ORDERS = 5


@agent_required
@require_safe
def show(request: AgentRequest, customer_id: int) -> HttpResponse:
    """The customer's card, cart and orders. ?order= and ?line= say which of them the page is about."""
    customers = Customer.objects.select_related("title", "group").prefetch_related("emails", "tags")
    customer = get_object_or_404(customers, pk=customer_id)
    context = {
        "customer": customer,
        "note": customer.notes.filter(is_pinned=True).select_related("author").first(),
        "purchases": purchases(customer),
        "addresses": customer.addresses.all()[:5],
        **cart_context(customer),
        **orders_context(customer, order=request.GET.get("order", ""), line=request.GET.get("line", "")),
    }
    return render(request, "crm/panels/_customer.html", context)


@agent_required
@require_safe
def cart(request: AgentRequest, customer_id: int) -> HttpResponse:
    """The live cart alone, fetched again whenever it changes."""
    customer = get_object_or_404(Customer, pk=customer_id)
    return render(request, "crm/panels/_cart.html", {"customer": customer, **cart_context(customer)})


def cart_context(customer: Customer) -> dict[str, object]:
    """The newest cart that made no order, with its lines."""
    newest = customer.carts.unordered().prefetch_related("lines").first()
    return {"cart": newest if newest and newest.lines.all() else None}


def purchases(customer: Customer) -> list[Any]:
    """Number and sum of valid orders, one row a currency."""
    rows = customer.orders.filter(is_valid=True).order_by().values("currency")
    return list(rows.annotate(count=models.Count("pk"), total=models.Sum("total")).order_by("-count"))


def orders_context(customer: Customer, *, order: str, line: str) -> dict[str, object]:
    """The order that the page is about, if it is this customer's, and the newest others."""
    orders = customer.orders.prefetch_related("lines")
    hit = orders.filter(pk=order).first() if order.isdigit() else None
    others = [one for one in orders[: OTHER_ORDERS + 1] if one != hit][:OTHER_ORDERS]
    count = customer.orders.count()
    return {
        "hit": hit,
        "hit_line": int(line) if line.isdigit() else 0,
        "others": others,
        "order_count": count,
    }
