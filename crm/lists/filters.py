"""Filters that only customers have: tags with and, or, not; age."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from crm.models import Customer, CustomerTag, CustomerWords
from crm.tables import Filter, Numbers, Read
from crm.tables.filters import LONGEST, Term
from search.models import Words
from search.query import read

MOST_TERMS = 10
OLDEST = 150


@dataclass(frozen=True)
class Tags(Filter):
    """?tag=wedding&tag=-paid: all terms must fit. A comma means or, a minus in front means not."""

    template = "crm/tables/filters/_tags.html"
    adds = True
    through: Any = Customer.tags.through
    owner: str = "customer"  # of the through table
    path: str = "pk"  # from a row of the list to that owner

    def read(self, params: QueryDict) -> Read:
        """Each term a condition of its own; an unknown tag narrows nothing and is told."""
        asked = [text.replace("\0", "").strip()[:LONGEST] for text in params.getlist(self.key)]
        asked = list(dict.fromkeys(text for text in asked if text))[:MOST_TERMS]
        if not asked:
            return Read()
        known = {tag.name.lower(): tag for tag in CustomerTag.objects.all()}
        condition, terms, problems = Q(), [], []
        for text in asked:
            is_not, words = text.startswith("-"), [word.strip() for word in text.lstrip("-").split(",") if word.strip()]
            tags = [known[word.lower()] for word in words if word.lower() in known]
            problems += [
                _("There is no tag “%(value)s”.") % {"value": word} for word in words if word.lower() not in known
            ]
            if tags:
                condition &= self._without(tags) if is_not else self._with(tags)
            terms.append(Term(self._said(is_not, [str(tag) for tag in tags] or words), self.key, text))
        return Read(condition if terms else None, {self.key: asked}, "", " ".join(problems), tuple(terms))

    def _with(self, tags: list[CustomerTag]) -> Q:
        return Q(**{f"{self.path}__in": self.through.objects.filter(customertag__in=tags).values(self.owner)})

    def _without(self, tags: list[CustomerTag]) -> Q:
        """By EXISTS: PostgreSQL would look at each row for a NOT IN, whatever else narrows the list."""
        has = self.through.objects.filter(customertag__in=tags, **{self.owner: OuterRef(self.path)})
        return ~Q(Exists(has))

    def _said(self, is_not: bool, words: list[str]) -> str:
        joined = _(" or ").join(words)
        return _("Without tag: %(tags)s") % {"tags": joined} if is_not else _("Tag: %(tags)s") % {"tags": joined}

    def choices(self) -> list[CustomerTag]:
        """What its field offers."""
        return list(CustomerTag.objects.all())


@dataclass(frozen=True)
class Searched(Filter):
    """All words, in any order, as the index of such records finds them; `also` says what else the text may be."""

    kind: type[Words] = CustomerWords
    within: bool = False  # parts of names count too
    also: Callable[[str], Q | None] | None = None

    def find(self, text: str) -> tuple[Q | None, str]:
        """The condition, and the text itself as its words."""
        query = read(text, begins="all")
        condition, other = self.kind.having(query.inside if self.within else query), self.also and self.also(text)
        return condition | other if other else condition, f"“{text}”"


@dataclass(frozen=True)
class Ages(Numbers):
    """Full years, counted from a birthday."""

    def between(self, low: Any, high: Any) -> Q:
        """Born so many years ago; who has no birthday on file has no age."""
        condition = Q(**{f"{self.field}__isnull": False})
        if low is not None:
            condition &= Q(**{f"{self.field}__lte": _years_ago(int(low))})
        return condition if high is None else condition & Q(**{f"{self.field}__gt": _years_ago(int(high) + 1)})

    def word(self, end: Any) -> str:
        """In years."""
        return number_format(int(end))


def _years_ago(years: int) -> date:
    today = timezone.localdate()
    year = today.year - min(max(years, 0), OLDEST)
    try:
        return today.replace(year=year)
    except ValueError:  # the 29th of February
        return today.replace(year=year, day=28)
