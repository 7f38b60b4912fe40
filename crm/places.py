"""Where addresses are: names of countries, what a postcode looks like there, and which of them have states."""

import re
import unicodedata
from functools import cache

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.states import STATES

FOUR, FIVE, SIX = r"\d{4}", r"\d{5}", r"\d{6}"
THREE_TWO = r"\d{3} ?\d{2}"
# What a postcode is, typed in capitals, and an example of one.
POSTCODES: dict[str, tuple[str, str]] = {
    "AD": (r"AD\d{3}", "AD500"),
    "AR": (r"\d{4}|[A-Z]\d{4}[A-Z]{3}", "C1425"),
    "AT": (FOUR, "1010"),
    "AU": (FOUR, "2000"),
    "BE": (FOUR, "1000"),
    "BG": (FOUR, "1000"),
    "BR": (r"\d{5}-?\d{3}", "01310-100"),
    "CA": (r"[A-Z]\d[A-Z] ?\d[A-Z]\d", "K1A 0B1"),
    "CH": (FOUR, "8001"),
    "CL": (r"\d{7}|\d{3}-\d{4}", "8320000"),
    "CO": (SIX, "110111"),
    "CY": (FOUR, "1010"),
    "CZ": (THREE_TWO, "110 00"),
    "DE": (FIVE, "10115"),
    "DK": (FOUR, "1050"),
    "EE": (FIVE, "10111"),
    "ES": (r"(0[1-9]|[1-4]\d|5[0-2])\d{3}", "28013"),
    "FI": (FIVE, "00100"),
    "FR": (FIVE, "75001"),
    "GB": (r"GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "BS1 4QA"),
    "GR": (THREE_TWO, "104 31"),
    "HR": (FIVE, "10000"),
    "HU": (FOUR, "1011"),
    "IE": (r"[A-Z]\d[\dW] ?[A-Z\d]{4}", "D02 X285"),
    "IN": (r"\d{3} ?\d{3}", "110001"),
    "IT": (FIVE, "00184"),
    "JP": (r"\d{3}-?\d{4}", "100-0001"),
    "LI": (r"94\d{2}", "9490"),
    "LT": (r"(LT-)?\d{5}", "LT-01103"),
    "LU": (r"(L-)?\d{4}", "1111"),
    "LV": (r"(LV-)?\d{4}", "LV-1050"),
    "MC": (r"980\d{2}", "98000"),
    "MT": (r"[A-Z]{3} ?\d{4}", "VLT 1117"),
    "MX": (FIVE, "06000"),
    "NL": (r"\d{4} ?[A-Z]{2}", "1012 JS"),
    "NO": (FOUR, "0150"),
    "PL": (r"\d{2}-\d{3}", "00-950"),
    "PT": (r"\d{4}-\d{3}", "1000-001"),
    "RO": (SIX, "010011"),
    "SE": (THREE_TWO, "111 22"),
    "SI": (FOUR, "1000"),
    "SK": (THREE_TWO, "811 01"),
    "US": (r"\d{5}(-\d{4})?", "10001"),
}
STATE_WORDS: dict[str, str | Promise] = {
    **dict.fromkeys(("AU", "BR", "IN", "MX", "US"), _("State")),
    "CL": _("Region"),
    "CO": _("Department"),
    "JP": _("Prefecture"),
}
IDENTITY_WORDS = {"AR": "DNI", "BR": "CPF", "CL": "RUT", "ES": "DNI / NIF", "IT": "Codice fiscale", "PT": "NIF"}
NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}  # territories that nobody lives in


def needs_postcode(country: str) -> bool:
    """Whether addresses of the country have a postcode, as far as we know."""
    return country in POSTCODES


def postcode_fits(country: str, postcode: str) -> bool:
    """Whether a postcode may be one of the country's; all may where we do not know its pattern."""
    known = POSTCODES.get(country)
    return known is None or re.fullmatch(known[0], postcode.strip().upper(), re.ASCII) is not None


def example_of(country: str) -> str:
    """A postcode of the country; an empty string where we do not know its pattern."""
    return POSTCODES[country][1] if country in POSTCODES else ""


def states_of(country: str) -> tuple[str, ...]:
    """The states of a country whose addresses need one, by name; none for the others."""
    return _by_name(STATES[country]) if country in STATES else ()


def state_word(country: str) -> str:
    """What the country calls its states."""
    return str(STATE_WORDS.get(country, _("Province")))


def identity_word(country: str) -> str:
    """What the country calls the number of a person's papers."""
    return IDENTITY_WORDS.get(country) or str(_("Identity number"))


def names() -> dict[str, str]:
    """Every country's name by its code, in the reader's language."""
    return _names_in(get_language() or "en")


def country_name(code: str) -> str:
    """A country's name in the reader's language; a code that nobody knows stays one."""
    return names().get(code, code)


@cache
def _names_in(language: str) -> dict[str, str]:
    territories = Locale.parse(language.replace("-", "_")).territories
    found = {code: name for code, name in territories.items() if len(code) == 2 and code not in NO_COUNTRIES}
    return dict(sorted(found.items(), key=lambda one: _plain(one[1])))


@cache
def _by_name(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(words, key=_plain))


def _plain(name: str) -> str:
    """A name for sorting: Ávila stands beside Asturias."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(sign))
