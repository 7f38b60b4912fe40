"""Countries and their phone codes, in the reader's language."""

from functools import cache

import phonenumbers
from babel import Locale
from django.utils.translation import get_language


def phone_countries() -> list[tuple[str, str]]:
    """Choices such as ("ES", "Spain (+34)"), by name."""
    return _phone_countries((get_language() or "en").replace("-", "_"))


@cache
def _phone_countries(language: str) -> list[tuple[str, str]]:
    names = Locale.parse(language).territories
    regions = phonenumbers.SUPPORTED_REGIONS
    named = (
        (region, f"{names.get(region, region)} (+{phonenumbers.country_code_for_region(region)})") for region in regions
    )
    return sorted(named, key=lambda choice: choice[1])


def country_of(phone: str) -> str:
    """The country of a number in E.164, or an empty string."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone)) or ""
    except phonenumbers.NumberParseException:
        return ""


def as_dialled(phone: str, country: str) -> str:
    """A number as people of that country write it; one of another country with its code; anything else as it is."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    formats = phonenumbers.PhoneNumberFormat
    at_home = phonenumbers.region_code_for_number(number) == country
    return phonenumbers.format_number(number, formats.NATIONAL if at_home else formats.INTERNATIONAL)


def countries() -> list[tuple[str, str]]:
    """Choices such as ("ES", "Spain"), by name."""
    return [(region, label.rpartition(" (")[0]) for region, label in phone_countries()]
