"""Who works at Taller Norte, and which desks one can write to."""

import secrets
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Agent
from helpdesk.models import Calendar, CloseReason, Contact, DeskSettings, Holder, NoticeKind, Status, StatusLabel
from mailgateway.models import Mailbox, Security
from mailgateway.practice.cast import INVOICES, SHOP

WORDS = (
    "arcilla barniz barro bruma caolin ceniza cobalto cuenco engobe esmalte estuco fuente gres horno jarra "
    "ladrillo lienzo loza maceta molde nata nieve norte ocre olla paleta pincel plato rueda sal taller taza "
    "teja tetera tierra torno trapo vasija"
).split()


def new_password() -> str:
    """Four words and four digits, about 34 bits: enough behind the wait after wrong ones, on loopback."""
    words = (secrets.choice(WORDS) for _ in range(4))
    return f"{'-'.join(words)}-{secrets.randbelow(10_000):04d}"


# Status, whom we wait for, name and meaning in Spanish and English.
STATUSES = (
    (Status.OPEN, Holder.US, "", "", "Le debemos una respuesta", "We owe an answer"),
    (Status.PENDING_1, Holder.CUSTOMER, "cliente", "customer", "Le toca al cliente", "It is the customer's turn"),
    (Status.PENDING_2, Holder.THIRD_PARTY, "almacén", "warehouse", "El almacén prepara algo", "The warehouse is at it"),
    (Status.CLOSED, Holder.NOBODY, "", "", "Resuelto", "Solved"),
)


@dataclass(frozen=True)
class Desk:
    """A contact of the shop, as the form shows it."""

    slug: str
    email: str
    titles: dict[str, str]
    descriptions: dict[str, str]
    signatures: dict[str, str]
    asks_order: bool = True


DESKS = (
    Desk(
        "service",
        SHOP,
        {"es": "Atención al cliente", "en": "Customer service", "fr": "Service client", "de": "Kundendienst"},
        {
            "es": "Pedidos, envíos, cambios y dudas sobre productos.",
            "en": "Orders, delivery, exchanges and questions about products.",
        },
        {},
    ),
    Desk(
        "accounting",
        INVOICES,
        {"es": "Contabilidad", "en": "Accounting", "fr": "Comptabilité", "de": "Buchhaltung"},
        {"es": "Facturas y pagos.", "en": "Invoices and payments."},
        {"es": "Contabilidad · Taller Norte", "en": "Accounting · Taller Norte"},
    ),
    Desk(
        "webmaster",
        "web@tallernorte.example",
        {"es": "Webmaster", "en": "Webmaster"},
        {"es": "Si algo de la web no funciona.", "en": "If something on the site does not work."},
        {},
        asks_order=False,
    ),
    Desk(
        "wholesale",
        "mayoristas@tallernorte.example",
        {"es": "Mayoristas", "en": "Wholesale", "fr": "Revendeurs", "de": "Großhandel"},
        {"es": "Tiendas, restaurantes y hoteles.", "en": "Shops, restaurants and hotels."},
        {"es": "Mayoristas · Taller Norte", "en": "Wholesale · Taller Norte"},
        asks_order=False,
    ),
)
# Name, user name, desks, language; the first one supervises.
TEAM = (
    ("Inés Calvo", "ines", (), "es"),
    ("Marta Ruiz", "marta", ("service", "wholesale"), "es"),
    ("Jordi Puig", "jordi", ("service", "webmaster"), "es"),
    ("Nerea Soler", "nerea", ("service", "accounting"), "es"),
    ("Tom Becker", "tom", ("service", "webmaster", "wholesale"), "en"),
)
CLOSINGS = {
    "es": "Taller Norte · Cerámica hecha a mano",
    "en": "Taller Norte · Handmade ceramics",
    "fr": "Taller Norte · Céramique faite main",
    "de": "Taller Norte · Handgemachte Keramik",
}


REASONS = (
    ("Resuelto sin más", "Simply solved"),
    ("Retraso del transportista", "Delay of the carrier"),
    ("Llegó roto", "Arrived broken"),
    ("Error nuestro", "Our mistake"),
    ("Faltaba información en la web", "Missing on the web site"),
)


def settle_desk() -> DeskSettings:
    """The shop's settings; undo is off until the history is written."""
    desk = DeskSettings.fresh()
    desk.shop_name, desk.shop_url, desk.set_up_at = "Taller Norte", "https://tallernorte.example/", timezone.now()
    desk.default_messages = CLOSINGS
    desk.undo_seconds = 0
    desk.asks_rating = True
    desk.privacy_texts = {
        "es": "Acepto que Taller Norte use mis datos para contestarme.",
        "en": "I agree that Taller Norte uses my data to answer me.",
    }
    desk.save()
    for status, holder, es, en, means_es, means_en in STATUSES:
        labels, words = {"es": es, "en": en} if es else {}, {"es": means_es, "en": means_en}
        StatusLabel.objects.create(status=status, holder=holder, labels=labels, descriptions=words)
    Calendar.first().add_national_holidays(since=timezone.localdate())
    for es, en in REASONS:
        CloseReason.add({"es": es, "en": en})
    return desk


def open_desks(password: str, *, smtp_port: int, imap_port: int) -> dict[str, Contact]:
    """The four contacts, each with its mailbox on the practice mail server."""
    contacts = {}
    for position, one in enumerate(DESKS):
        contact = Contact.objects.create(
            slug=one.slug,
            titles=one.titles,
            descriptions=one.descriptions,
            email=one.email,
            plus_addresses=True,
            asks_order=one.asks_order,
            signatures=one.signatures,
            position=position,
        )
        box = Mailbox(name=one.email, contact=contact, username=one.email, imap_port=imap_port, smtp_port=smtp_port)
        box.imap_host = box.smtp_host = "127.0.0.1"
        box.imap_security = box.smtp_security = Security.NONE
        box.set_password(password)
        box.save()
        contacts[one.slug] = contact
    return contacts


def hire(contacts: dict[str, Contact]) -> tuple[dict[str, Agent], dict[str, str]]:
    """The team by user name, and the passwords made for them. They get mail about threads only later."""
    team, passwords = {}, {}
    for name, username, desks, language in TEAM:
        passwords[username] = new_password()
        team[username] = Agent.objects.create_user(
            username,
            email=f"{username}@tallernorte.example",
            password=passwords[username],
            name=name,
            role=Agent.Role.AGENT if desks else Agent.Role.SUPERVISOR,
            signature=f"{name}\nTaller Norte",
            language=language,
            unmailed=NoticeKind.values,
        )
        team[username].contacts.set([contacts[slug] for slug in desks])
    return team, passwords
