"""Pages of a sorted list, each reached from the place of its neighbour's last row: none comes twice, none is missed.

Rows whose first sort field is unknown (NULL) come last, whichever way the list is sorted. They are asked for in a
query of their own, so that databases which disagree about the order of NULLs use a plain index all the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import F, Q, QuerySet

SALT = "crm.tables.place"


@dataclass(frozen=True)
class Order:
    """By which fields a list is sorted, and which way; the id decides between equals and goes the same way."""

    fields: tuple[str, ...] = ()
    falls: bool = True

    def of(self, rows: QuerySet[Any]) -> "Order":
        """Without the id, which is there anyway."""
        own = {"pk", "id", rows.model._meta.pk.name}
        return replace(self, fields=tuple(name for name in self.fields if name not in own))


@dataclass(frozen=True)
class Place:
    """Where a page begins: behind (or before, when going `back`) the row with these sort values and this id.

    `number` is how many rows come before the page, as far as is known: for people, not for the query.
    """

    values: tuple[Any, ...]
    pk: Any
    back: bool = False
    number: int = 0

    @classmethod
    def of(cls, row: Any, order: Order, *, back: bool, number: int) -> "Place":
        """The place of a row that page_of fetched."""
        values = tuple(getattr(row, f"sort_{n}") for n in range(len(order.fields)))
        return cls(values, row.pk, back, number)

    @property
    def token(self) -> str:
        """For the address; signed, so that nobody can make a query fail by inventing one."""
        plain = [_plain(value) for value in self.values]
        return signing.dumps([plain, self.pk, int(self.back), self.number], salt=SALT)

    @classmethod
    def read(cls, token: str, rows: QuerySet[Any], order: Order) -> "Place":
        """From the address. Raises ValueError for what is no token of this sort."""
        try:
            values, pk, back, number = signing.loads(token, salt=SALT)
            fields = [field_of(rows.model, name) for name in order.fields]
            read = tuple(one.to_python(value) for one, value in zip(fields, values, strict=True))
        except (signing.BadSignature, ValidationError, TypeError) as error:
            raise ValueError(token) from error
        return cls(read, pk, bool(back), number)


@dataclass
class Page:
    """Some rows of a list, and the places of the pages before and behind; None at an end."""

    rows: list[Any]
    before: Place | None = None
    behind: Place | None = None
    first: int = 1

    @property
    def last(self) -> int:
        """The number of the last row."""
        return self.first + len(self.rows) - 1


@dataclass
class _Reader:
    rows: QuerySet[Any]
    order: Order
    size: int
    found: list[Any] = field(default_factory=list)

    def fetch(self, place: Place | None) -> list[Any]:
        """Up to one row more than fits, going the place's way."""
        back = place is not None and place.back
        for is_known in self._parts(place, back=back):
            missing = self.size + 1 - len(self.found)
            here = place if place is not None and is_known == _is_known(place) else None
            if missing > 0:
                self.found += self._part(is_known, here, back=back)[:missing]
        return self.found

    def _parts(self, place: Place | None, *, back: bool) -> list[bool]:
        """Known values first, unknown last, from the place on; one part only where nothing can be unknown."""
        if not self.order.fields or not may_be_unknown(self.rows.model, self.order.fields[0]):
            return [True]
        parts = [False, True] if back else [True, False]
        return parts if place is None or _is_known(place) == parts[0] else parts[1:]

    def _part(self, is_known: bool, place: Place | None, *, back: bool) -> QuerySet[Any]:
        falls = self.order.falls != back
        fields = self.order.fields if is_known else ()
        rows = self.rows
        if self.order.fields and may_be_unknown(rows.model, self.order.fields[0]):
            rows = rows.filter(**{f"{self.order.fields[0]}__isnull": not is_known})
        if place is not None:
            rows = rows.filter(_beyond(fields, place, "lt" if falls else "gt"))
        return rows.order_by(*(f"-{name}" if falls else name for name in (*fields, "pk")))


def page_of(rows: QuerySet[Any], order: Order, place: Place | None, *, size: int) -> Page:
    """The page at a place, or the first one. One query, or two where known values end and unknown ones begin."""
    order = order.of(rows)
    rows = rows.annotate(**{f"sort_{n}": F(name) for n, name in enumerate(order.fields)})
    found = _Reader(rows, order, size).fetch(place)
    is_more, shown = len(found) > size, found[:size]
    if place is not None and place.back:
        if not is_more:  # the first page is always a full one
            return page_of(rows, order, None, size=size)
        shown.reverse()
    back = place is not None and place.back
    before = 0 if place is None else max(0, place.number - len(shown)) if back else place.number
    page = Page(shown, first=before + 1)
    if shown and (place is not None):
        page.before = Place.of(shown[0], order, back=True, number=before)
    if shown and (is_more or back):
        page.behind = Place.of(shown[-1], order, back=False, number=page.last)
    return page


def all_of(rows: QuerySet[Any], order: Order, *, size: int = 1000) -> Iterator[list[Any]]:
    """Every row in order, some at a time; each piece is a query of its own, so that a reader may be slow."""
    place, is_first = None, True
    while is_first or place is not None:
        page = page_of(rows, order, place, size=size)
        yield page.rows
        place, is_first = page.behind, False


def _beyond(fields: Sequence[str], place: Place, way: str) -> Q:
    """Rows behind a place: by the first field, among equals by the next, at last by the id."""
    condition = Q(**{f"pk__{way}": place.pk})
    for name, value in reversed(list(zip(fields, place.values, strict=False))):
        condition = Q(**{f"{name}__{way}": value}) | (Q(**{name: value}) & condition)
    if fields:
        condition &= Q(**{f"{fields[0]}__{way}e": place.values[0]})  # an index can begin here
    return condition


def _is_known(place: Place) -> bool:
    return not place.values or place.values[0] is not None


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _walk(model: type[models.Model], path: str) -> Iterator[Any]:
    for name in path.split("__"):
        found = model._meta.get_field(name)
        if not isinstance(found, models.Field):
            raise FieldDoesNotExist(path)
        yield found
        if found.related_model is not None:
            model = found.related_model


def field_of(model: type[models.Model], path: str) -> Any:
    """The field at the end of a path."""
    return list(_walk(model, path))[-1]


def may_be_unknown(model: type[models.Model], path: str) -> bool:
    """Whether a value at this path may be NULL."""
    return any(one.null for one in _walk(model, path))
