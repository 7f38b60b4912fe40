"""What the customers bought."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from config.practice.products import CATALOGUE, VAT, Product
from crm.models import Customer, Order, OrderLine

ORDERS = 155
CARRIERS = ("Transportes Sendero", "Mensajería Liebre", "Correo del Valle")
PAYMENTS = ("Tarjeta", "Tarjeta", "Transferencia", "Contra reembolso")
TRACKING = "https://seguimiento.transportista.example/"


def pick(dice: Random, *, most: int) -> list[tuple[Product, int]]:
    """A few products with quantities."""
    return [(product, dice.choice((1, 1, 2, 4, 6))) for product in dice.sample(CATALOGUE, dice.randrange(1, most + 1))]


class Counter:
    """Takes orders; the oldest has the lowest number."""

    def __init__(self, dice: Random, customers: list[Customer]) -> None:
        self.dice, self.customers, self.now = dice, customers, timezone.now()

    def sell(self) -> list[Order]:
        """All orders of the last four months, and the two that people to play ask about."""
        days = sorted((self.dice.triangular(0.1, 120, 15) for _ in range(ORDERS)), reverse=True)
        buyers = self.customers[4:]
        for n, age in enumerate(days):
            customer = buyers[n % len(buyers)] if n < len(buyers) else self.dice.choice(buyers)
            self._order(f"MK-{10_300 + n * 2 + n % 2}", customer, self.now - timedelta(days=age))
        laura, _, hotel, marc = self.customers[:4]
        late = self._order("PR-1003", laura, self.now - timedelta(days=7))
        late.state, late.is_done = "En camino, con retraso", False
        late.promised_on = (self.now - timedelta(days=2)).date()
        late.save()
        self._order("PR-1004", hotel, self.now - timedelta(days=12))
        self._order("PR-1005", marc, self.now - timedelta(days=16))
        return list(Order.objects.select_related("customer").prefetch_related("lines"))

    def _order(self, reference: str, customer: Customer, placed_at: datetime) -> Order:
        chosen = pick(self.dice, most=4)
        home = customer.addresses.first()
        order = Order(
            shop_id=reference.rpartition("-")[2],
            reference=reference,
            customer=customer,
            email=customer.email,
            payment=self.dice.choice(PAYMENTS),
            total=sum((product.price * quantity for product, quantity in chosen), Decimal("4.90")),
            delivery_address=f"{customer.name}\n{home}",
            delivered_to=home,
            invoiced_to=home,
            placed_at=placed_at,
        )
        self._move_on(order, (self.now - placed_at).days)
        order.save()
        OrderLine.objects.bulk_create(
            OrderLine(
                order=order,
                product_ref=one.reference,
                name=one.name,
                category=one.category,
                quantity=quantity,
                unit_price=one.price,
                tax_rate=VAT,
            )
            for one, quantity in chosen
        )
        return order

    def _move_on(self, order: Order, days: int) -> None:
        """State, carrier and dates by the age of the order in days."""
        luck = self.dice.random()
        if luck < 0.05:
            order.state, order.is_valid, order.is_done = (
                ("Cancelado", True, True) if days > 3 else ("Pago pendiente", False, False)
            )
            return
        order.promised_on = (order.placed_at + timedelta(days=6)).date()
        if days < 2:
            order.state = "En preparación"
            return
        order.carrier = self.dice.choice(CARRIERS)
        order.tracking_number = f"TS{self.dice.randrange(10**9, 10**10)}"
        order.tracking_url = TRACKING + order.tracking_number
        order.is_done = days > 6 and luck > 0.12
        order.state = "Entregado" if order.is_done else "En camino" if days <= 6 else "En camino, con retraso"
