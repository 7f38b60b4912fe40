"""A shop of ten years for measuring its lists: 200,000 customers, 100,000 carts of three lines, 25,000 orders.

Customer 1 has 500 orders and 500 carts. Some rows are made in Python, the rest are copies that differ by what lists
sort and search by.
"""

import random
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import Agent
from crm.models import (
    Cart,
    CartLine,
    CartState,
    CartWords,
    Customer,
    CustomerEmail,
    CustomerGroup,
    CustomerTag,
    CustomerWords,
    Order,
)
from helpdesk.models import Contact, DeskSettings
from search.folding import AGE_BITS, age_word
from tests.bench.copying import copy, later
from tests.bench.shop import insert

CUSTOMERS, CARTS, ORDERS, TIMES = 2_000, 1_000, 250, 100
CART_EVERY = 10  # minutes
LIVE = 60  # carts whose customers are in the shop
ACTIVE = 144
FIRST = "Ana Luis Marta Pau Nina Diego Julia Félix Emma Lucía Rubén Léa Ángel Sofía Hugo Vera".split()
LAST = "García Soto Prieto Sanz Gómez Ortiz Clarke Moreau Krüger Martí Vidal Ríos Fernández Torres Weiß Roux".split()
WORDS = ["VIP", "B2B", "boda", "feria", "pagado", "Club Barro", "Navidad"]
MARK = "x0x"  # in what is another word in each copy


def build() -> None:
    """All of it, in empty tables."""
    with transaction.atomic():
        DeskSettings.load()
        Contact.objects.create(slug="service", titles={"en": "Service"}, email="service@shop.test")
        Agent.objects.create(username="boss", name="Boss", role=Agent.Role.SUPERVISOR)
        dice = random.Random(11)
        _customers(dice)
        _orders()
        _carts(dice)


def wake_up() -> None:
    """The newest carts are filled now, whenever the rest was made."""
    Cart.objects.filter(pk__gt=CARTS * TIMES - LIVE).update(seen_at=timezone.now(), changed_at=timezone.now())


def _customers(dice: random.Random) -> None:
    groups = [CustomerGroup.fixed("customer"), CustomerGroup.fixed("guest")]
    tags = [CustomerTag.objects.create(name=word) for word in WORDS]
    ids, through = range(1, CUSTOMERS + 1), Customer.tags.through
    insert(Customer, (_customer(n, dice, groups) for n in ids))
    insert(CustomerEmail, (CustomerEmail(customer_id=n, address=f"c{n}{MARK}@example.com", is_main=True) for n in ids))
    insert(through, (through(customer_id=n, customertag=tags[n % 7]) for n in ids if n % 5 == 0))
    insert(through, (through(customer_id=n, customertag=tags[(n + 2) % 7]) for n in ids if n % 15 == 0))
    CustomerWords.write(ids)
    moved, owner = f"t.id + n * {CUSTOMERS}", f"t.customer_id + n * {CUSTOMERS}"
    moments = {name: later(name, "-n") for name in ("registered_at", "visited_at")}
    copy(Customer, TIMES - 1, id=moved, spent="t.spent + n", **moments)
    mail = {name: f"replace(t.{name}, '{MARK}', 'x' || n || 'x')" for name in ("address", "canonical")}
    copy(CustomerEmail, TIMES - 1, id=moved, customer_id=owner, **mail)
    copy(through, TIMES - 1, id=f"t.id + n * {CUSTOMERS}", customer_id=owner)
    copy(CustomerWords, TIMES - 1, customer_id=owner, words=_words(owner))


def _words(row_id: str) -> str:
    """The line of words of a copy, in SQL: its own mark, its own age."""
    aged = f"replace(t.words, ' {age_word(1)} ', ' {age_word(1)[:-1]}' || (({row_id}) >> {AGE_BITS}) || ' ')"
    return f"replace({aged}, '{MARK}', 'x' || n || 'x')"


