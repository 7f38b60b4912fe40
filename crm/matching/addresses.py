"""Addresses of e-mail, telephones and postcodes: found in a text, and brought into one form. Pure; linear time."""

import re

from crm.emails import canonical

MOST = 12
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}", re.IGNORECASE)
PHONE = re.compile(r"(?<![\w+])(?:\+|00)?\d(?:[ .()/-]{0,2}\d){8,13}(?!\d)")
POSTCODE = re.compile(r"(?<![\w.,-])(?:\d{5}|[A-Za-z]{1,2}\d[A-Za-z\d]?\s?\d[A-Za-z]{2})(?![\w]|[.,]\d)")
SHARED = {"info", "hola", "hello", "mail", "email", "contact", "contacto", "office", "admin", "ventas", "sales", "shop"}


def emails_in(text: str) -> set[str]:
    """The addresses in a text, in their one form."""
    return {canonical(found) for found in EMAIL.findall(text)[:MOST]}


def phone_key(phone: str) -> str:
    """The last nine digits of a number, which the country's code and the way of writing leave the same; or nothing."""
    digits = re.sub(r"\D", "", phone)
    return digits[-9:] if len(digits) >= 9 else ""


def phones_in(text: str) -> set[str]:
    """The keys of the telephone numbers in a text."""
    return {phone_key(found) for found in PHONE.findall(text)[:MOST]} - {""}


def postcode_key(postcode: str) -> str:
    """A postcode without spaces, in capitals."""
    return re.sub(r"\s", "", postcode).upper()


def postcodes_in(text: str) -> set[str]:
    """What may be a postcode in a text, in its one form."""
    return {postcode_key(found) for found in POSTCODE.findall(text)[:MOST]}
