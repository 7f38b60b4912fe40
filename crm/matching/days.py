"""Days that a text names: "el martes", "12/11", "12 de noviembre", "yesterday", "vor drei Tagen". Pure; linear time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MOST = 6
BACK = 200  # days: older ones are no day of a purchase that somebody misses now
NUMERIC = re.compile(r"(?<![\d.,/-])(\d{1,4})([/.-])(\d{1,2})(?:\2(\d{2,4}))?(?![\d€$£%]|[.,]\d| ?eur| ?€)")
TOKEN = re.compile(r"[a-z]{2,14}|\d{1,2}(?![\d/.,-]\d)")

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "enero ene january jan januar janvier",
            "febrero feb february februar fevrier",
            "marzo mar march marz mars",
            "abril abr april apr avril",
            "mayo may mai",
            "junio jun june juni juin",
            "julio jul july juli juillet",
            "agosto ago august aug aout",
            "septiembre setiembre sept sep september septembre",
            "octubre oct october oktober okt octobre",
            "noviembre nov november novembre",
            "diciembre dic december dec dezember dez decembre",
        ),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "lunes monday mon montag lundi",
            "martes tuesday tues dienstag mardi",
            "miercoles wednesday wed mittwoch mercredi",
            "jueves thursday thurs donnerstag jeudi",
            "viernes friday fri freitag vendredi",
            "sabado saturday samstag sonnabend samedi",
            "domingo sunday sonntag dimanche",
        )
    )
    for name in names.split()
}
AGO = {
    **dict.fromkeys(("hoy", "today", "heute", "aujourd", "tonight"), 0),
    **dict.fromkeys(("ayer", "yesterday", "gestern", "anoche", "hier"), 1),
    **dict.fromkeys(("anteayer", "antier", "antes de ayer", "vorgestern"), 2),
}
NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "un una uno one a an ein einem einer une",
            "dos two zwei deux par couple",
            "tres three drei trois",
            "cuatro four vier quatre",
            "cinco five funf cinq",
            "seis six sechs",
            "siete seven sieben sept",
            "ocho eight acht huit",
            "nueve nine neun neuf",
            "diez ten zehn dix",
        ),
        start=1,
    )
    for word in words.split()
}
UNITS = {
    **dict.fromkeys(("dia", "dias", "day", "days", "tag", "tage", "tagen", "jour", "jours"), 1),
    **dict.fromkeys(("semana", "semanas", "week", "weeks", "woche", "wochen", "semaine", "semaines"), 7),
}
LEADS = {"hace", "vor", "ya", "il"}  # hace 3 dias, vor 3 tagen, il y a 3 jours
LAST = {"pasado", "pasada", "last", "letzten", "letzte", "letzter", "dernier", "derniere", "previous"}
LINKS = {"de", "del", "of", "the", "er", "st", "nd", "rd", "th"}


@dataclass(frozen=True)
class Days:
    """One day, or a few of which it was one."""

    first: date
    last: date

    def distance(self, day: date) -> int:
        """How many days off a day is; 0 for one of these."""
        return max((self.first - day).days, (day - self.last).days, 0)


def days_in(folded: str, *, today: date) -> list[Days]:
    """The days of a folded text written on `today`, each once; none of them in the future."""
    found = dict.fromkeys([*_numeric(folded, today), *_spoken(folded, today)])
    return [one for one in found if one.first <= today and (today - one.last).days <= BACK][:MOST]


def _day(year: int, month: int, day: int) -> Iterator[Days]:
    try:
        found = date(year, month, day)
    except ValueError:
        return
    yield Days(found, found)


def _without_year(month: int, day: int, today: date) -> Iterator[Days]:
    """The last such day that is not to come."""
    year = today.year if (month, day) <= (today.month, today.day) else today.year - 1
    yield from _day(year, month, day)


def _numeric(folded: str, today: date) -> Iterator[Days]:
    for match in NUMERIC.finditer(folded):
        first, mark, second, third = match.groups()
        one, two = int(first), int(second)
        if len(first) == 4:
            yield from _day(one, two, int(third)) if third and len(third) < 3 else ()
        elif third:
            year = int(third) + (2000 if len(third) == 2 else 0)
            yield from _day(year, two, one)
            yield from _day(year, one, two)
        elif mark != "." or len(second) == 2:
            yield from _without_year(two, one, today) if two <= 12 else ()
            yield from _without_year(one, two, today) if one <= 12 and mark == "/" else ()


def _spoken(folded: str, today: date) -> Iterator[Days]:
    tokens = [token for token in TOKEN.findall(folded) if token not in LINKS]
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else ""
        after = tokens[place + 1] if place + 1 < len(tokens) else ""
        if token in MONTHS:
            yield from _of_month(MONTHS[token], before, after, today)
        elif token in WEEKDAYS:
            yield from _weekday(WEEKDAYS[token], today, last={before, after} & LAST)
        elif token in AGO:
            yield _back(today, AGO[token])
        elif token in UNITS:
            yield from _units(UNITS[token], tokens[max(0, place - 4) : place], after, today)


def _of_month(month: int, before: str, after: str, today: date) -> Iterator[Days]:
    near = before if before.isdigit() else after
    if near.isdigit():
        yield from _without_year(month, int(near), today)


def _weekday(weekday: int, today: date, *, last: set[str]) -> Iterator[Days]:
    back = (today.weekday() - weekday) % 7
    yield _back(today, back)
    if last or back == 0:
        yield _back(today, back + 7)


def _units(days: int, before: list[str], after: str, today: date) -> Iterator[Days]:
    number = next((_number(word) for word in reversed(before) if _number(word)), 0)
    if {"ago", "back", "atras"} & {after} or LEADS & set(before):
        yield _back(today, (number or 1) * days, slack=0 if days == 1 else 3)
    elif days == 7 and LAST & {*before[-1:], after}:
        yield _back(today, 7, slack=4)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS.get(word, 0)


def _back(today: date, days: int, *, slack: int = 0) -> Days:
    middle = today - timedelta(days=days)
    return Days(middle - timedelta(days=slack), middle + timedelta(days=slack))
