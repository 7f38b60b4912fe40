"""What customers said by the buttons of their page: still waiting, and another address for an order not sent yet."""

import hashlib
from datetime import timedelta

from django.utils import timezone, translation

from config.practice.products import CATALOGUE
from crm.models import Order
from helpdesk import intake
from helpdesk.mail import InboundMail
from helpdesk.models import AddressProposal, Message, Thread

ELSEWHERE = {"line1": "Calle del Horno 12", "line2": "2.º B", "postcode": "17004", "city": "Girona", "state": "Girona"}


def press() -> None:
    """One of each, in threads of the desk whose order fits."""
    threads = Thread.objects.active().exclude(customer=None).select_related("contact", "customer", "order")
    if late := threads.exclude(order=None).filter(needs_answer=False).newest_first().first():
        late.note_waiting(_say(late, f"Sigo esperando el pedido {late.order_name}."))
    if early := threads.filter(order=None, needs_answer=True).newest_first().first():
        early.link(order=_packed_for(early), by=None)
        _move(early)


def _packed_for(thread: Thread) -> Order:
    """What the customer ordered yesterday and the shop is preparing."""
    customer, bowl, now = thread.customer, CATALOGUE[3], timezone.now()
    assert customer is not None  # noqa: S101 - as asked above
    facts = {"customer": customer, "email": customer.email, "source": customer.source, "state": "En preparación"}
    order = Order.objects.create(
        reference="MK-10990",
        shop_id="10990",
        total=bowl.price * 2,
        placed_at=now - timedelta(hours=20),
        promised_on=(now + timedelta(days=5)).date(),
        **facts,
    )
    order.lines.create(
        product_ref=bowl.reference, name=bowl.name, category=bowl.category, quantity=2, unit_price=bowl.price
    )
    return order


def _move(thread: Thread) -> None:
    """The customer wants the parcel elsewhere."""
    customer = thread.customer
    assert customer is not None  # noqa: S101 - as asked above
    values = {"first_name": customer.first_name, "last_name": customer.last_name, "country": "ES", **ELSEWHERE}
    with translation.override("es"):
        label = AddressProposal.objects.vet(thread, values)
    message = _say(thread, f"Enviad el pedido {thread.order_name} a esta dirección, por favor:\n\n{label}")
    AddressProposal.objects.propose(thread, values, message=message)


def _say(thread: Thread, text: str) -> Message:
    digest = hashlib.sha256(f"{thread.pk} {text}".encode()).hexdigest()
    mail = InboundMail(
        sender=thread.email,
        sender_name=thread.sender,
        subject=thread.subject,
        text=text,
        full_text=text,
        message_id=f"<practice-{digest[:24]}@tallernorte.example>",
        digest=digest,
        channel="form",
        language=thread.language,
    )
    return Message.objects.get(pk=intake.deliver_to(thread, mail).message_id)
