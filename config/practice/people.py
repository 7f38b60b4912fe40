"""The customers of Taller Norte."""

import re
import unicodedata
from datetime import timedelta
from random import Random
from typing import NamedTuple

from django.utils import timezone

from accounts.models import Agent
from crm.models import (
    Address,
    Customer,
    CustomerEmail,
    CustomerGroup,
    CustomerNote,
    CustomerTag,
    PriceDisplay,
    SocialTitle,
    Tone,
)
from mailgateway.practice.cast import BOUNCES, CAST


class Home(NamedTuple):
    """Where people of one language come from."""

    language: str
    domain: str
    country: str
    prefix: str
    cities: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]


HOMES = {
    "es": Home(
        *("es", "correo.example", "ES", "+34600000"),
        (("08012", "Barcelona"), ("28004", "Madrid"), ("46001", "Valencia"), ("41003", "Sevilla"), ("48001", "Bilbao")),
        ("Calle Mayor", "Calle del Carmen", "Avenida de la Paz", "Plaza Nueva", "Calle de los Olivos"),
    ),
    "en": Home(
        *("en", "mail.example", "GB", "+447900000"),
        (("BS1 4ST", "Bristol"), ("EH1 2NG", "Edinburgh"), ("CF10 1EP", "Cardiff")),
        ("Mill Lane", "Church Street", "Park Road"),
    ),
    "fr": Home(
        *("fr", "courrier.example", "FR", "+33600000"),
        (("33000", "Bordeaux"), ("69002", "Lyon"), ("31000", "Toulouse")),
        ("Rue des Lilas", "Rue du Moulin", "Avenue Jean Moulin"),
    ),
    "de": Home(
        *("de", "post.example", "DE", "+4915112345"),
        (("50667", "Köln"), ("04109", "Leipzig"), ("79098", "Freiburg")),
        ("Lindenweg", "Gartenstraße", "Am Markt"),
    ),
}
PROVINCES = {
    "Barcelona": "Barcelona",
    "Madrid": "Madrid",
    "Valencia": "Valencia",
    "Sevilla": "Sevilla",
    "Bilbao": "Bizkaia",
}
# F or M before each name decides the social title.
NAMES = {
    "es": """
        F Lucía Fernández, M Rubén Ortiz, F Carmen Vidal, M Diego Soto, F Ana Prieto, M Miguel Torres, F Julia Sanz,
        M Félix Gómez, F Nuria Costa, M Pau Martí, F Elena Navarro, M Andrés Molina, F Rosa Iglesias, M Iván Cano,
        F Pilar Herrero, M Hugo Lozano, F Sara Campos, M Álvaro Peña, F Irene Bravo, M Marcos Gil, F Clara Rey,
        M Sergio Pascual, F Alba Crespo, M Joan Ferrer, F Beatriz Luna, M Ignacio Vega, F Teresa Blanco, M Raúl Mora,
        F Marina Santos, M Óscar Nieto, F Olga Fuentes, M Daniel Cortés, F Laia Roca, M Gonzalo Rivas, F Silvia Pardo,
        M Adrián Marín, F Celia Esteban, M Javier Duarte, F Noelia Arias, M Tomás Redondo, F Ainhoa Etxebarria,
        M Manuel Cabrera""",
    "en": """
        F Emma Clarke, M Peter Novak, F Hannah Wright, M Oliver Hughes, F Grace Turner, M Liam Murphy,
        F Charlotte Evans, M Samuel Reed, F Isla Campbell""",
    "fr": "F Léa Moreau, M Antoine Girard, F Camille Roux, M Julien Lefèvre, F Manon Fontaine",
    "de": "F Nina Krüger, M Felix Brandt, F Johanna Weiß, M Lukas Hofmann, F Greta Sommer",
}
NOTES = (
    "Vive en un cuarto sin ascensor: avisar al repartidor.",
    "Colecciona la serie Bruma desde la primera hornada.",
    "Prefiere que la llamen por teléfono antes que un correo.",
    "Recoge siempre en el taller, los viernes por la tarde.",
    "Tuvo una mala experiencia con el transportista en verano.",
)
TAGS = (("VIP", "vip"), ("Prensa", "info"), ("Recoge en el taller", ""), ("Reclama a menudo", "warn"))
# What the shop knows of the people one can play; who is not here has no account.
PLAYED = {
    "laura@practica.example",
    "oliver@practica.example",
    "compras@hotelpractica.example",
    "marc@practica.example",
    BOUNCES,
}


def address_of(name: str, domain: str) -> str:
    """lucia.fernandez@correo.example for Lucía Fernández."""
    letters = unicodedata.normalize("NFKD", name.lower().replace("ß", "ss"))
    return re.sub(r"[^a-z]+", ".", "".join(one for one in letters if one.isascii())).strip(".") + f"@{domain}"


