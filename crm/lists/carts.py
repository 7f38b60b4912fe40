"""The list of carts, with its tabs and the week's figures above it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Prefetch, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import AgentRequest
from crm.cart_weeks import add_revenue, last_weeks
from crm.lists import cart_cells
from crm.lists.cart_columns import COLUMNS, FILTERS, TABS
from crm.models import Cart, Customer, Order
from crm.tables import Count, Listing, Selection, Table, counts_of

# What a row shows of its customer and its order: both have dozens of columns besides, which cost a fifth of the page.
OF_CUSTOMER = {"id", "first_name", "last_name", "company", "erased_at", "do_not_contact"}
OF_ORDER = {"id", "reference"}


def fetch(carts: QuerySet[Cart]) -> QuerySet[Cart]:
    """With all that a row shows: `listed_lines` too, and `listed_emails` of its customer."""
    related = carts.select_related("customer", "order", "source")
    related = related.defer(*_others("customer", Customer, OF_CUSTOMER), *_others("order", Order, OF_ORDER))
    emails = Prefetch("customer__emails", to_attr="listed_emails")
    return related.prefetch_related(Prefetch("lines", to_attr="listed_lines"), emails)


def _others(path: str, model: type[Model], shown: set[str]) -> list[str]:
    return [f"{path}__{one.name}" for one in model._meta.concrete_fields if one.name not in shown]


CARTS = Table(
    name="carts",
    label=gettext_lazy("Carts"),
    columns=COLUMNS,
    filters=FILTERS,
    fetch=fetch,
    actions=cart_cells.Actions,
    row_class="list_class",
    may_tick="may_be_deleted",
)


@dataclass(frozen=True)
class TabLink:
    """A tab or a figure as the page draws it: a link to the list of just those carts."""

    label: str | Promise
    url: str
    count: Count
    is_live: bool = False
    is_current: bool = False


def listing_of(request: AgentRequest, *, params: QueryDict | None = None) -> Listing:
    """The list for one request; with `params` instead of its own address."""
    return Listing(request, CARTS, Cart.objects.all(), params=params, path=reverse("crm:carts"))


def selection_of(request: AgentRequest) -> Selection:
    """Which carts a form means."""
    return Selection.read(request, CARTS, Cart.objects.all(), path=reverse("crm:carts"))


def page_of(listing: Listing) -> dict[str, Any]:
    """Tabs and the week's figures; all numbers in one query, the list's own too."""
    (week,) = last_weeks(1)
    figures = (
        (_("Abandoned this week"), "abandoned"),
        (_("Contacted this week"), "contacted"),
        (_("Recovered this week"), "recovered"),
    )
    rows = [listing.matching, Cart.objects.all(), *(Cart.objects.filter(tab.condition()) for tab in TABS)]
    listing.count, whole, *counts = counts_of([*rows, *(week.carts(kind) for _label, kind in figures)])
    add_revenue([week])
    current = listing.params.get("tab", "")
    tabs = [TabLink(_("All"), listing.path, whole, is_current=not current)]
    tabs += [
        TabLink(tab.label, f"{listing.path}?tab={tab.key}", count, tab.is_live, current == tab.key)
        for tab, count in zip(TABS, counts[: len(TABS)], strict=True)
    ]
    counted = zip(figures, counts[len(TABS) :], strict=True)
    tiles = [TabLink(label, week.url(kind), count) for (label, kind), count in counted]
    return {"tabs": tabs, "tiles": tiles, "week": week, "revenue_url": week.url("recovered")}
