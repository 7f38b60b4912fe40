"""Whom one can play: invented people who exist for practice only. Their data are in the practice shop."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

SHOP = "hola@tallernorte.example"
INVOICES = "facturas@tallernorte.example"
SHOP_ADDRESSES = (SHOP, INVOICES, "web@tallernorte.example", "mayoristas@tallernorte.example")
BOUNCES = "rebote@practica.example"
SPAMMER = "premios@practica.example"
OUTSIDE = "outside"  # the account where mail to everybody without an account of their own ends up


@dataclass(frozen=True)
class Player:
    """Somebody to play; `account` is the IMAP user name, and the address unless it is OUTSIDE."""

    account: str
    name: str
    about: str | Promise = ""
    language: str = "es"

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def tone(self) -> int:
        """A colour of the avatars, the same each time."""
        return sum(self.account.encode()) % 6


CAST = (
    Player("laura@practica.example", "Laura Prueba", _("An order that is late")),
    Player("oliver@practica.example", "Oliver Practice", _("Writes in English, has never bought"), "en"),
    Player("compras@hotelpractica.example", "Hotel Práctica", _("Wholesale, waits for an invoice")),
    Player("alguien@practica.example", "Alguien Sincuenta", _("Has no account in the shop")),
    Player("marc@practica.example", "Marc Prova", _("Sends something back")),
    Player(BOUNCES, "Rebote", _("Their mailbox always refuses")),
    Player(SPAMMER, "Correo Basura", _("Advertising and false prizes")),
    Player("incidencias@transportista.example", "Transportes Sendero", _("The carrier: forward threads to it")),
)
EVERYBODY_ELSE = Player(OUTSIDE, gettext_noop("Everybody else"), _("Mail to addresses that are nobody's here"))
