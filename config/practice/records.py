"""What the shop tells of its customers beside names and orders: groups, consents, visits, vouchers, states."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from config.practice import told
from crm import usernames
from crm.models import (
    Cart,
    CategoryDiscount,
    Consent,
    Customer,
    CustomerGroup,
    CustomerLink,
    Household,
    Order,
    OrderState,
    PrivacyRequest,
    RecordEvent,
    RecordSettings,
    Shop,
    TitleUse,
    Tone,
    Visit,
    Voucher,
)

BROWSERS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1 Version/18.1 Safari/605.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36",
)
ORIGINS = ("", "", "https://buscador.example/", "https://revista-ceramica.example/talleres", "https://fotos.example/")
PAGES = ("Taza Bruma", "Cuencos", "Jarra esmaltada", "Envíos y devoluciones", "Mi cuenta")
WAYS_TO_PAY = ("Tarjeta", "Tarjeta, Bizum", "Transferencia", "")
SHOP = "https://tallernorte.example"


def open_shop() -> Shop:
    """The shop whose records these are."""
    shop = Shop.objects.create(
        name="Taller Norte",
        url=SHOP,
        customer_link="{shop}/admin/clientes/{id}",
        order_link="{shop}/admin/pedidos/{reference}",
        cart_link="{shop}/admin/carritos/{id}",
        restore_link="{shop}/carrito/{id}",
        gallery_link="{shop}/galerias/{id}",
    )
    for model in (Customer, Order, Cart):
        model._default_manager.exclude(shop_id="").update(source=shop)
    told.tell(shop)
    return shop


def tell(dice: Random, customers: list[Customer]) -> None:
    """Fill in what belongs to each customer, the same each time but for the date."""
    open_shop()
    RecordSettings.decide(by=None, title_use=TitleUse.TEAM)
    club = _found_club()
    for n, customer in enumerate(Customer.objects.order_by("pk")):
        _describe(dice, customer, n)
        _join(customer, club if n % 6 == 3 else None)
        _agree(customer)
        _visit(dice, customer, n)
    _give(customers)
    _share(customers)
    _ask(customers)
    _tell_states(dice)
    Order.objects.add_up([customer.pk for customer in customers])


def _found_club() -> CustomerGroup:
    club = CustomerGroup.objects.create(
        name="Club Barro",
        names={"es": "Club Barro", "en": "Clay Club"},
        description="Se entra con la tercera compra",
        discount=Decimal(5),
        badge="Club Barro",
        tone=Tone.INFO,
        answer_hours=12,
    )
    CategoryDiscount.objects.create(group=club, category="Tazas", discount=Decimal(10))
    return club


def _describe(dice: Random, customer: Customer, n: int) -> None:
    if n % 3:
        customer.birthday = date(1960 + dice.randrange(45), dice.randrange(1, 13), dice.randrange(1, 29))
    customer.payment_method = WAYS_TO_PAY[n % len(WAYS_TO_PAY)]
    customer.partner_offers = n % 5 == 1
    customer.is_active = n % 17 != 16
    customer.visited_at = None if n % 11 == 10 else timezone.now() - timedelta(hours=dice.randrange(1, 1200))
    if not customer.is_guest and n % 3 == 0:
        customer.username = usernames.ideas(customer)[0] if n % 2 else ""
        customer.invited_at, customer.entered_at = customer.registered_at, customer.visited_at
    customer.save_without_historical_record()  # type: ignore[attr-defined]


def _join(customer: Customer, club: CustomerGroup | None) -> None:
    customer.groups.set([group for group in (customer.group, club) if group])


def _agree(customer: Customer) -> None:
    wishes = (("newsletter", customer.newsletter), ("offers", customer.partner_offers))
    Consent.objects.bulk_create(
        Consent(customer=customer, kind=kind, given=True, source=Consent.Source.SHOP, at=customer.registered_at)
        for kind, given in wishes
        if given
    )


def _visit(dice: Random, customer: Customer, n: int) -> None:
    if customer.visited_at is None:
        return
    Visit.objects.bulk_create(
        Visit(
            customer=customer,
            began_at=customer.visited_at - timedelta(days=back * 3),
            pages=dice.randrange(1, 14),
            seconds=dice.randrange(20, 900),
            origin=dice.choice(ORIGINS),
            page=dice.choice(PAGES),
            ip_address=f"203.0.113.{(n * 7 + back) % 250 + 1}",
            user_agent=BROWSERS[(n + back) % len(BROWSERS)],
        )
        for back in range(1 + n % 4)
    )


def _give(customers: list[Customer]) -> None:
    """Vouchers for some, a gallery of their own for a few."""
    until = timezone.now() + timedelta(days=60)
    Voucher.objects.bulk_create(
        Voucher(customer=one, code=f"GRACIAS{one.pk}", name="Gracias", percent=Decimal(10), valid_until=until)
        for one in customers[::4]
    )
    CustomerLink.objects.bulk_create(
        CustomerLink(customer=one, name="Fotos del taller", url=f"{SHOP}/fotos/{one.shop_id}") for one in customers[::9]
    )


def _share(customers: list[Customer]) -> None:
    """A wedding whose guests order one by one."""
    guests = [customer for customer in customers if customer.language == "es"][20:23]
    wedding = Household.objects.create(name="Boda de Nuria y Pau", note="Vajilla de la lista de boda")
    Customer.objects.filter(pk__in=[guest.pk for guest in guests]).update(household=wedding)


def _ask(customers: list[Customer]) -> None:
    """One asks for a copy of their data, one has theirs already; one record without orders lies in the bin."""
    today = timezone.localdate()
    kinds, ago = PrivacyRequest.Kind, timedelta(days=8)
    PrivacyRequest.objects.create(
        customer=customers[6], kind=kinds.ERASURE, received_on=today - ago, words="Por correo, con copia del DNI"
    )
    PrivacyRequest.objects.create(
        customer=customers[8], kind=kinds.COPY, received_on=today - 3 * ago, done_at=timezone.now() - ago
    )
    gone = Customer.objects.create(first_name="Ángel", last_name="García", deleted_at=timezone.now() - ago)
    gone.set_emails(["angel.garcia@correo.example"])
    gone.events.record(RecordEvent.Kind.DELETED, gone)


def _tell_states(dice: Random) -> None:
    """Each order was placed, prepared, sent, and came."""
    rows = []
    for order in Order.objects.all():
        at = order.placed_at
        rows.append(OrderState(order=order, state="Pago aceptado", at=at))
        if order.state != "En preparación" and order.is_valid:
            rows.append(OrderState(order=order, state="En preparación", at=at + timedelta(hours=dice.randrange(2, 20))))
        last = min(at + timedelta(days=2 + dice.randrange(3)), timezone.now())
        rows.append(OrderState(order=order, state=order.state, at=last))
        if order.state == "Entregado":
            Order.objects.filter(pk=order.pk).update(delivered_at=last)
    OrderState.objects.bulk_create(rows)
    Order.objects.filter(state__startswith="En camino").update(is_shipped=True)
