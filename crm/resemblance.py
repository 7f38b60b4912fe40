"""Who on file somebody new might be, with the reason: asked before a record is made twice."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm.models import Address, Customer, Order

MOST = 3


@dataclass(frozen=True)
class Likeness:
    """Somebody on file, and why it might be them."""

    customer: Customer
    reason: str


def resembling(*, first_name: str, last_name: str, email: str, phone: str) -> list[Likeness]:
    """At most three, the surest reason first. A fixed number of queries."""
    reasons: dict[int, str] = {}
    for customer_id, reason in _hints(first_name, last_name, email.strip().lower(), phone.strip()):
        reasons.setdefault(customer_id, reason)
    people = Customer.objects.present().prefetch_related("emails").in_bulk(reasons)
    return [Likeness(people[pk], reason) for pk, reason in reasons.items() if pk in people][:MOST]


def _hints(first: str, last: str, email: str, phone: str) -> list[tuple[int, str]]:
    """Ids of customers with a reason each."""
    hints: list[tuple[int, str]] = []
    if email:
        orders = Order.objects.filter(email__iexact=email).exclude(customer=None).order_by("-placed_at")
        said = _("An order of theirs was placed with this e-mail.")
        hints += [(pk, said) for pk in orders.values_list("customer", flat=True)[:MOST]]
    if phone:
        hints += _by_phone(phone)
    if first and last:
        same = Customer.objects.present().filter(first_name__iexact=first, last_name__iexact=last)
        hints += [(pk, _("The same name.")) for pk in same.values_list("pk", flat=True)[:MOST]]
    return hints


def _by_phone(phone: str) -> list[tuple[int, str]]:
    own = Customer.objects.present().filter(phone=phone).values_list("pk", flat=True)[:MOST]
    orders = Order.objects.filter(delivery_phone=phone).exclude(customer=None).values_list("customer", flat=True)[:MOST]
    homes = Address.objects.present().filter(phone=phone).values_list("customer", flat=True)[:MOST]
    return [
        *((pk, _("The same phone.")) for pk in own),
        *((pk, _("The same phone in an order.")) for pk in orders),
        *((pk, _("The same phone in an address.")) for pk in homes),
    ]
