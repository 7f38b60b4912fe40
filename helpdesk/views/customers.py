"""What a customer's page shows of threads and mail: fragments, addressed by URL name."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import AgentRequest, agent_required
from helpdesk import context as shop
from helpdesk.chrome import statuses_of
from helpdesk.models import OutgoingKind, OutgoingMail, Status, Thread
from helpdesk.models.queue import ThreadQuerySet

NEWEST = 10
OF_HOUSEHOLD = 50
IN_THREADS = (OutgoingKind.MESSAGE, OutgoingKind.ACKNOWLEDGEMENT, OutgoingKind.LINK, OutgoingKind.CLOSING)
OUTSIDE = (OutgoingKind.FOLLOW_UP, OutgoingKind.ACCOUNT)


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
        "states": _states_of(visible),
        "mails": _mails_of(customer_id, visible),
        "labels": statuses_of(request),
    }
    return render(request, "helpdesk/_customer_threads.html", context)


def _states_of(threads: ThreadQuerySet) -> list[tuple[str, int]]:
    """How many of the threads are in each status, as the queue counts them."""
    counted = dict(threads.on_desk().order_by().values_list("status").annotate(n=Count("pk")))
    return [(status, counted[status]) for status in Status.values if status in counted]


def _mails_of(customer_id: int, threads: ThreadQuerySet) -> list[OutgoingMail]:
    """The last mails to this customer, with how far each came: in threads that the agent may see, and outside any."""
    newest = OutgoingMail.objects.order_by("-pk")
    in_threads = newest.filter(thread__in=threads.values("pk"), kind__in=IN_THREADS).select_related("message", "thread")
    outside = newest.filter(customer=customer_id, kind__in=OUTSIDE)
    return sorted([*in_threads[:NEWEST], *outside[:NEWEST]], key=lambda mail: -mail.pk)[:NEWEST]


@agent_required
@require_safe
def mail(request: AgentRequest, customer_id: int, mail_id: int) -> HttpResponse:
    """A mail of the team, or one that followed a cart or an order, as it was sent.

    One with a link that lets the customer in is never shown.
    """
    customer = get_object_or_404(shop.customers(), pk=customer_id)
    visible = Thread.objects.visible_to(request.user).filter(customer=customer)
    ours = Q(kind=OutgoingKind.MESSAGE, thread__in=visible.values("pk"))
    sent = get_object_or_404(OutgoingMail, ours | Q(kind=OutgoingKind.FOLLOW_UP, customer=customer), pk=mail_id)
    return render(request, "helpdesk/sent_mail.html", {"customer": customer, "mail": sent})


@agent_required
@require_safe
def household_threads(request: AgentRequest, household_id: int) -> HttpResponse:
    """The threads of all people of a shared account that this agent may see, each with its own person."""
    people = shop.people_of_household(household_id)
    visible = Thread.objects.visible_to(request.user).filter(customer__in=people)
    shown = visible.select_related("assignee", "contact", "customer").with_unread(request.user).newest_first()
    context = {"threads": shown[:OF_HOUSEHOLD], "labels": statuses_of(request)}
    return render(request, "helpdesk/_household_threads.html", context)
