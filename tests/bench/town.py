"""A made-up town: people, what lies in their carts, and the letters they write when nothing arrives.

In Spanish and English, with slips, rounded amounts and missing facts; the same for the same seed.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

NOW = datetime(2026, 11, 25, 11, 30, tzinfo=UTC)
FIRST = (
    "Lucía Carmen Ana Julia Nuria Elena Rosa Pilar Sara Irene Clara Alba Teresa Marina Diego Miguel Félix Pau Andrés "
    "Iván Hugo Álvaro Marcos Sergio Joan Óscar Daniel Emma Hannah Grace Charlotte Isla Oliver Liam Samuel Peter Harriet"
).split()
LAST = (
    "Fernández Vidal Prieto Sanz Costa Navarro Iglesias Herrero Campos Bravo Rey Crespo Luna Blanco Santos Soto Torres "
    "Gómez Martí Molina Cano Lozano Peña Gil Pascual Ferrer Nieto Cortés Clarke Wright Turner Evans Campbell Hughes "
    "Reed"
).split()
CITIES = (("28013", "Madrid"), ("08012", "Barcelona"), ("46001", "Valencia"), ("41003", "Sevilla"), ("48001", "Bilbao"))
CITIES += (("50001", "Zaragoza"), ("29005", "Málaga"), ("33003", "Oviedo"), ("15001", "A Coruña"), ("18009", "Granada"))
# What the shop sells, in the two languages of its pages, with the price.
GOODS = tuple(
    (es, en, Decimal(price))
    for es, en, price in (
        ("Taza Bruma 300 ml", "Bruma mug 300 ml", "14.00"),
        ("Taza Alba 250 ml", "Alba mug 250 ml", "12.50"),
        ("Tacita de café Arena", "Arena espresso cup", "9.00"),
        ("Cuenco de gres azul 14 cm", "Blue stoneware bowl 14 cm", "16.50"),
        ("Cuenco Bruma 18 cm", "Bruma bowl 18 cm", "19.00"),
        ("Cuenco grande de ramen", "Large ramen bowl", "24.00"),
        ("Plato llano Bruma 27 cm", "Bruma dinner plate 27 cm", "22.00"),
        ("Plato hondo Bruma 22 cm", "Bruma soup plate 22 cm", "21.00"),
        ("Plato de postre Alba 21 cm", "Alba dessert plate 21 cm", "17.00"),
        ("Fuente ovalada 38 cm", "Oval platter 38 cm", "48.00"),
        ("Fuente de horno con asas", "Oven dish with handles", "54.00"),
        ("Jarra esmaltada 1 L", "Glazed jug 1 L", "36.00"),
        ("Jarrita de leche", "Milk jug", "15.00"),
        ("Tetera Norte 800 ml", "Norte teapot 800 ml", "58.00"),
        ("Florero cilíndrico", "Cylinder vase", "32.00"),
        ("Florero botella, esmalte verde", "Bottle vase, green glaze", "39.00"),
        ("Mantequera con tapa", "Butter dish with lid", "27.00"),
        ("Salero y pimentero", "Salt and pepper set", "18.00"),
        ("Aceitera antigoteo", "No-drip oil bottle", "26.00"),
        ("Macetero colgante", "Hanging planter", "29.00"),
        ("Maceta mediana con plato", "Medium plant pot with saucer", "23.00"),
        ("Portavelas de gres", "Stoneware candle holder", "13.00"),
        ("Azucarero con tapa", "Sugar bowl with lid", "20.00"),
        ("Ensaladera grande", "Large salad bowl", "45.00"),
        ("Delantal de lino mostaza", "Mustard linen apron", "34.90"),
        ("Paño de lino", "Linen tea towel", "11.00"),
        ("Reloj de pared Luna", "Luna wall clock", "49.90"),
        ("Lámpara de mesa Duna", "Duna table lamp", "72.00"),
        ("Cojín de lana gris", "Grey wool cushion", "31.50"),
        ("Manta de algodón", "Cotton blanket", "64.90"),
        ("Vela perfumada de higuera", "Fig tree scented candle", "16.90"),
        ("Cesta de mimbre", "Wicker basket", "27.50"),
        ("Bandeja de olivo", "Olive wood tray", "33.00"),
        ("Cuchara de madera", "Wooden spoon", "7.50"),
        ("Tabla de cortar roble", "Oak chopping board", "42.00"),
        ("Cafetera de filtro", "Filter coffee maker", "38.50"),
        ("Molinillo de pimienta", "Pepper grinder", "29.90"),
        ("Alfombra de yute", "Jute rug", "85.00"),
        ("Espejo redondo Sol", "Sol round mirror", "78.00"),
        ("Perchero de pared", "Wall coat rack", "44.00"),
        ("Jabón de lavanda", "Lavender soap", "6.50"),
        ("Toalla de baño blanca", "White bath towel", "19.90"),
        ("Mantel antimanchas", "Stain-proof tablecloth", "37.00"),
        ("Servilletas de tela", "Cloth napkins", "22.50"),
    )
)
BROWSERS = tuple(f"Mozilla/5.0 (test {n}) Gecko/20100101 Browser/{100 + n}" for n in range(25))
DAYS = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {"es": {10: "octubre", 11: "noviembre"}, "en": {10: "October", 11: "November"}}


@dataclass
class Person:
    """Somebody with a name, a place and ways to be reached."""

    name: str
    email: str
    phone: str
    postcode: str
    city: str
    browser: str
    ip: str


@dataclass
class Basket:
    """A cart before it is one: who, what, when."""

    person: Person
    language: str
    goods: list[tuple[str, int, Decimal]]
    at: datetime
    shipping: Decimal
    is_charged: bool = False
    typed: set[str] = field(default_factory=set)

    @property
    def products(self) -> Decimal:
        """Without shipping."""
        return sum((price * quantity for _, quantity, price in self.goods), Decimal(0))

    @property
    def total(self) -> Decimal:
        """With it."""
        return self.products + self.shipping


class Maker:
    """Makes people, carts and letters; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def chance(self, share: float) -> bool:
        """True that often."""
        return self.dice.random() < share

    def person(self) -> Person:
        """Anybody."""
        dice = self.dice
        name = f"{dice.choice(FIRST)} {dice.choice(LAST)}" + (f" {dice.choice(LAST)}" if self.chance(0.3) else "")
        postcode, city = dice.choice(CITIES)
        box = plain(name).replace(" ", dice.choice((".", "", "_"))) + (
            str(dice.randrange(60, 99)) if self.chance(0.4) else ""
        )
        if self.chance(0.15):
            box = f"{dice.choice(('estrella', 'sol', 'nube', 'river', 'happy'))}{dice.randrange(1000)}"
        house = dice.choice(("gmail.com", "hotmail.com", "correo.example", "mail.example"))
        phone = f"6{dice.randrange(10**7, 10**8):08d}"
        ip = f"203.0.{dice.randrange(256)}.{dice.randrange(1, 255)}"
        return Person(name, f"{box}@{house}", phone, postcode, city, dice.choice(BROWSERS), ip)

    def basket(self, *, charged: float = 0.04) -> Basket:
        """A cart of the last four weeks."""
        dice = self.dice
        language = "es" if self.chance(0.7) else "en"
        count = dice.choices((1, 2, 3, 4), (40, 30, 20, 10))[0]
        goods = [
            (es if language == "es" else en, dice.choices((1, 2, 3, 4, 6), (70, 16, 4, 6, 4))[0], price)
            for es, en, price in dice.sample(GOODS, count)
        ]
        shipping = dice.choice((Decimal(0), Decimal("4.90"), Decimal("4.90"), Decimal("6.50")))
        at = NOW - timedelta(minutes=dice.randrange(60, 28 * 24 * 60))
        typed = {
            what
            for what, share in (("name", 0.3), ("email", 0.15), ("postcode", 0.25), ("phone", 0.12))
            if self.chance(share)
        }
        return Basket(self.person(), language, goods, at, shipping, self.chance(charged), typed)

    def letter(self, basket: Basket, *, days: int) -> "Letter":
        """What the owner writes some days later, with at least two things to go by."""
        dice, person, language = self.dice, basket.person, basket.language
        at = min(basket.at + timedelta(days=days, minutes=dice.randrange(20, 900)), NOW + timedelta(days=7))
        facts = [kind for kind, share in (("amount", 0.75), ("day", 0.75), ("goods", 0.8)) if self.chance(share)]
        if len(facts) < 2:
            facts = dice.sample(("amount", "day", "goods"), 2)
        said = [dice.choice(OPENINGS[language])]
        said += [getattr(self, f"say_{kind}")(basket, at) for kind in dice.sample(facts, len(facts))]
        said.append(dice.choice(CLOSINGS[language]))
        text = " ".join(said)
        if self.chance(0.35):
            text = self.slip(text)
        if self.chance(0.7):
            text += "\n\n" + (plain(person.name) if self.chance(0.3) else person.name)
            text += f"\n{person.postcode} {person.city}" if self.chance(0.25) else ""
            text += f"\nTel. {person.phone[:3]} {person.phone[3:6]} {person.phone[6:]}" if self.chance(0.2) else ""
        email = person.email if self.chance(0.6) else self.person().email
        by_form = self.chance(0.25)
        return Letter(
            text=text,
            at=at,
            name=person.name if self.chance(0.75) else person.name.split()[0] if self.chance(0.5) else "",
            email=email,
            browser=person.browser if by_form else "",
            ip=person.ip if by_form and self.chance(0.6) else "",
        )

    def say_amount(self, basket: Basket, at: datetime) -> str:
        """To the cent, or about."""
        total, dice = basket.total, self.dice
        if self.chance(0.1):
            total = basket.products
        spanish = f"{total:.2f}".replace(".", ",")
        whole = int(total)
        if basket.language == "es":
            exact = (f"Me cobraron {spanish} €.", f"Son {spanish} euros.", f"El cargo es de {spanish}€ en la tarjeta.")
            about = (f"Pagué unos {whole} euros.", f"Me han cobrado {whole} €.", f"Eran casi {whole + 1} euros.")
        else:
            exact = (f"I was charged €{total:.2f}.", f"My card shows {total:.2f} EUR.", f"I paid {total:.2f} euros.")
            about = (f"I paid about {whole} euros.", f"It was around €{whole}.", f"They took {whole} euros.")
        return dice.choice(exact if self.chance(0.7) else about)

    def say_day(self, basket: Basket, at: datetime) -> str:
        """By weekday, date, or how long ago; one time in ten a day off."""
        dice, language = self.dice, basket.language
        day = basket.at.astimezone(UTC).date()
        if self.chance(0.1):
            day -= timedelta(days=1)
        ago = (at.date() - day).days
        weekday = DAYS[language][day.weekday()]
        written = {
            "es": [
                f"el {day.day} de {MONTHS['es'].get(day.month, 'noviembre')}",
                f"el {day.day}/{day.month}",
                f"el {day:%d/%m/%Y}",
            ],
            "en": [
                f"on {day.day} {MONTHS['en'].get(day.month, 'November')}",
                f"on {MONTHS['en'].get(day.month)} {day.day}",
            ],
        }[language]
        if ago < 7:
            written += [f"el {weekday}" if language == "es" else f"on {weekday}"] * 3
        if ago == 1:
            written += ["ayer" if language == "es" else "yesterday"] * 4
        if 1 < ago < 10:
            written += [f"hace {ago} días" if language == "es" else f"{ago} days ago"] * 2
        when = dice.choice(written)
        return f"Lo pedí {when}." if language == "es" else f"I ordered it {when}."

    def say_goods(self, basket: Basket, at: datetime) -> str:
        """Some of it, seldom by the whole name."""
        dice, named = self.dice, []
        for name, quantity, _ in dice.sample(basket.goods, min(len(basket.goods), dice.choice((1, 1, 2, 3)))):
            words = [
                word
                for word in name.replace(",", "").split()
                if not word[0].isdigit() and word not in {"cm", "ml", "L"}
            ]
            kept = words if self.chance(0.4) else [word for word in words if self.chance(0.6)] or words[:1]
            if basket.language == "en" and words[-1] not in kept and len(kept) < 2:
                kept.append(words[-1])
            spoken = " ".join(kept).lower()
            if quantity > 1 and spoken[-1] in "aeo":
                spoken += "s"
            named.append(f"{quantity} {spoken}" if self.chance(0.6) else spoken)
        joined = (" y " if basket.language == "es" else " and ").join(named)
        return f"Compré {joined}." if basket.language == "es" else f"I bought {joined}."

    def slip(self, text: str) -> str:
        """One or two letters that changed places, were left out or lost their accent."""
        letters = list(text)
        for _ in range(self.dice.choice((1, 2))):
            places = [n for n in range(2, len(letters) - 2) if letters[n].isalpha() and letters[n + 1].isalpha()]
            place = self.dice.choice(places)
            if self.chance(0.5):
                letters[place], letters[place + 1] = letters[place + 1], letters[place]
            else:
                del letters[place]
        return plain("".join(letters)) if self.chance(0.4) else "".join(letters)


OPENINGS = {
    "es": (
        "Hola, ¿dónde está mi pedido?",
        "Buenos días, no me ha llegado nada ni tengo confirmación.",
        "Hola: hice una compra en vuestra web y no sé nada.",
        "Buenas, escribo porque me han cobrado y no he recibido ningún correo.",
    ),
    "en": (
        "Hello, where is my order?",
        "Hi, I never got a confirmation.",
        "Good morning, I bought something on your site and heard nothing.",
        "Hello, you took the money and I have no order number.",
    ),
}
CLOSINGS = {
    "es": ("¿Podéis mirarlo? Gracias.", "Espero vuestra respuesta.", "Un saludo.", "Es para un regalo, ¡ayuda!"),
    "en": (
        "Could you check please? Thanks.",
        "Please get back to me.",
        "Kind regards.",
        "It is a present, please help!",
    ),
}


def plain(text: str) -> str:
    """Lower case without accents, as people type in a hurry."""
    return text.lower().translate(str.maketrans("áéíóúüñ", "aeiouun"))


@dataclass
class Letter:
    """What arrives; `cart` is the id of the right cart, or None."""

    text: str
    at: datetime
    name: str
    email: str
    browser: str
    ip: str
    cart: int | None = None