def _customer(n: int, dice: random.Random, groups: list[CustomerGroup]) -> Customer:
    """Three of ten never bought, half have no birthday."""
    orders, now = max(0, dice.randrange(10) - 3), timezone.now()
    return Customer(
        pk=n,
        first_name=dice.choice(FIRST),
        last_name=f"{dice.choice(LAST)} {dice.choice(LAST)}",
        language=dice.choice(["es", "es", "en", "fr", "de"]),
        group=groups[n % 8 == 0],
        birthday=date(1940 + dice.randrange(65), 1 + dice.randrange(12), 1 + dice.randrange(28)) if n % 2 else None,
        phone=f"+346{dice.randrange(10**8):08d}",
        newsletter=dice.random() < 0.4,
        partner_offers=dice.random() < 0.1,
        is_active=n % 50 != 0,
        order_count=orders,
        spent=Decimal(dice.randrange(1000, 90000)) / 100 * orders if orders else None,
        open_threads=int(dice.random() < 0.01),
        registered_at=now - timedelta(minutes=dice.randrange(10 * 365 * 24 * 60)),
        visited_at=now - timedelta(seconds=dice.randrange(365 * 86400)) if n % 4 else None,
    )


def _orders() -> None:
    begin = timezone.now() - timedelta(minutes=CARTS * TIMES * CART_EVERY)
    orders = (
        Order(
            pk=n,
            reference=f"MK-{n}{MARK}",
            customer_id=n % CUSTOMERS + 1,
            state="Enviado",
            total=Decimal(42),
            placed_at=begin + timedelta(minutes=n * 4 * CART_EVERY),
        )
        for n in range(1, ORDERS + 1)
    )
    insert(Order, orders)
    copy(
        Order,
        TIMES - 1,
        id=f"t.id + n * {ORDERS}",
        reference=f"replace(t.reference, '{MARK}', 'x' || n)",
        customer_id=f"t.customer_id + n * {CUSTOMERS}",
        placed_at=later("placed_at", f"n * {CARTS * CART_EVERY}"),
    )
    Order.objects.filter(pk__in=range(3, ORDERS * TIMES, ORDERS * TIMES // 500)).update(customer=1)


def _carts(dice: random.Random) -> None:
    """One of four became an order, one of ten is nobody's."""
    ids = range(1, CARTS + 1)
    insert(Cart, (_cart(n, dice) for n in ids))
    lines = ((n, place) for n in ids for place in (1, 2, 3))
    made = (CartLine(cart_id=n, name=f"Taza {at}", quantity=at, unit_price=Decimal(9)) for n, at in lines)
    insert(CartLine, made)
    CartWords.write(ids)
    moved, cart = f"t.id + n * {CARTS}", f"t.cart_id + n * {CARTS}"
    names = ("created_at", "changed_at", "seen_at", "abandoned_at")
    moments = {name: later(name, f"n * {CARTS * CART_EVERY}") for name in names}
    owners = {"customer_id": f"t.customer_id + n * {CUSTOMERS}", "order_id": f"t.order_id + n * {ORDERS}"}
    copy(Cart, TIMES - 1, id=moved, **owners, **moments)
    copy(CartLine, TIMES - 1, id=f"t.id + n * {CARTS * 3}", cart_id=cart)
    copy(CartWords, TIMES - 1, cart_id=cart, words=_words(cart))
    last = Cart.objects.filter(pk__gt=CARTS * TIMES - ACTIVE, state=CartState.ABANDONED)
    last.update(state=CartState.ACTIVE, abandoned_at=None)
    Cart.objects.filter(pk__in=range(3, CARTS * TIMES, CARTS * TIMES // 500)).update(customer=1)


def _cart(n: int, dice: random.Random) -> Cart:
    changed = timezone.now() - timedelta(minutes=(CARTS * TIMES - n) * CART_EVERY)
    order = n // 4 if n % 4 == 0 else None
    return Cart(
        pk=n,
        customer_id=None if n % 10 == 1 else n * 7 % CUSTOMERS + 1,
        order_id=order,
        state=CartState.ORDERED if order else CartState.ABANDONED,
        total=Decimal(dice.randrange(500, 30000)) / 100,
        item_count=6,
        created_at=changed,
        changed_at=changed,
        seen_at=changed,
        abandoned_at=None if order else changed + timedelta(hours=24),
    )
