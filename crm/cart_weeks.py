"""The carts of each week: abandoned, written about, recovered, ordered, and what the recovered ones brought."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils import timezone

from crm.models import Cart
from crm.models.cart_life import PROCESSED
from crm.tables import counts_of

WEEKS = 12
KINDS = ("abandoned", "contacted", "recovered", "ordered")
COLUMNS = {
    "abandoned": "abandoned_at",
    "contacted": "contacted_at",
    "recovered": "recovered_at",
    "ordered": "changed_at",
}
PARAMETERS = {"abandoned": "abandoned", "contacted": "written", "recovered": "recovered", "ordered": "changed"}


@dataclass
class Week:
    """One week, from Monday on. Each number is that of the list which its address leads to."""

    monday: date
    abandoned: int = 0
    contacted: int = 0
    recovered: int = 0
    ordered: int = 0
    revenue: list[tuple[Decimal, str]] = field(default_factory=list)  # amount and currency

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    @property
    def conversion(self) -> Decimal | None:
        """How many of the carts that were finished or given up became orders, in %; None where there were none."""
        ended = self.ordered + self.abandoned
        return Decimal(100 * self.ordered) / ended if ended else None

    def carts(self, kind: str) -> QuerySet[Cart]:
        """The carts behind one of its numbers."""
        column, begin, end = COLUMNS[kind], _begin(self.monday), _begin(self.monday + timedelta(weeks=1))
        inside = Q(**{f"{column}__gte": begin, f"{column}__lt": end})
        return Cart.objects.filter(inside, Q(state__in=PROCESSED) if kind == "ordered" else Q())

    def url(self, kind: str) -> str:
        """The list of those carts."""
        name = PARAMETERS[kind]
        asked = {f"{name}_from": self.monday.isoformat(), f"{name}_to": self.sunday.isoformat()}
        return f"{reverse('crm:carts')}?{urlencode({'tab': 'processed', **asked} if kind == 'ordered' else asked)}"

    @property
    def figures(self) -> list[tuple[str, int]]:
        """The addresses of its lists, with how many there are, in the order of KINDS."""
        return [(self.url(kind), getattr(self, kind)) for kind in KINDS]


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def last_weeks(count: int = WEEKS) -> list[Week]:
    """The last weeks in the reader's time zone, the present one first, without numbers yet."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    return [Week(monday - timedelta(weeks=n)) for n in range(count)]


def weeks(count: int = WEEKS) -> list[Week]:
    """The last weeks with all numbers. Two queries, however many carts there are."""
    found = last_weeks(count)
    asked = [(week, kind) for week in found for kind in KINDS]
    counted = counts_of([week.carts(kind) for week, kind in asked], remembers=False)
    for (week, kind), one in zip(asked, counted, strict=True):
        setattr(week, kind, one.n)
    add_revenue(found)
    return found


def add_revenue(found: Iterable[Week]) -> None:
    """What the recovered carts of these weeks brought, by currency: one query."""
    by_monday = {week.monday: week for week in found}
    since = _begin(min(by_monday))
    recovered = Cart.objects.filter(recovered_at__gte=since, order__is_valid=True)
    sums = recovered.order_by().annotate(week=TruncWeek("recovered_at")).values("week", "order__currency")
    for day, currency, amount in sums.annotate(sum=Sum("order__total")).values_list("week", "order__currency", "sum"):
        if week := by_monday.get(timezone.localtime(day).date()):
            week.revenue.append((amount, currency))
