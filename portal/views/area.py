"""The private area: the customer's own messages and orders. What is not theirs is not found."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import SeeOther
from helpdesk import links
from helpdesk.models import Thread
from portal import area
from portal.area import CustomerRequest
from portal.conversation import standing
from portal.customer import AreaPage, orders_of
from portal.orders import steps_of

ROWS = 20


@require_safe
@area.mine()
def home(request: CustomerRequest) -> HttpResponse:
    """On to the first page that this customer may use."""
    return SeeOther(area.home(request.customer))


@require_safe
@area.mine(AreaPage.THREADS)
def threads(request: CustomerRequest) -> HttpResponse:
    """The customer's threads, the newest activity first."""
    page = page_of(request, Thread.objects.of_customer(request.customer.pk).newest_first())
    rows = [(thread, standing(thread.merged_into or thread)) for thread in page]
    return area.draw(request, "threads", {"page": page, "rows": rows})


@require_safe
@area.mine(AreaPage.THREADS)
def thread(request: CustomerRequest, thread_id: int) -> HttpResponse:
    """Open a thread of one's own: the page that private links lead to."""
    own = get_object_or_404(Thread.objects.of_customer(request.customer.pk), pk=thread_id)
    return SeeOther(reverse("portal:thread", args=[links.portal_token(own, proven=True)]))


@require_safe
@area.mine(AreaPage.ORDERS)
def orders(request: CustomerRequest) -> HttpResponse:
    """The customer's orders, newest first."""
    return area.draw(request, "orders", {"page": page_of(request, orders_of(request.customer))})


@require_safe
@area.mine(AreaPage.ORDERS)
def order(request: CustomerRequest, order_id: int) -> HttpResponse:
    """One order: what is in it, what it cost, and where it is."""
    found = get_object_or_404(orders_of(request.customer), pk=order_id)
    return area.draw(request, "order", {"order": found, "steps": steps_of(found)})


def page_of(request: CustomerRequest, rows: Any) -> Page:
    """The rows of ?page=."""
    return Paginator(rows, ROWS).get_page(request.GET.get("page"))
