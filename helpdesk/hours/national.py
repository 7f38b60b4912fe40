"""National holidays: those on a date, and those that go with Easter. What towns and regions have, shops add."""

from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Name = Promise | str
COUNTRIES: dict[str, Name] = {"DE": _("Germany"), "ES": _("Spain"), "FR": _("France"), "PT": _("Portugal")}
ZONES = {
    **dict.fromkeys(("Europe/Berlin", "Europe/Busingen"), "DE"),
    **dict.fromkeys(("Europe/Madrid", "Atlantic/Canary", "Africa/Ceuta"), "ES"),
    "Europe/Paris": "FR",
    **dict.fromkeys(("Europe/Lisbon", "Atlantic/Azores", "Atlantic/Madeira"), "PT"),
}
EVERYWHERE: dict[tuple[int, int], Name] = {
    (1, 1): _("New Year's Day"),
    (5, 1): _("Labour Day"),
    (12, 25): _("Christmas Day"),
}
ASSUMPTION, ALL_SAINTS, IMMACULATE = _("Assumption"), _("All Saints' Day"), _("Immaculate Conception")
GOOD_FRIDAY, EASTER_MONDAY, ASCENSION, WHIT_MONDAY = (
    *(_("Good Friday"), _("Easter Monday")),
    *(_("Ascension Day"), _("Whit Monday")),
)
ON_A_DATE: dict[str, dict[tuple[int, int], Name]] = {
    "DE": {(10, 3): _("Day of German Unity"), (12, 26): _("Boxing Day")},
    "ES": {
        (1, 6): _("Epiphany"),
        (8, 15): ASSUMPTION,
        (10, 12): _("Spain's national day"),
        (11, 1): ALL_SAINTS,
        (12, 6): _("Constitution Day"),
        (12, 8): IMMACULATE,
    },
    "FR": {
        (5, 8): _("Victory Day"),
        (7, 14): _("Bastille Day"),
        (8, 15): ASSUMPTION,
        (11, 1): ALL_SAINTS,
        (11, 11): _("Armistice Day"),
    },
    "PT": {
        (4, 25): _("Freedom Day"),
        (6, 10): _("Portugal Day"),
        (8, 15): ASSUMPTION,
        (10, 5): _("Republic Day"),
        (11, 1): ALL_SAINTS,
        (12, 1): _("Independence Day"),
        (12, 8): IMMACULATE,
    },
}
AFTER_EASTER: dict[str, dict[int, Name]] = {  # days after Easter Sunday
    "DE": {-2: GOOD_FRIDAY, 1: EASTER_MONDAY, 39: ASCENSION, 50: WHIT_MONDAY},
    "ES": {-2: GOOD_FRIDAY},
    "FR": {1: EASTER_MONDAY, 39: ASCENSION, 50: WHIT_MONDAY},
    "PT": {-2: GOOD_FRIDAY, 60: _("Corpus Christi")},
}


def country_of(zone: str) -> str:
    """Whose holidays hold where this clock goes, as a key of COUNTRIES; empty where we do not know them."""
    return ZONES.get(zone, "")


def national(country: str, year: int) -> dict[date, Name]:
    """The national holidays of a country in a year, with their names; none for a country we do not know."""
    if country not in COUNTRIES:
        return {}
    dated = {**EVERYWHERE, **ON_A_DATE[country]}
    found = {date(year, month, day): name for (month, day), name in dated.items()}
    found |= {easter(year) + timedelta(days=days): name for days, name in AFTER_EASTER[country].items()}
    return dict(sorted(found.items()))


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the rule of Meeus, Jones and Butcher."""
    golden, century, rest = year % 19, year // 100, year % 100
    corrections = century // 4 + (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - corrections + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
