"""A list as one request sees it: its columns, filters, rows, counts and addresses."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.access import AgentRequest
from crm.models import ColumnChoice
from crm.tables.columns import Column
from crm.tables.counting import Count, counts_of
from crm.tables.fields import FILTER_FORM, Chip, Field, Head, names_in_row
from crm.tables.filters import Filter, Read, Term
from crm.tables.paging import Order, Page, Place, page_of
from crm.tables.rows import Rows
from crm.tables.table import Table

NOTHING = Read()


class Listing:
    """A table for one request. `rows` are those the agent may see; `params` are read instead of the address."""

    def __init__(
        self,
        request: AgentRequest,
        table: Table,
        rows: QuerySet[Any],
        *,
        params: QueryDict | None = None,
        path: str = "",
        others: Sequence[str] = (),
        filters: Sequence[Filter] | None = None,
    ) -> None:
        self.request, self.table, self.source = request, table, rows
        self.params = request.GET if params is None else params
        self.path = path or request.path
        self.others = others  # parameters of the page that are no filters, kept in every address
        self._choices: dict[str, list[Any]] = {}
        self.problems: list[str] = []
        self.filters = table.all_filters if filters is None else filters
        self.reads = {one.key: one.read(self.params) if self._names(one) else NOTHING for one in self.filters}
        self.problems += [read.problem for read in self.reads.values() if read.problem]

    def _names(self, one: Filter) -> bool:
        return any(name in self.params for name in one.names)

    def asking(self, query: QueryDict) -> "Listing":
        """The same list, asked something else."""
        return Listing(self.request, self.table, self.source, params=query, path=self.path, filters=self.filters)

    # -- columns ----------------------------------------------------------------------------------

    @cached_property
    def offered(self) -> list[Column]:
        """Columns that can be shown here."""
        return [one for one in self.table.columns if one.is_listed and one.when()]

    @cached_property
    def columns(self) -> list[Column]:
        """Those that this agent wants to see, in the table's order."""
        chosen = ColumnChoice.objects.of(self.request.user, self.table.name)
        if chosen is None:
            return [one for one in self.offered if one.is_shown or one.is_main]
        return [one for one in self.offered if one.key in chosen or one.is_main]

    @property
    def picks(self) -> list[tuple[Column, bool]]:
        """Every column that may be taken away, and whether it is shown."""
        shown = {one.key for one in self.columns}
        return [(one, one.key in shown) for one in self.offered if not one.is_main]

    # -- rows -------------------------------------------------------------------------------------

    @cached_property
    def matching(self) -> QuerySet[Any]:
        """All rows that fit the filters, in no order."""
        rows = self.source
        for read in self.reads.values():
            if read.condition is not None:
                rows = rows.filter(read.condition)
        return rows

    @cached_property
    def sort(self) -> str:
        """The key of the column that sorts, with a minus for falling."""
        asked = self.params.get("sort") or self.table.sort
        column = self.table.column(asked.removeprefix("-"))
        if column is not None and column.sort:
            return asked
        self.problems.append(_("The list cannot be sorted by “%(value)s”.") % {"value": asked[:60]})
        return self.table.sort

    @cached_property
    def order(self) -> Order:
        """How the list is sorted."""
        column = self.table.column(self.sort.removeprefix("-"))
        falls = self.sort.startswith("-") != bool(column and column.inverts)
        return Order(column.sort if column else (), falls=falls).of(self.source)

    @cached_property
    def page(self) -> Page:
        """The rows to show."""
        return page_of(self.table.fetch(self.matching), self.order, self._place, size=self.table.size)

    @property
    def _place(self) -> Place | None:
        token = self.params.get("page", "")
        try:
            return Place.read(token, self.source, self.order) if token else None
        except ValueError:
            self.problems.append(_("That page is not there any more. This is the first one."))
            return None

    @cached_property
    def count(self) -> Count:
        """How many rows fit. A page with tiles counts them together and sets this."""
        return counts_of([self.matching])[0]

    @property
    def rows(self) -> Iterator[SafeString]:
        """The rows of the page, drawn."""
        return map(Rows(self).of, self.page.rows)

    def row(self, pk: Any) -> SafeString:
        """One row, drawn even if the filters would leave it out now; nothing if it is not the agent's."""
        found = self.table.fetch(self.source.filter(pk=pk)).first()
        return Rows(self).of(found) if found else SafeString()

    # -- addresses --------------------------------------------------------------------------------

    def query(self, *, without: Sequence[str] = (), **changes: str) -> QueryDict:
        """The filters and the sort as parameters, with changes; the page is left out."""
        found = QueryDict(mutable=True)
        for name, values in self.given.items():
            if name not in without and name not in changes:
                found.setlist(name, values.copy())
        for name, value in changes.items():
            found[name] = value
        return found

    @cached_property
    def given(self) -> dict[str, list[str]]:
        """What the address says of filters and sort; a page asks for dozens of addresses that differ in one."""
        known = (name for name in (*self.others, *self.names, "sort") if name in self.params)
        return {name: [one for one in self.params.getlist(name) if one] for name in known}

    def address(self, *, without: Sequence[str] = (), **changes: str) -> str:
        """The list's address with changes."""
        query = self.query(without=without, **changes).urlencode()
        return f"{self.path}?{query}" if query else self.path

    @property
    def names(self) -> list[str]:
        """Parameters of all filters."""
        return [name for one in self.filters for name in one.names]

    @property
    def here(self) -> str:
        """This very page."""
        return self.request.get_full_path() if self.path == self.request.path else self.address()

    @property
    def before_url(self) -> str:
        """The page before; empty on the first."""
        return self.address(page=self.page.before.token) if self.page.before else ""

    @property
    def behind_url(self) -> str:
        """The page behind; empty on the last."""
        return self.address(page=self.page.behind.token) if self.page.behind else ""

    @property
    def clear_url(self) -> str:
        """Without any filter."""
        return self.address(without=self.names)

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is on, readable or not."""
        return any(read.typed for read in self.reads.values())

    # -- what the page draws ----------------------------------------------------------------------

    @property
    def heads(self) -> list[Head]:
        """The heads of the columns."""
        return [self._head(one) for one in self.columns]

    def _head(self, column: Column) -> Head:
        if not column.sort:
            return Head(column)
        is_current, falls = self.sort.removeprefix("-") == column.key, self.sort.startswith("-")
        now_falls = not falls if is_current else column.falls_first
        aria = ("descending" if falls else "ascending") if is_current else ""
        return Head(column, self.address(sort=f"-{column.key}" if now_falls else column.key), aria)

    @property
    def column_fields(self) -> list[Field | None]:
        """The filter under each head; None where there is none."""
        return [
            Field(one.filter, self.reads[one.filter.key], FILTER_FORM, self) if one.filter else None
            for one in self.columns
        ]

    @property
    def fields(self) -> list[Field]:
        """Every filter but the search box, for the panel that holds them all."""
        return [Field(one, self.reads[one.key], listing=self) for one in self.filters if one.key != "q"]

    def choices_of(self, key: str) -> list[Any]:
        """What a filter offers, asked once a request."""
        if key not in self._choices:
            offered = next((one for one in self.filters if one.key == key), None)
            self._choices[key] = [*getattr(offered, "choices", tuple)()]
        return self._choices[key]

    @property
    def has_filter_row(self) -> bool:
        """Whether any shown column can be filtered."""
        return any(one.filter for one in self.columns)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters that the form of the filter row must carry along: those without a field in it."""
        shown = {name for one in self.columns if one.filter for name in names_in_row(one.filter)}
        return self.hidden(without=tuple(shown))

    @property
    def kept_by_search(self) -> list[tuple[str, str]]:
        """Parameters that the search box must carry along."""
        return self.hidden(without=("q",))

    @property
    def kept_by_panel(self) -> list[tuple[str, str]]:
        """Parameters that the panel of all filters must carry along."""
        shown = {name for one in self.filters if not one.adds and one.key != "q" for name in one.names}
        return self.hidden(without=tuple(shown))

    def hidden(self, *, without: Sequence[str] = ()) -> list[tuple[str, str]]:
        """The parameters for hidden inputs."""
        found = self.query(without=without)
        return [(name, value) for name in found for value in found.getlist(name)]

    @property
    def chips(self) -> list[Chip]:
        """The filters that are on."""
        found = []
        for one in self.filters:
            read = self.reads[one.key]
            found += [Chip(read.said, self.address(without=one.names))] if read.said else []
            found += [Chip(term.said, self._without_term(term)) for term in read.terms]
        return found

    def _without_term(self, term: Term) -> str:
        query = self.query()
        query.setlist(term.name, [value for value in query.getlist(term.name) if value.strip() != term.value])
        words = query.urlencode()
        return f"{self.path}?{words}" if words else self.path

    def with_term(self, name: str, value: str) -> str:
        """The list's address with one more value of a parameter."""
        query = self.query()
        query.appendlist(name, value)
        return f"{self.path}?{query.urlencode()}"

    @property
    def ticks(self) -> bool:
        """Whether rows can be selected."""
        return self.table.ticks

    @property
    def empty(self) -> str:
        """The template that says why there is nothing."""
        return self.table.empty

    @property
    def columns_url(self) -> str:
        """Where the choice of columns is sent."""
        return reverse("crm:table_columns", args=[self.table.name])

    @property
    def text(self) -> str:
        """What the search box holds."""
        return self.params.get("q", "")

    def respond(self, template: str, context: dict[str, Any] | None = None) -> HttpResponse:
        """The page; for htmx the table alone."""
        wants_table = self.request.htmx and not self.request.htmx.boosted
        shown = "crm/tables/_table.html" if wants_table else template
        page = self.page  # first of all, so that what is wrong with the address is known
        response = render(self.request, shown, {"listing": self, "page": page, **(context or {})})
        patch_vary_headers(response, ["HX-Request"])
        return response
