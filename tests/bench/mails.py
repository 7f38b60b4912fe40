"""Mails to ingest: what shops get, made up; one in four carries a picture."""

import random
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from tests.bench.shop import NOW, WORDS

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 120  # 30 KB


def one(number: int, chance: random.Random, at: datetime) -> bytes:
    """A mail with text and HTML of about 3 KB each, from one of 5,000 people."""
    words = "\n".join(" ".join(chance.choices(WORDS, k=12)) + "." for _ in range(30))
    paragraphs = "".join(f'<p style="margin:0 0 8px">{line}</p>' for line in words.splitlines())
    mail = EmailMessage()
    mail["From"] = f"Ana Ruiz <ana{1 + number % 5000}@example.com>"
    mail["To"] = "service@shop.test"
    mail["Subject"] = f"Pedido {number}: ¿cuándo llega?"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<bench-{number}-{chance.getrandbits(48):x}@example.com>"
    mail.set_content(f"Hola,\n\n{words}\n\nGracias\nAna\n")
    mail.add_alternative(f"<html><body><p>Hola,</p>{paragraphs}<p>Gracias<br>Ana</p></body></html>", subtype="html")
    if number % 4 == 0:
        mail.add_attachment(PICTURE, maintype="image", subtype="png", filename=f"foto {number}.png")
    return mail.as_bytes()


def many(count: int, *, seed: int, at: datetime = NOW) -> list[bytes]:
    """The same mails for the same seed. `at` is their date: receipt is confirmed only of what is new."""
    chance = random.Random(seed)
    return [one(number, chance, at) for number in range(count)]
