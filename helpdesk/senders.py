"""Who wrote: an unknown sender becomes a customer, or turns out to be one who is on file."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import Agent
from helpdesk import context as shop
from helpdesk.models import Thread


@transaction.atomic
def enter(thread: Thread, values: Mapping[str, Any], *, by: Agent) -> Any:
    """A new customer, to whom the sender's threads belong from now on. Raises ValidationError, by field."""
    customer = shop.add_customer({"language": thread.language, **values}, by=by)
    _give_threads(thread, customer, by=by)
    return customer


@transaction.atomic
def recognise(thread: Thread, customer: Any, *, by: Agent) -> None:
    """It is somebody on file: the threads become theirs, and the address one of their own.

    Raises ValidationError, by field, where the address is somebody else's.
    """
    if thread.email and not shop.is_known_address(customer, thread.email):
        shop.add_address_of_mail(customer, thread.email, by=by)
    _give_threads(thread, customer, by=by)


def _give_threads(thread: Thread, customer: Any, *, by: Agent) -> None:
    """This thread, and what else came from its address and belongs to nobody."""
    same = Thread.objects.filter(customer=None, email=thread.email) if thread.email else Thread.objects.none()
    for one in {thread, *same}:
        one.link(by=by, customer=customer)
