"""National holidays, as the library `holidays` knows them; what regions and towns have besides, shops add.

The library is read when somebody asks: it would slow the start of every process.
"""

from datetime import date
from typing import Any

from babel import Locale
from babel.core import get_global
from django.utils.translation import get_language, to_locale

ENGLISH = {"en": "en_US"}  # as the library calls it


def country_of(zone: str) -> str:
    """Whose holidays hold where this clock goes, such as "ES"; empty where nobody knows them."""
    country = str(get_global("zone_territories").get(zone, ""))
    return country if _known(country) is not None else ""


def name_of(country: str) -> str:
    """What the reader calls a country, such as "Spain"; empty for none."""
    return str(Locale.parse(to_locale(get_language() or "en")).territories.get(country, ""))


def national(country: str, years: tuple[int, ...], *, language: str) -> dict[date, str]:
    """The national holidays of a country in some years, named in a language if anybody did, else in its own.

    None for a country whose holidays nobody knows.
    """
    from holidays import country_holidays

    known = _known(country)
    if known is None:
        return {}
    wanted = ENGLISH.get(language, language)
    named = wanted if wanted in known.supported_languages else known.default_language
    return dict(sorted(country_holidays(country, years=years, language=named).items()))


def _known(country: str) -> Any:
    """A country as the library has it; None if it has not. Asked for one, it reads no other."""
    from holidays import country_holidays

    try:
        return country_holidays(country)
    except NotImplementedError:
        return None
