"""The list of customers, and the figures above it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count as CountOf
from django.db.models import Prefetch, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import AgentRequest
from accounts.models import Agent
from crm.lists import customer_cells
from crm.lists.customer_columns import COLUMNS, SEARCH, birthdays_used, by_number_or_ip
from crm.models import Customer
from crm.tables import Count, Listing, Selection, Table, counts_of

DAY = 24 * 60 * 60
NEW_DAYS = 30


def fetch(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """With all that a row shows: `listed_emails` and `listed_tags` too, as lists.

    A manager for each row, which a plain prefetch makes, is a tenth of what the page takes.
    """
    related = customers.select_related("title", "group", "source").defer("title__picture")
    return related.prefetch_related(
        Prefetch("emails", to_attr="listed_emails"), Prefetch("tags", to_attr="listed_tags")
    )


CUSTOMERS = Table(
    name="customers",
    label=gettext_lazy("Customers"),
    columns=COLUMNS,
    filters=(SEARCH,),
    fetch=fetch,
    actions=customer_cells.Actions,
    empty="crm/customers/_empty.html",
)
WITH_IP = replace(CUSTOMERS, filters=(replace(SEARCH, also=by_number_or_ip),))


def table_for(agent: Agent) -> Table:
    """The list as this agent may search it: IP addresses are for supervisors."""
    return WITH_IP if agent.is_supervisor else CUSTOMERS


def listing_of(request: AgentRequest, *, params: QueryDict | None = None) -> Listing:
    """The list for one request; with `params` instead of its own address."""
    path = reverse("crm:customers")
    return Listing(request, table_for(request.user), Customer.objects.present(), params=params, path=path)


def selection_of(request: AgentRequest) -> Selection:
    """Which customers a form means."""
    path = reverse("crm:customers")
    return Selection.read(request, table_for(request.user), Customer.objects.present(), path=path)


@dataclass(frozen=True)
class Tile:
    """A figure that leads to the list of just those customers. `value` is shown instead of the number, if given."""

    label: str | Promise
    url: str
    count: Count
    value: str = ""
    is_current: bool = False


def tiles_of(listing: Listing) -> list[Tile]:
    """The figures above the list. Each is counted as the list that it leads to; sets the list's own count too."""
    asked = [(label, QueryDict(query)) for label, query in _questions()]
    lists = [listing.asking(query) for _label, query in asked]
    listing.count, *counts = counts_of([listing.matching, *(one.matching for one in lists)])
    here = _narrowing(listing)
    tiles = [
        Tile(label, one.address(), count, is_current=_narrowing(one) == here)
        for (label, _query), one, count in zip(asked, lists, counts, strict=True)
    ]
    if birthdays_used() and tiles[-1].count.n:
        tiles[-1] = replace(tiles[-1], value=_average_age())
    return tiles


def _questions() -> list[tuple[str, str]]:
    since = timezone.localdate() - timedelta(days=NEW_DAYS)
    asked = [
        (_("Customers"), ""),
        (_("With open threads"), "threads_from=1"),
        (_("New in %(days)s days") % {"days": NEW_DAYS}, f"registered_from={since.isoformat()}"),
        (_("Newsletter"), "newsletter=1"),
        (_("Accounts disabled"), "active=0"),
    ]
    return [*asked, (_("Average age"), "age_from=0")] if birthdays_used() else asked


def _narrowing(listing: Listing) -> dict[str, Any]:
    return {key: read.typed for key, read in listing.reads.items() if read.typed}


def _average_age() -> str:
    """In years; counted once a day, by the year of birth."""
    kept = cache.get("average-age")
    if kept is None:
        known = Customer.objects.present().exclude(birthday=None).order_by()
        years = list(known.values_list("birthday__year").annotate(n=CountOf("pk")))
        born = sum(year * n for year, n in years) / max(1, sum(n for _year, n in years))
        kept = str(round(timezone.localdate().year + 0.5 - born - 0.5))
        cache.set("average-age", kept, DAY)
    return kept
