"""The customer's rights to their data: a copy of all of it, and the wish to have it deleted."""

import hashlib
import tempfile
from typing import IO

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from helpdesk import intake
from helpdesk.mail import InboundMail
from helpdesk.models import Contact
from portal.customer import Customer, PrivacyRequest, write_copy

IN_MEMORY = 10_000_000  # bytes of an archive; a larger one goes over the disk


def copy_of(customer: Customer) -> IO[bytes]:
    """An archive of all that we hold of somebody, without what the team wrote for itself."""
    archive = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    write_copy(customer, archive, private=False)
    archive.seek(0)
    customer.events.record("exported", customer)
    return archive


def ask_to_erase(customer: Customer, *, ip: str) -> int:
    """Tell the shop, in a thread and among the requests that the law wants answered; once a day is enough.

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
    delivered = intake.deliver(mail, contact=contact, routed=False)
    if delivered.outcome != "duplicate":
        words = _("In their private area, #%(number)s") % {"number": delivered.thread_id}
        kind, today = PrivacyRequest.Kind.ERASURE, timezone.localdate()
        PrivacyRequest.objects.note(customer, kind, by=None, received_on=today, words=words)
    return delivered.thread_id
