"""What Taller Norte makes: reference, name, price in euros."""

from decimal import Decimal
from typing import NamedTuple

VAT = Decimal(21)
CATEGORIES = {"TAZ": "Tazas", "CUE": "Cuencos", "PLA": "Platos", "FUE": "Fuentes", "JAR": "Jarras", "VAL": "Vales"}


class Product(NamedTuple):
    """One thing to buy."""

    reference: str
    name: str
    price: Decimal

    @property
    def category(self) -> str:
        """What the shop files it under."""
        return CATEGORIES.get(self.reference[:3], "Casa")


CATALOGUE = tuple(
    Product(reference, name, Decimal(price))
    for reference, name, price in (
        ("TAZ-BRU", "Taza Bruma 300 ml", "14.00"),
        ("TAZ-ALB", "Taza Alba 250 ml", "12.50"),
        ("TAZ-CAF", "Tacita de café Arena", "9.00"),
        ("CUE-AZU", "Cuenco de gres azul 14 cm", "16.50"),
        ("CUE-BRU", "Cuenco Bruma 18 cm", "19.00"),
        ("CUE-RAM", "Cuenco grande de ramen", "24.00"),
        ("PLA-LLA", "Plato llano Bruma 27 cm", "22.00"),
        ("PLA-HON", "Plato hondo Bruma 22 cm", "21.00"),
        ("PLA-POS", "Plato de postre Alba 21 cm", "17.00"),
        ("FUE-OVA", "Fuente ovalada 38 cm", "48.00"),
        ("FUE-HOR", "Fuente de horno con asas", "54.00"),
        ("JAR-ESM", "Jarra esmaltada 1 L", "36.00"),
        ("JAR-LEC", "Jarrita de leche", "15.00"),
        ("TET-NOR", "Tetera Norte 800 ml", "58.00"),
        ("FLO-CIL", "Florero cilíndrico", "32.00"),
        ("FLO-BOT", "Florero botella, esmalte verde", "39.00"),
        ("MAN-TAP", "Mantequera con tapa", "27.00"),
        ("SAL-PAR", "Salero y pimentero", "18.00"),
        ("ACE-ANT", "Aceitera antigoteo", "26.00"),
        ("MAC-COL", "Macetero colgante", "29.00"),
        ("MAC-MED", "Maceta mediana con plato", "23.00"),
        ("VEL-POR", "Portavelas de gres", "13.00"),
        ("AZU-TAP", "Azucarero con tapa", "20.00"),
        ("ENS-GRA", "Ensaladera grande", "45.00"),
        ("DEL-MOS", "Delantal de lino mostaza", "34.00"),
        ("PAN-LIN", "Paño de lino", "11.00"),
        ("VAL-050", "Vale regalo de 50 €", "50.00"),
        ("TAL-TOR", "Taller de torno, una plaza", "65.00"),
    )
)
