"""What went wrong in the shop: carts that were charged and made no order, and people with two records.

One of the carts has been asked for, by somebody nobody knows; one is watched, and nobody has written yet.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from config.practice.people import HOMES
from config.practice.products import CATALOGUE
from crm import indexing, watching
from crm.models import Address, Cart, CartLine, Customer, CustomerGroup, Order
from helpdesk import intake, seeking
from helpdesk.found_reply import write_default
from helpdesk.mail import InboundMail, Party
from helpdesk.models import Contact, OutgoingMail, OutgoingState

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
SUBJECT = "¿Dónde está mi pedido?"
WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
LETTER = """Hola:

El {day} compré en vuestra web una jarra esmaltada y dos tazas Bruma. Me cobraron 64,00 € en la tarjeta, pero no tengo
número de pedido ni me ha llegado ningún correo. Es para un regalo. ¿Podéis mirarlo, por favor?

Ángel García
28013 Madrid"""


def lose(contacts: dict[str, Contact]) -> None:
    """Carts without an owner, the letter about one of them, and two records of one person."""
    now = timezone.now()
    write_default()
    bought = now - timedelta(days=3, hours=2)
    with indexing.once():
        _lost_cart("8841", bought, {"JAR-ESM": 1, "TAZ-BRU": 2}, postcode="28013", city="Madrid")
        _lost_cart("8838", now - timedelta(days=1, hours=5), {"CUE-AZU": 2}, name="Lucía Fernández")
        _lost_cart("8822", now - timedelta(days=6, hours=1), {"FUE-OVA": 1}, is_charged=False, step="Pago")
    watching.begin()
    _write(contacts["service"], bought)
    seeking.seek()
    _double(now)


def _lost_cart(number: str, at: datetime, goods: dict[str, int], **known: object) -> None:
    prices = {product.reference: product for product in CATALOGUE}
    total = sum((prices[reference].price * count for reference, count in goods.items()), Decimal(0))
    fields = {"is_charged": True, "step": "Pago", "language": "es", "user_agent": FIREFOX, **known}
    cart = Cart.objects.create(
        shop_id=number, total=total, total_products=total, item_count=len(goods), ip_address="203.0.113.41", **fields
    )
    CartLine.objects.bulk_create(
        CartLine(
            cart=cart,
            product_ref=reference,
            name=prices[reference].name,
            quantity=count,
            unit_price=prices[reference].price,
        )
        for reference, count in goods.items()
    )
    Cart.objects.filter(pk=cart.pk).update(created_at=at, changed_at=at, seen_at=at)


def _write(contact: Contact, bought: datetime) -> None:
    text = LETTER.format(day=WEEKDAYS[timezone.localtime(bought).weekday()])
    mail = InboundMail(
        text=text,
        full_text=text,
        sender="angel.garcia@buzon.example",
        sender_name="Ángel García",
        subject=SUBJECT,
        message_id="<perdido-1@buzon.example>",
        digest="practice-lost-1",
        to=(Party(contact.email),),
    )
    intake.deliver(mail, contact=contact, routed=False)
    OutgoingMail.objects.filter(message=None).update(state=OutgoingState.SENT, sent_at=timezone.now())


def _double(now: datetime) -> None:
    """Lucía bought once as a guest, with another address and a short name."""
    first = Customer.objects.filter(first_name="Lucía", last_name="Fernández").first()
    if first is None:
        return
    home = first.addresses.first()
    guest = Customer.objects.create(
        shop_id="2266",
        source=first.source,
        first_name="Lucia",
        last_name="Fdez.",
        phone=first.phone,
        language="es",
        is_guest=True,
        group=CustomerGroup.fixed(CustomerGroup.Key.GUEST),
        registered_at=now - timedelta(days=20),
    )
    guest.set_emails([f"lucia.fdez@{HOMES['fr'].domain}"])
    if home is not None:
        Address.objects.create(
            customer=guest, line1=home.line1, postcode=home.postcode, city=home.city, country=home.country
        )
    order = Order.objects.create(
        shop_id="10777",
        source=first.source,
        reference="MK-10777",
        customer=guest,
        email=first.email,
        state="Entregado",
        is_done=True,
        total=Decimal("38.00"),
        placed_at=now - timedelta(days=20),
    )
    order.lines.create(product_ref="CUE-BRU", name="Cuenco Bruma 18 cm", quantity=2, unit_price=Decimal("19.00"))
    Order.objects.add_up([guest.pk])
