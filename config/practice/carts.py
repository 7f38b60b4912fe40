"""What lies in the customers' carts: live ones, abandoned ones, some of nobody we know, and those that were ordered."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from config.practice.orders import pick
from config.practice.products import VAT
from crm import jobs
from crm.models import Cart, CartItem, CartSums, Customer, Order

CARTS = 64
FIRST_NAMELESS, FIRST_ORDERED = 30, 48
SHIPPING = Decimal("4.90")
STEPS = ("Carrito", "Dirección de envío", "Envío", "Pago")
COLORS = ("Azul niebla", "Mostaza", "Verde musgo", "Blanco")


def fill(dice: Random, customers: list[Customer], orders: list[Order]) -> None:
    """Fill them as the shop would, and let the time do its work."""
    recent = orders[: CARTS - FIRST_ORDERED]
    for n in range(CARTS):
        order = recent[n - FIRST_ORDERED] if n >= FIRST_ORDERED else None
        is_nameless = FIRST_NAMELESS <= n < FIRST_ORDERED
        owner = order.customer if order else None if is_nameless else customers[n % len(customers)]
        _fill_one(dice, n, owner, order)
    jobs.settle_carts()


def _fill_one(dice: Random, n: int, owner: Customer | None, order: Order | None) -> None:
    is_live = n < 8 or FIRST_NAMELESS <= n < FIRST_NAMELESS + 4
    ago = timedelta(minutes=2 + n % 25) if is_live else timedelta(hours=3 + n * 11)
    changed = order.placed_at - timedelta(hours=30 if n % 3 else 1) if order else timezone.now() - ago
    cart = Cart.objects.create(
        shop_id=str(8600 + n),
        customer=owner,
        created_at=changed - timedelta(minutes=dice.randrange(4, 50)),
        changed_at=changed,
        device=("Portátil", "Móvil", "Tableta")[n % 3],
        city=("Madrid", "Barcelona", "Bilbao")[n % 3],
        step=STEPS[n % len(STEPS)],
        carrier="Mensajería Liebre" if n % 4 > 1 else "",
    )
    chosen = _items(dice)
    if is_live:  # one product was taken out again a few minutes ago
        cart.replace_lines([*chosen, *_items(dice)], at=changed - timedelta(minutes=3))
    cart.replace_lines(chosen, sums=CartSums(shipping=SHIPPING), at=changed)
    if order:
        if n % 3 == 1:
            Cart.objects.filter(pk=cart.pk).update(abandoned_at=changed + timedelta(hours=24))
        cart.take_order(order)


def _items(dice: Random) -> list[CartItem]:
    return [
        CartItem(
            one.name,
            quantity,
            one.price,
            product_ref=one.reference,
            category=one.category,
            attributes=dice.choice(COLORS),
            supplier_ref=f"P-{one.reference}",
            stock=dice.randrange(0, 30),
            tax_rate=VAT,
        )
        for one, quantity in pick(dice, most=3)
    ]


def wake() -> None:
    """Somebody is always in the shop: the newest carts without an order were used a few minutes ago."""
    now = timezone.now()
    for n, cart in enumerate(Cart.objects.unordered().order_by("-changed_at")[:12]):
        if not cart.is_online:
            cart.see(at=now - timedelta(minutes=1 + n))
