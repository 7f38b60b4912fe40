"""What a list may be narrowed by: read from the address, put on a query, said on a chip."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

LONGEST = 200  # characters of a value; more is nobody's filter
WORDS = 8  # of a text; more only make it slower


@dataclass(frozen=True)
class Term:
    """One of several values of a filter: its words, and the parameter's value to take out of the address."""

    said: str
    name: str
    value: str


@dataclass(frozen=True)
class Read:
    """What an address asks of one filter: the condition, if it could be read; what was typed; what to say of it.

    A filter with several values says each of them as a term.
    """

    condition: Q | None = None
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    said: str = ""
    problem: str = ""
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Filter:
    """One filter. Its parameters in the address are `names`; the first is its own key.

    `adds`: its field adds a value to those that are given already, instead of showing the one there is.
    """

    key: str
    label: str | Promise
    template: ClassVar[str] = "crm/tables/filters/_text.html"
    adds: ClassVar[bool] = False

    @property
    def names(self) -> tuple[str, ...]:
        """Its parameters."""
        return (self.key,)

    def read(self, params: QueryDict) -> Read:
        """What the address asks; an empty Read if nothing."""
        text = one(params, self.key)
        if not text:
            return Read()
        condition, said = self.find(text)
        typed = {self.key: (text,)}
        if condition is None:
            return Read(typed=typed, problem=said)
        return Read(condition, typed, f"{self.label}: {said}")

    def find(self, text: str) -> tuple[Q | None, str]:
        """The condition and its words, or None and a sentence that says what is wrong."""
        raise NotImplementedError


def one(params: QueryDict, name: str) -> str:
    """The last value of a parameter, without what a database cannot take."""
    return (params.get(name) or "").replace("\0", "").strip()[:LONGEST]


@dataclass(frozen=True)
class Text(Filter):
    """Every word of it somewhere in the fields, whatever the case. `also` gives what else a word may mean."""

    fields: tuple[str, ...] = ()
    also: Callable[[str], Q] | None = None

    def find(self, text: str) -> tuple[Q | None, str]:
        """All words."""
        condition = Q()
        for word in text.split()[:WORDS]:
            somewhere = self.also(word) if self.also else Q()
            for name in self.fields:
                somewhere |= Q(**{f"{name}__icontains": word})
            condition &= somewhere
        return condition, f"“{text}”"


@dataclass(frozen=True)
class Number(Filter):
    """One whole number."""

    template = "crm/tables/filters/_number.html"
    field: str = "pk"

    def find(self, text: str) -> tuple[Q | None, str]:
        """Exactly this one."""
        digits = text.removeprefix("#")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
            return None, _("“%(value)s” under “%(name)s” is not a whole number.") % {"value": text, "name": self.label}
        return Q(**{self.field: int(digits)}), digits


@dataclass(frozen=True)
class Choice(Filter):
    """One of the offered values: `choices()` gives pairs of value and words. NOBODY asks for rows without any."""

    template = "crm/tables/filters/_choice.html"
    NOBODY: ClassVar[str] = "none"
    field: str = ""
    choices: Callable[[], Sequence[tuple[Any, Any]]] = tuple

    def find(self, text: str) -> tuple[Q | None, str]:
        """That value."""
        for value, words in self.choices():
            if str(value) == text:
                return Q(**{self.field: None if text == self.NOBODY else value}), str(words)
        return None, _("There is no “%(value)s” to choose under “%(name)s”.") % {"value": text, "name": self.label}


@dataclass(frozen=True)
class YesNo(Filter):
    """1 or 0."""

    template = "crm/tables/filters/_yes_no.html"
    field: str = ""

    def find(self, text: str) -> tuple[Q | None, str]:
        """Whether the field is true."""
        if text not in {"0", "1"}:
            return None, _("“%(value)s” under “%(name)s” is neither 1 (yes) nor 0 (no).") % {
                "value": text,
                "name": self.label,
            }
        return Q(**{self.field: text == "1"}), _("Yes") if text == "1" else _("No")


@dataclass(frozen=True)
class Between(Filter):
    """From and to, of which one may be missing: KEY_from and KEY_to."""

    field: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Both ends."""
        return f"{self.key}_from", f"{self.key}_to"

    def read(self, params: QueryDict) -> Read:
        """Both ends; one that cannot be read does not narrow."""
        typed = {name: (text,) for name in self.names if (text := one(params, name))}
        ends, problems = [], []
        for name in self.names:
            text = typed.get(name, ("",))[0]
            end = self.end(text) if text else None
            if text and end is None:
                problems.append(self.complaint(text))
            ends.append(end)
        low, high = ends
        condition = self.between(low, high) if low is not None or high is not None else None
        said = f"{self.label}: {self.say(low, high)}" if condition is not None else ""
        return Read(condition, typed, said, " ".join(problems))

    def end(self, text: str) -> Any:
        """One end; None if it cannot be read."""
        raise NotImplementedError

    def complaint(self, text: str) -> str:
        """Why an end cannot be read."""
        raise NotImplementedError

    def between(self, low: Any, high: Any) -> Q:
        """The condition; None is an open end."""
        condition = Q() if low is None else Q(**{f"{self.field}__gte": low})
        return condition if high is None else condition & Q(**{f"{self.field}__lte": high})

    def say(self, low: Any, high: Any) -> str:
        """Both ends in words."""
        if high is None:
            return _("from %(low)s") % {"low": self.word(low)}
        if low is None:
            return _("up to %(high)s") % {"high": self.word(high)}
        return _("%(low)s to %(high)s") % {"low": self.word(low), "high": self.word(high)}

    def word(self, end: Any) -> str:
        """One end in words."""
        return str(end)


@dataclass(frozen=True)
class Numbers(Between):
    """From one number to another."""

    template = "crm/tables/filters/_numbers.html"
    LARGEST: ClassVar[Decimal] = Decimal(10) ** 12

    def end(self, text: str) -> Decimal | None:
        """A number with a point or a comma."""
        try:
            number = Decimal(text.replace(",", "."))
        except InvalidOperation:
            return None
        return number if number.is_finite() and abs(number) < self.LARGEST else None

    def complaint(self, text: str) -> str:
        """It is no number."""
        return _("“%(value)s” under “%(name)s” is not a number.") % {"value": text, "name": self.label}

    def word(self, end: Any) -> str:
        """As the reader writes numbers."""
        return number_format(end)


@dataclass(frozen=True)
class Dates(Between):
    """From the beginning of one day to the end of another. `is_day` is for fields that hold a day, not a moment."""

    template = "crm/tables/filters/_dates.html"
    is_day: bool = False

    def end(self, text: str) -> date | None:
        """A day as 2026-11-30, or as 30/11/2026 or 30.11.2026."""
        parts = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text)
        try:
            day = date(*map(int, parts.groups()[::-1])) if parts else date.fromisoformat(text)
        except ValueError:
            return None
        return day if date(1900, 1, 1) <= day < date(2200, 1, 1) else None

    def complaint(self, text: str) -> str:
        """It is no day."""
        return _("“%(value)s” under “%(name)s” is not a date like 2026-11-30.") % {"value": text, "name": self.label}

    def between(self, low: date | None, high: date | None) -> Q:
        """Whole days, in the reader's time zone."""
        if self.is_day:
            return super().between(low, high)
        condition = Q() if low is None else Q(**{f"{self.field}__gte": _begin(low)})
        return condition if high is None else condition & Q(**{f"{self.field}__lt": _begin(high + timedelta(days=1))})

    def word(self, end: Any) -> str:
        """As the reader writes days."""
        return date_format(end, "SHORT_DATE_FORMAT")


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
