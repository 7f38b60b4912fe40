"""Which rows of a list an action is for: those ticked on the page, or all that fit the filters."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.access import AgentRequest
from accounts.typed import numbers
from crm.tables.listing import Listing
from crm.tables.table import Table

MOST_TICKED = 500


class Selection:
    """Rows that an agent means, within those they may see."""

    def __init__(self, listing: Listing, ids: tuple[int, ...], *, is_all: bool) -> None:
        self.listing, self.ids, self.is_all = listing, ids, is_all

    @classmethod
    def read(cls, request: AgentRequest, table: Table, rows: QuerySet[Any], *, path: str = "") -> "Selection":
        """From the parameters of a form: `ids`, or `all`; and the list's own query in `filters`."""
        params = request.POST if request.method == "POST" else request.GET
        listing = Listing(request, table, rows, params=QueryDict(params.get("filters", "")[:4000]), path=path)
        return cls(listing, numbers(params.getlist("ids"), most=MOST_TICKED), is_all=params.get("all") == "1")

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """The rows, in no order."""
        return self.listing.matching if self.is_all else self.listing.source.filter(pk__in=self.ids)

    @cached_property
    def count(self) -> int:
        """How many there are now, exactly."""
        return self.rows.order_by().count()

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Hidden inputs that say the same again."""
        told = [("all", "1")] if self.is_all else [("ids", str(one)) for one in self.ids]
        return [*told, ("filters", self.listing.query().urlencode())]

    @property
    def query(self) -> str:
        """The same as a query string, for links."""
        params = QueryDict(mutable=True)
        for name, value in self.fields:
            params.appendlist(name, value)
        return params.urlencode()