def _title(kind: SocialTitle.Kind, names: str, greetings: str) -> SocialTitle:
    """A title in the four languages of the shop: the migration's own, with the other two put in."""
    languages = ("es", "en", "fr", "de")
    title = SocialTitle.objects.filter(kind=kind).first() or SocialTitle(kind=kind)
    title.names = dict(zip(languages, names.split(), strict=True))
    words = (f"{greeting.strip()} {{last_name}}" for greeting in greetings.split(","))
    title.salutations = dict(zip(languages, words, strict=True))
    title.save()
    return title


class Town:
    """Makes customers with all that belongs to them."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.titles = {
            "F": _title(
                SocialTitle.Kind.FEMALE, "Sra. Ms Mme Frau", "Estimada Sra., Dear Ms, Madame, Sehr geehrte Frau"
            ),
            "M": _title(SocialTitle.Kind.MALE, "Sr. Mr M. Herr", "Estimado Sr., Dear Mr, Monsieur, Sehr geehrter Herr"),
        }
        self.customers_group = CustomerGroup.fixed(CustomerGroup.Key.CUSTOMER)
        self.guests = CustomerGroup.fixed(CustomerGroup.Key.GUEST)
        self.trade = CustomerGroup.objects.create(
            name="Mayorista",
            names={"es": "Mayorista", "en": "Wholesale"},
            description="Tiendas, hoteles y restaurantes",
            discount=30,
            price_display=PriceDisplay.WITHOUT_TAX,
            badge="Mayorista",
            tone=Tone.WARN,
            answer_hours=4,
        )
        self.tags = [CustomerTag.objects.create(name=name, tone=tone) for name, tone in TAGS]
        self.people: list[Customer] = []

    def settle(self, authors: list[Agent]) -> list[Customer]:
        """All customers, the played ones first."""
        for player in CAST:
            if player.account in PLAYED:
                self._add(player.name, HOMES[player.language], email=player.account)
        for language, names in NAMES.items():
            for entry in names.split(","):
                sex, _, name = entry.strip().partition(" ")
                self._add(name, HOMES[language], title=self.titles[sex])
        self._decorate(authors)
        return self.people

    def _add(self, name: str, home: Home, *, email: str = "", title: SocialTitle | None = None) -> None:
        n = len(self.people)
        first, _, last = name.partition(" ")
        guest = n % 9 == 8
        customer = Customer.objects.create(
            shop_id=str(1200 + n),
            title=title,
            first_name=first,
            last_name=last,
            phone=f"{home.prefix}{n:03d}",
            language=home.language,
            group=self.guests if guest else self.customers_group,
            is_guest=guest,
            newsletter=self.dice.random() < 0.4,
            registered_at=timezone.now() - timedelta(days=self.dice.randrange(70, 900)),
        )
        CustomerEmail.objects.create(customer=customer, address=email or address_of(name, home.domain), is_main=True)
        self._address(customer, home, "Casa")
        if n % 7 == 0:
            self._address(customer, home, "Trabajo")
        self.people.append(customer)

    def _address(self, customer: Customer, home: Home, alias: str) -> None:
        postcode, city = self.dice.choice(home.cities)
        Address.objects.create(
            customer=customer,
            alias=alias,
            first_name=customer.first_name,
            last_name=customer.last_name,
            line1=f"{self.dice.choice(home.streets)} {self.dice.randrange(1, 120)}",
            postcode=postcode,
            city=city,
            country=home.country,
            state=PROVINCES.get(city, ""),
            phone=customer.phone,
            for_delivery=alias == "Casa",
            for_invoice=alias == "Casa",
        )

    def _decorate(self, authors: list[Agent]) -> None:
        """Groups, companies, tags, second addresses and pinned notes for some."""
        hotel = self.people[2]
        Customer.objects.filter(pk=hotel.pk).update(company="Hotel Práctica, S.A.", group=self.trade)
        hotel.refresh_from_db()
        for customer in self.people[5::10]:
            customer.group, customer.company = self.trade, f"Casa {customer.last_name}"
            customer.save()
        for n, customer in enumerate(self.people[5::4]):
            customer.tags.add(self.tags[n % len(self.tags)])
        for customer in self.people[6::15]:
            CustomerEmail.objects.create(customer=customer, address=f"{customer.shop_id}@oficina.example")
        for text, customer in zip(NOTES * 2, self.people[7::6], strict=False):
            CustomerNote.objects.create(customer=customer, author=self.dice.choice(authors), text=text, is_pinned=True)
