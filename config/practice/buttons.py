"""What customers said by the buttons of their page: still waiting, and another address for an order not sent yet."""

import hashlib

from helpdesk import intake
from helpdesk.mail import InboundMail
from helpdesk.models import AddressProposal, Message, Status, Thread

ELSEWHERE = {"line1": "Calle del Horno 12", "line2": "2.º B", "postcode": "17004", "city": "Girona", "state": "Girona"}


def press() -> None:
    """One of each, in threads of the desk whose order fits."""
    threads = Thread.objects.on_desk().exclude(order=None).exclude(customer=None).exclude(status=Status.CLOSED)
    threads = threads.select_related("contact", "customer", "order").newest_first()
    if late := threads.filter(order__is_shipped=True, needs_answer=False).first():
        late.note_waiting(_say(late, f"Sigo esperando el pedido {late.order_name}."))
    if early := threads.filter(order__is_shipped=False, order__is_done=False).first():
        assert early.customer is not None  # noqa: S101 - as asked above
        whose = {"first_name": early.customer.first_name, "last_name": early.customer.last_name, "country": "ES"}
        values = {**whose, **ELSEWHERE}
        label = AddressProposal.objects.vet(early, values)
        message = _say(early, f"Enviad el pedido {early.order_name} a esta dirección, por favor:\n\n{label}")
        AddressProposal.objects.propose(early, values, message=message)


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
