"""What the new threads of a period were about: tags, products, carriers. Asked of the threads themselves."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from helpdesk import context
from helpdesk.models import Thread
from helpdesk.models.figures import Fact, FactKind
from helpdesk.statistics.periods import Period

Table = tuple[str, str, "list[tuple[Share, str]]"]  # heading, note, rows with the lists behind them

TAG, ORDER, NOTHING = "tag", "order", Value("", TextField())
SHOWN = 8
COUNTED = 40  # carriers of which those with the most threads per order are shown


@dataclass(frozen=True)
class Share:
    """Threads about one thing; `orders` in the same period, where that can be told."""

    key: Any
    label: str
    threads: int
    orders: int | None = None

    @property
    def per_hundred(self) -> float | None:
        """Threads per 100 orders."""
        return 100 * self.threads / self.orders if self.orders else None


class Shares:
    """Of the new threads at some contacts (ids)."""

    def __init__(self, period: Period, contacts: list[int]) -> None:
        self.period, self.contacts = period, contacts

    @property
    def _new(self) -> QuerySet[Fact]:
        """Each thread begins once."""
        new = Fact.objects.filter(kind=FactKind.NEW, at__gte=self.period.begin, at__lt=self.period.end)
        return new.filter(contact__in=self.contacts).order_by()

    @cached_property
    def _told(self) -> list[tuple[str, str | None, str | None, str | None, int]]:
        """Of tags: "tag", its id and name, and how many threads; of orders: carrier, product and its name."""
        orders = ("thread__order__carrier", "thread__product__product_ref", "thread__product__name")
        through: Any = Thread.tags.through
        tagged = through.objects.filter(thread__in=self._new.values("thread")).order_by()
        tags = tagged.values_list(Value(TAG), Cast("threadtag", TextField()), "threadtag__name", NOTHING)
        about = self._new.values_list(Value(ORDER), *(Cast(one, TextField()) for one in orders))
        return list(about.annotate(n=Count("pk")).union(tags.annotate(n=Count("pk")), all=True))

    @property
    def _about(self) -> Iterator[tuple[str | None, str | None, str | None, int]]:
        """Carrier, product and its name, and how many threads."""
        yield from (row[1:] for row in self._told if row[0] == ORDER)

    def tags(self) -> list[Share]:
        """The most used tags."""
        told = [Share(key, label or "", n) for what, key, label, _none, n in self._told if what == TAG]
        return sorted(told, key=lambda one: (-one.threads, one.label.casefold()))[:SHOWN]

    @cached_property
    def _asked_about(self) -> list[tuple[tuple[str, str], int]]:
        """The products asked about most: reference and name, and how many threads."""
        counted: Counter[tuple[str, str]] = Counter()
        for _by, reference, name, n in self._about:
            if reference:
                counted[reference, name or ""] += n
        return list(_most(counted, SHOWN))

    @cached_property
    def _placed(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many orders there were, by product and by carrier."""
        if not any(self._about):
            return {}, {}
        references = [reference for (reference, _name), _n in self._asked_about]
        return context.orders_placed(references, self.period.begin, self.period.end)

    def products(self) -> list[Share]:
        """The products asked about most, with their orders."""
        orders, _by_carrier = self._placed
        return [Share(reference, name, n, orders.get(reference, 0)) for (reference, name), n in self._asked_about]

    def carriers(self) -> list[Share]:
        """Carriers, by threads per 100 of their orders."""
        counted: Counter[str] = Counter()
        for carrier, _product, _name, n in self._about:
            if carrier:
                counted[carrier] += n
        _by_product, orders = self._placed
        shares = [Share(carrier, carrier, n, orders.get(carrier, 0)) for carrier, n in _most(counted, COUNTED)]
        return sorted(shares, key=lambda one: -(one.per_hundred or 0))[:SHOWN]


def tables(period: Period, contacts: list[int], url: Callable[..., str]) -> list[Table]:
    """Tags, products and carriers of a period; `url` is the list behind a number."""
    per_order, about = _("threads, and per 100 orders"), Shares(period, contacts)
    told = (
        (_("Tags"), _("new threads"), "tag", about.tags()),
        (_("Products"), per_order, "product", about.products()),
        (_("Carriers"), per_order, "carrier", about.carriers()),
    )
    return [(head, note, [(one, url("new", **{name: one.key})) for one in rows]) for head, note, name, rows in told]


def _most(counted: Counter[Any], most: int) -> Iterator[tuple[Any, int]]:
    """The commonest first; among equals by name, so that two readers see the same."""
    yield from sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:most]
