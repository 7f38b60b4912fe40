"""What the new threads of a period were about: tags, products, carriers. Asked of the threads themselves."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F

from helpdesk import context
from helpdesk.models.figures import Fact, FactKind
from helpdesk.statistics.periods import Period

SHOWN = 8


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


def _counted(period: Period, contacts: list[int], *fields: str) -> list[dict[str, Any]]:
    new = Fact.objects.filter(kind=FactKind.NEW, at__gte=period.begin, at__lt=period.end, contact__in=contacts)
    named = {f"f{n}": F(field) for n, field in enumerate(fields)}
    rows: Any = new.order_by().values(**named).annotate(n=Count("thread", distinct=True)).order_by("-n")
    return list(rows[:40])


def by_tag(period: Period, contacts: list[int]) -> list[Share]:
    """The most used tags."""
    rows = _counted(period, contacts, "thread__tags", "thread__tags__name")
    return [Share(row["f0"], row["f1"], row["n"]) for row in rows if row["f0"]][:SHOWN]


def by_product(period: Period, contacts: list[int]) -> list[Share]:
    """The products asked about most, with their orders."""
    rows = _counted(period, contacts, "thread__product__product_ref", "thread__product__name")
    rows = [row for row in rows if row["f0"]][:SHOWN]
    orders = context.orders_by_product([row["f0"] for row in rows], period.begin, period.end) if rows else {}
    return [Share(row["f0"], row["f1"], row["n"], orders.get(row["f0"], 0)) for row in rows]


def by_carrier(period: Period, contacts: list[int]) -> list[Share]:
    """Carriers, by threads per 100 of their orders."""
    rows = [row for row in _counted(period, contacts, "thread__order__carrier") if row["f0"]]
    orders = context.orders_by_carrier(period.begin, period.end) if rows else {}
    shares = [Share(row["f0"], row["f0"], row["n"], orders.get(row["f0"], 0)) for row in rows]
    return sorted(shares, key=lambda one: -(one.per_hundred or 0))[:SHOWN]
