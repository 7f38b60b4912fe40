"""What the frame of every page needs: the shop's settings and, for agents, the counts beside the queues."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject, cached_property
from django.utils.timezone import now
from django.utils.translation import gettext_lazy

from accounts.models import Agent
from helpdesk import chips, queues
from helpdesk.filters import Filters
from helpdesk.models import Contact, DeskSettings, Notice, Status, StatusLabel, Target

GO = {"all": "go-queue", "mine": "go-mine", "unassigned": "go-unassigned"}
SHOP_LISTS = (
    ("crm:customers", gettext_lazy("Customers"), "users", "go-customers"),
    ("crm:carts", gettext_lazy("Carts"), "cart", "go-carts"),
    ("helpdesk:review", gettext_lazy("Friday review"), "checks", "go-review"),
    ("helpdesk:week", gettext_lazy("Statistics"), "chart", "go-week"),
)


@dataclass(frozen=True)
class Entry:
    """A link of the navigation. `total` and `unread` may be 0; `badge` says that the unread ones are shown."""

    key: str
    label: str | Promise
    url: str
    icon: str
    tone: str = ""
    alias: str = ""
    total: int = 0
    unread: int = 0
    badge: bool = False
    is_current: bool = False
    shortcut: str = ""


@dataclass(frozen=True)
class Navigation:
    """Links and counts at the left of every agents' page."""

    named: list[Entry]
    contacts: list[Entry]
    shop: list[Entry]
    counts: queues.Counts
    current: str

    @property
    def unread(self) -> int:
        """Threads of the whole queue that this agent has not read."""
        return self.counts.unread.get("all", 0)

    @property
    def by_key(self) -> dict[str, Entry]:
        """The named queues by their keys."""
        return {entry.key: entry for entry in self.named}


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Lazy, so that pages which show none of it ask for none of it."""
    return {
        "desk": SimpleLazyObject(lambda: desk_of(request)),
        "practice": settings.PRACTICE,
        "version": settings.VERSION,
        "statuses": SimpleLazyObject(lambda: statuses_of(request)),
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "bell": Bell(request),
        "now": now(),
    }


def desk_of(request: HttpRequest) -> DeskSettings:
    """The desk's settings, asked once a request."""
    if not hasattr(request, "_desk"):
        request._desk = DeskSettings.load()  # type: ignore[attr-defined]
    return request._desk  # type: ignore[attr-defined]


def statuses_of(request: HttpRequest) -> dict[str, StatusLabel]:
    """What the statuses are called here, asked once a request."""
    if not hasattr(request, "_statuses"):
        request._statuses = StatusLabel.all_by_status()  # type: ignore[attr-defined]
    return request._statuses  # type: ignore[attr-defined]


def navigation(request: HttpRequest, current: str | None = None) -> Navigation | None:
    """The navigation; None for strangers. `current` is the entry of the page, else it is found from the address."""
    agent = request.user
    if not isinstance(agent, Agent):
        return None
    here = _current(request) if current is None else current
    counts, statuses = queues.counts(agent), statuses_of(request)
    is_timed = Target.in_force()
    shown = [queue for queue in queues.QUEUES if is_timed or not queue.is_timed]
    named = [_queue_entry(queue, counts, statuses, here) for queue in shown]
    named = [entry for entry in named if entry.key != "thanks" or entry.total or entry.is_current]
    contacts = [_contact_entry(contact, counts, here) for contact in Contact.shown_to(agent)]
    return Navigation(named, contacts, _shop_entries(here), counts, here)


def _shop_entries(here: str) -> list[Entry]:
    """The lists of the shop's records that there are."""
    found = []
    for view, label, icon, shortcut in SHOP_LISTS:
        try:
            url = reverse(view)
        except NoReverseMatch:
            continue
        found.append(Entry(view, label, url, icon, is_current=here.startswith(view[:-1]), shortcut=shortcut))
    return found


@cache
def _address_of(query: str) -> str:
    return chips.address(Filters.read(query))


def _queue_entry(queue: queues.Queue, counts: queues.Counts, statuses: dict[str, StatusLabel], here: str) -> Entry:
    row = statuses.get(queue.status)
    return Entry(
        key=queue.key,
        label=queue.label,
        url=_address_of(queue.query),
        icon=queue.icon,
        tone=queue.tone,
        alias=row.label if row and row.label != Status(row.status).label else "",
        total=counts.total.get(queue.key, 0),
        unread=counts.unread.get(queue.key, 0),
        badge=queue.key == "unassigned",
        is_current=here == queue.key,
        shortcut=GO.get(queue.key, ""),
    )


def _contact_entry(contact: Contact, counts: queues.Counts, here: str) -> Entry:
    key = f"contact:{contact.pk}"
    return Entry(
        key=f"contact:{contact.slug}",
        label=contact.title,
        url=chips.address(Filters({"contact": (contact.slug,)})),
        icon="mail",
        unread=counts.unread.get(key, 0),
        badge=True,
        is_current=here == f"contact:{contact.slug}",
    )


def current_of(filters: Filters) -> str:
    """The navigation's entry for a page of the queue: the contact if it is narrowed to one alone, else the queue."""
    queue = queues.queue_of(filters)
    contacts = filters.values.get("contact", ())
    return f"contact:{contacts[0]}" if queue.key == "all" and len(contacts) == 1 else queue.key


def _current(request: HttpRequest) -> str:
    match = request.resolver_match
    name = match.view_name if match else ""
    return current_of(Filters.read(QueryDict(request.GET.urlencode()))) if name == "helpdesk:queue" else name


class Bell:
    """What the bell shows; asked only by pages that have one."""

    def __init__(self, request: HttpRequest) -> None:
        self.agent = request.user if hasattr(request, "user") else None

    @cached_property
    def unread(self) -> int:
        """How many notices are new; 0 for strangers. A plain number: plural forms cannot count lazy ones."""
        if not isinstance(self.agent, Agent):
            return 0
        return Notice.objects.seen_by(self.agent).unread().count()
