"""The customer's rights to their data: a copy of all of it, and the wish to have it deleted."""

import hashlib
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from helpdesk import intake
from helpdesk.mail import InboundMail
from helpdesk.models import Contact, Thread
from portal.customer import Customer, facts_of
from portal.views.thread import visible_in


def data_of(customer: Customer) -> dict[str, Any]:
    """All that we hold of somebody, as they may see it: plain words and numbers, ready for JSON."""
    customer.events.record("exported", customer)
    return {**facts_of(customer), "messages": [_thread(one) for one in Thread.objects.of_customer(customer.pk)]}


def _thread(thread: Thread) -> dict[str, Any]:
    said = visible_in(thread).order_by("created_at", "pk")
    return {
        "number": thread.pk,
        "subject": thread.subject,
        "opened": thread.created_at,
        "said": [{"at": one.created_at, "by": one.who, "text": one.text} for one in said],
    }


def ask_to_erase(customer: Customer, *, ip: str) -> int:
    """Tell the shop, in a thread, that somebody wants their data deleted; once a day is enough.

    Returns the thread's number, or 0 if there is nobody to tell.
    """
    contact = Contact.objects.in_form().filter(saves_messages=True).first() or Contact.objects.active().first()
    if contact is None:
        return 0
    key = hashlib.sha256(f"erase|{customer.pk}|{timezone.localdate()}".encode()).hexdigest()
    text = _("I ask you to delete my personal data. My customer number is %(number)s.") % {"number": customer.pk}
    mail = InboundMail(
        sender=customer.email,
        sender_name=customer.name,
        subject=_("Please delete my data"),
        text=text,
        full_text=text,
        message_id=f"<erase-{key[:24]}@area.invalid>",
        digest=key,
        channel="form",
        language=translation.get_language() or "",
        ip=ip,
        customer_id=customer.pk,
    )
    return intake.deliver(mail, contact=contact, routed=False).thread_id
