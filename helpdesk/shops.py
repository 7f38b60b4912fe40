"""What shops are told of threads: that one began, was answered, was closed. Facts and links, never what was said."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse

from helpdesk import context
from helpdesk.models.desk import Status
from helpdesk.models.event import Event, EventKind

if TYPE_CHECKING:
    from helpdesk.models.thread import Thread


def tell(thread: "Thread", event: Event) -> None:
    """Tell the customer's shop of an event, or every shop where the customer is nobody's. Spam is nobody's business."""
    told = _name_of(event)
    if not told or thread.folder != "desk" or not context.is_wanted(told):
        return
    shop = context.shop_of(thread.customer) or context.shop_of(thread.order)
    context.announce(told, _facts(thread), shop=shop)


def _name_of(event: Event) -> str:
    """What shops call an event; an empty string for what is not their business."""
    if event.kind == EventKind.CREATED:
        return "thread.created"
    if event.kind == EventKind.STATUS and event.data.get("to") == Status.CLOSED:
        return "thread.closed"
    is_answer = event.kind == EventKind.SENT and event.message is not None and event.message.kind == "reply"
    return "message.sent" if is_answer else ""


def _facts(thread: "Thread") -> dict[str, Any]:
    return {
        "thread": thread.pk,
        "page": settings.SITE_URL + reverse("helpdesk:thread", args=[thread.pk]),
        "contact": thread.contact.slug,
        "status": thread.status,
        "customer": thread.customer.shop_id or None if thread.customer else None,
        "order": thread.order.shop_id or thread.order.reference if thread.order else None,
    }
