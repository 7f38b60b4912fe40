"""Whoever writes from an address that nobody on file has, and turns out to have bought something."""

from django.db import transaction

from accounts.models import Agent
from crm.models import Customer, RecordEvent
from crm.models.record import usual_group


@transaction.atomic
def guest_for(address: str, name: str, *, by: Agent) -> Customer:
    """Who uses this address; a guest of this name is made where nobody does. Raises ValueError without an address."""
    known = Customer.objects.for_email(address)
    if known is not None:
        return known
    if not address.strip():
        raise ValueError("a guest needs an address")
    first, _, last = " ".join(name.split()).partition(" ")
    guest = Customer(first_name=first[:255], last_name=last[:255], is_guest=True, group=usual_group(guest=True))
    guest._history_user = by  # type: ignore[attr-defined]
    guest.save()
    guest.groups.set([guest.group] if guest.group else [])
    guest.set_emails([address])
    RecordEvent.objects.record(RecordEvent.Kind.CREATED, guest, by=by, address=address)
    return guest
