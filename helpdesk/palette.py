"""What Ctrl+K offers for what was typed so far: places of the desk, and the best of what is found."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from helpdesk.chrome import navigation
from helpdesk.results import CARTS, CUSTOMERS, LABELS, ORDERS, THREADS, Asked, Group, Results, place_of
from helpdesk.settings_pages import pages_of
from search.folding import words

ROWS = {THREADS: 5, CUSTOMERS: 4, ORDERS: 3, CARTS: 2}
ONLY = {"@": CUSTOMERS, "#": ORDERS}
MOST_PLACES = 5

PAGES: tuple[tuple[str, str | Promise, str], ...] = (
    ("helpdesk:search", _("Search"), "search"),
    ("helpdesk:boxes", _("Contacts"), "columns"),
    ("helpdesk:notices", _("Notices"), "bell"),
    ("helpdesk:staffing", _("Next week"), "calendar"),
    ("crm:addresses", _("Addresses"), "pin"),
    ("crm:groups", _("Groups"), "users"),
)


@dataclass(frozen=True)
class Place:
    """A page to go to."""

    label: str | Promise
    url: str
    icon: str
    tone: str = ""


@dataclass
class Palette:
    """The options for what somebody typed. "@" looks for customers alone, "#" for orders, ">" for what can be done."""

    request: HttpRequest
    asked: Asked
    only: str = ""

    @classmethod
    def read(cls, request: HttpRequest) -> "Palette":
        """From the request; `q` begins with the sign."""
        asked = Asked.read(request.GET, request.user)  # type: ignore[arg-type]
        sign = asked.text[:1]
        if sign == ">":
            return cls(request, replace(asked, text=asked.text[1:].strip(), group=""), ">")
        return cls(request, replace(asked, text=asked.text.removeprefix("@"), group=""), ONLY.get(sign, ""))

    @cached_property
    def exact(self) -> str:
        """Where Enter goes for #12, c123 or an order's reference; else empty."""
        return place_of(self.request.user, self.asked.text)  # type: ignore[arg-type]

    @cached_property
    def groups(self) -> list[Group]:
        """The best of each kind; of one kind after "@" or "#", none after ">"."""
        if self.only == ">" or not self.asked.text.lstrip("#"):
            return []
        rows = {key: count for key, count in ROWS.items() if self.only in ("", key)}
        asked = replace(self.asked, text=self.asked.text.lstrip("#"))
        found = Results(self.request.user, asked, rows).groups  # type: ignore[arg-type]
        return [group for group in found if group.key in rows and group.rows]

    @cached_property
    def places(self) -> list[Place]:
        """Pages whose names have words that begin as the typed ones; all for none, after ">" too."""
        if self.only in LABELS:
            return []
        typed = words(self.asked.text)
        named = [place for place in self._all_places() if _is_called(str(place.label), typed)]
        return named if self.only else named[:MOST_PLACES]

    def _all_places(self) -> Iterator[Place]:
        shown: Any = navigation(self.request, current="")
        for entry in [*shown.named, *shown.contacts, *shown.shop] if shown else []:
            yield Place(entry.label, entry.url, entry.icon, entry.tone)
        for name, label, icon in PAGES:
            yield Place(label, reverse(name), icon)
        for page in pages_of(self.request.user):  # type: ignore[arg-type]
            yield Place(f"{gettext('Settings')}: {page.label}", page.url, page.icon, page.look)

    @property
    def search_url(self) -> str:
        """The whole search for what was typed."""
        return replace(self.asked, text=self.asked.text.lstrip("#@")).url(
            group=self.only if self.only in LABELS else ""
        )


def _is_called(label: str, typed: list[str]) -> bool:
    named = words(label)
    return all(any(name.startswith(word) for name in named) for word in typed)
