"""The carts of each week: abandoned, written about, recovered, and what the recovered ones brought."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils import timezone

from crm.models import Cart

WEEKS = 12


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

    def url(self, what: str) -> str:
        """The list of those carts."""
        days = {f"{what}_from": self.monday.isoformat(), f"{what}_to": self.sunday.isoformat()}
        return f"{reverse('crm:carts')}?{urlencode(days)}"

    @property
    def abandoned_url(self) -> str:
        """The list of those abandoned."""
        return self.url("abandoned")

    @property
    def contacted_url(self) -> str:
        """The list of those written about."""
        return self.url("written")

    @property
    def recovered_url(self) -> str:
        """The list of those recovered."""
        return self.url("recovered")


def weeks(count: int = WEEKS) -> list[Week]:
    """The last weeks in the reader's time zone, the present one first. Five queries, however many carts there are."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    found = {day: Week(day) for day in (monday - timedelta(weeks=n) for n in range(count))}
    since = timezone.make_aware(datetime.combine(min(found), time()))
    for name, column in (("abandoned", "abandoned_at"), ("contacted", "contacted_at"), ("recovered", "recovered_at")):
        for day, n in _by_week(Cart.objects.filter(**{f"{column}__gte": since}), column).values_list("week", "n"):
            if week := found.get(timezone.localtime(day).date()):
                setattr(week, name, n)
    ordered = Cart.objects.filter(order__placed_at__gte=since)
    for day, n in _by_week(ordered, "order__placed_at").values_list("week", "n"):
        if week := found.get(timezone.localtime(day).date()):
            week.ordered = n
    _add_revenue(found, since)
    return list(found.values())


def this_week() -> Week:
    """The present week up to now."""
    return weeks(1)[0]


def _by_week(carts: QuerySet[Cart], column: str) -> QuerySet[Cart, dict[str, object]]:
    return carts.order_by().annotate(week=TruncWeek(column)).values("week").annotate(n=Count("pk"))


def _add_revenue(found: dict[date, Week], since: datetime) -> None:
    recovered = Cart.objects.filter(recovered_at__gte=since, order__is_valid=True)
    sums = recovered.order_by().annotate(week=TruncWeek("recovered_at")).values("week", "order__currency")
    for day, currency, amount in sums.annotate(sum=Sum("order__total")).values_list("week", "order__currency", "sum"):
        if week := found.get(timezone.localtime(day).date()):
            week.revenue.append((amount, currency))
