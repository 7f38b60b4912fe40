"""What a customer's page shows of threads and mail: fragments, addressed by URL name."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import AgentRequest, agent_required
from helpdesk import context as shop
from helpdesk.chrome import statuses_of
from helpdesk.models import OutgoingKind, OutgoingMail, Thread
from helpdesk.models.thread import ThreadQuerySet

NEWEST = 10
OF_HOUSEHOLD = 50
FOR_CUSTOMERS = (OutgoingKind.MESSAGE, OutgoingKind.ACKNOWLEDGEMENT, OutgoingKind.LINK)


@agent_required
@require_safe
def threads(request: AgentRequest, customer_id: int) -> HttpResponse:
    """The customer's threads that this agent may see, the newest activity first, and the last mails sent to them."""
    customer = get_object_or_404(shop.customers(), pk=customer_id)
    visible = Thread.objects.visible_to(request.user).filter(customer=customer)
    shown = visible.select_related("assignee", "contact").with_unread(request.user).newest_first()[: NEWEST + 1]
    context = {
        "customer": customer,
        "threads": shown[:NEWEST],
        "more": len(shown) > NEWEST,
        "mails": _mails_of(visible),
        "labels": statuses_of(request),
    }
    return render(request, "helpdesk/_customer_threads.html", context)


def _mails_of(threads: ThreadQuerySet) -> list[OutgoingMail]:
    """The last mails to this customer in threads that the agent may see, with how far each came."""
    sent = OutgoingMail.objects.filter(thread__in=threads.values("pk"), kind__in=FOR_CUSTOMERS)
    return list(sent.select_related("message", "thread").order_by("-pk")[:NEWEST])


@agent_required
@require_safe
def household_threads(request: AgentRequest, household_id: int) -> HttpResponse:
    """The threads of all people of a shared account that this agent may see, each with its own person."""
    people = shop.people_of_household(household_id)
    visible = Thread.objects.visible_to(request.user).filter(customer__in=people)
    shown = visible.select_related("assignee", "contact", "customer").with_unread(request.user).newest_first()
    context = {"threads": shown[:OF_HOUSEHOLD], "labels": statuses_of(request)}
    return render(request, "helpdesk/_household_threads.html", context)
