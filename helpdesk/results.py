"""What the search page and the palette show: groups of rows, with what was found where."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Agent
from helpdesk import context as shop
from helpdesk import finding
from helpdesk.models import ACTIVE, Folder, Message, MessageKind, Status, Thread
from helpdesk.models.queue import ThreadQuerySet
from helpdesk.statuses import LOOKS
from search import folding, highlighting
from search.highlighting import Piece

THREADS, CUSTOMERS, ORDERS, CARTS = "threads", "customers", "orders", "carts"
EVERY = "all"
LABELS: dict[str, str | Promise] = {
    THREADS: _("Threads"),
    CUSTOMERS: _("Customers"),
    ORDERS: _("Orders"),
    CARTS: _("Carts"),
}
PAGE = 25
FIRST = {THREADS: 8, CUSTOMERS: 5, ORDERS: 5, CARTS: 4}  # rows of each where all are shown
SINCE: dict[str, str | Promise] = {
    "": _("Any date"),
    "7": _("Last 7 days"),
    "30": _("Last 30 days"),
    "365": pgettext_lazy("period", "Last year"),
}
ROUND = (200, 100, 50, 20, 10)


@dataclass(frozen=True)
class Asked:
    """A search as its address says it; what makes no sense is left out."""

    text: str = ""
    group: str = ""
    page: int = 1
    everywhere: bool = False
    erased: bool = False
    status: str = ""
    since: str = ""
    files: bool = False

    @classmethod
    def read(cls, params: QueryDict, agent: Agent) -> "Asked":
        """From a query string; only a supervisor may ask for customers who are gone."""
        page, group, status = params.get("page", ""), params.get("in", ""), params.get("status", "")
        return cls(
            text=" ".join(params.get("q", "").replace("\0", " ").split())[:200],
            group=group if group in LABELS else "",
            page=int(page) if page.isascii() and page.isdigit() and 1 <= len(page) <= 3 and int(page) else 1,
            everywhere="everywhere" in params,
            erased="erased" in params and agent.is_supervisor,
            status=status if status in Status.values else "",
            since=params.get("since", "") if params.get("since", "") in SINCE else "",
            files="files" in params,
        )

    def url(self, **changes: Any) -> str:
        """The same search with something changed, on its first page unless that is what changes."""
        asked = {**vars(self), "page": 1, **changes}
        asked["group"] = asked["group"] or EVERY  # said, so that a link of ours never goes on to the one thing named
        names = {"text": "q", "group": "in"}
        kept = {names.get(name, name): 1 if value is True else value for name, value in asked.items() if value}
        if kept.get("page") == 1:
            del kept["page"]
        return f"{reverse('helpdesk:search')}?{urlencode(kept)}"

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter hides threads."""
        return bool(self.status or self.since or self.files)


@dataclass(frozen=True)
class ThreadRow:
    """A thread, with marked pieces of its subject and sender, and where it was found."""

    thread: Thread
    subject: list[Piece]
    sender: list[Piece]
    place: str
    author: str
    said: list[Piece]

    @property
    def look(self) -> tuple[str, str]:
        """Icon and colour of its status, or of its folder."""
        thread = self.thread
        return LOOKS[thread.status if thread.folder == Folder.DESK else thread.folder]


@dataclass(frozen=True)
class RecordRow:
    """A customer, an order or a cart with marked pieces of what it is called and what else was found."""

    record: Any
    name: list[Piece]
    detail: list[Piece]
    open_threads: int = 0


@dataclass(frozen=True)
class Group:
    """Rows of one kind. `count` is exact only if `is_all`."""

    key: str
    rows: Sequence[Any] = ()
    count: int = 0
    is_all: bool = True
    has_more: bool = False

    @property
    def label(self) -> str | Promise:
        """What it is called."""
        return LABELS[self.key]

    @property
    def at_least(self) -> int:
        """A round number that there are more of, where nobody counted them all."""
        if self.is_all:
            return 0
        return finding.MOST if self.count >= finding.MOST else next((n for n in ROUND if n < self.count), 0)


@dataclass
class Results:
    """All that was found for a search, by an agent. Each group is asked for when it is looked at, and once."""

    agent: Agent
    asked: Asked
    rows_of: Mapping[str, int] = field(default_factory=lambda: FIRST)

    @cached_property
    def groups(self) -> list[Group]:
        """Threads, customers, orders, carts; rows only of the group that was asked for, of all if none was."""
        makers: dict[str, Callable[[], Group]] = {
            THREADS: self._threads,
            CUSTOMERS: self._customers,
            ORDERS: self._orders,
            CARTS: self._carts,
        }
        return [make() for make in makers.values()] if self.asked.text else []

    @property
    def found(self) -> list[Group]:
        """Groups with something in them, that were asked for."""
        return [group for group in self.groups if group.count and self.asked.group in ("", group.key)]

    @property
    def total(self) -> int:
        """How many in all, as far as they were counted."""
        return sum(group.count for group in self.groups)

    @property
    def is_all(self) -> bool:
        """Whether they were all counted."""
        return all(group.is_all for group in self.groups)

    @cached_property
    def nearest(self) -> Any:
        """The order that was perhaps meant, where nothing was found."""
        return shop.nearest_order(self.asked.text) if not self.total else None

    @cached_property
    def _pattern(self) -> Any:
        return highlighting.pattern(finding.query_of(self.asked.text, self.agent))

    @cached_property
    def _machine(self) -> Any:
        return folding.network_of(self.asked.text) if self.agent.is_supervisor else None

    def _cut(self, key: str, ids: Sequence[int]) -> tuple[Sequence[int], bool]:
        """The ids that the page shows of a group, and whether there are more."""
        if self.asked.group not in ("", key):
            return (), False
        size, first = (PAGE, (self.asked.page - 1) * PAGE) if self.asked.group else (self.rows_of.get(key, 0), 0)
        return ids[first : first + size], len(ids) > first + size

    def _pieces(self, text: str) -> list[Piece]:
        return highlighting.pieces(text, self._pattern)

    # -- threads

    def _threads(self) -> Group:
        folders = Folder.values if self.asked.everywhere else [Folder.DESK]
        enough = finding.MOST if self.asked.is_narrowed else PAGE * (self.asked.page + 1)
        found = finding.threads(self.agent, self.asked.text, among=self._among(), folders=folders, enough=enough)
        ids, has_more = self._cut(THREADS, found.ids)
        messages = {message.pk: message for message in _messages([found.message_of[pk] for pk in ids])}
        shown = Thread.objects.filter(pk__in=ids).select_related("contact", "assignee", "customer", "order")
        threads = {thread.pk: thread for thread in shown}
        rows = [self._thread_row(threads[pk], messages.get(found.message_of[pk])) for pk in ids if pk in threads]
        return Group(THREADS, rows, len(found.ids), found.is_all, has_more)

    def _among(self) -> ThreadQuerySet:
        asked, threads = self.asked, Thread.objects.visible_to(self.agent)
        if asked.status:
            threads = threads.filter(status=asked.status)
        if asked.since:
            threads = threads.filter(active_at__gte=timezone.now() - timedelta(days=int(asked.since)))
        return threads.filter(attachment_count__gt=0) if asked.files else threads

    def _thread_row(self, thread: Thread, message: Message | None) -> ThreadRow:
        place, said = self._place(message) if message else ("", [])
        author = message.who if message and place else ""
        said = said or [Piece(thread.excerpt)]
        by_address = self._is_hit(thread.email) and not self._is_hit(thread.sender)
        sender = f"{thread.sender} <{thread.email}>" if by_address else thread.sender
        return ThreadRow(thread, self._pieces(thread.subject), self._pieces(sender), place, author, said)

    def _is_hit(self, text: str) -> bool:
        return any(piece.is_hit for piece in self._pieces(text))

    def _place(self, message: Message) -> tuple[str, list[Piece]]:
        """Where in a message: "note", "file", "" for what was said; with the words round it."""
        said = highlighting.snippet(message.text, self._pattern)
        if not said:
            for file in message.attachments.all():
                if self._is_hit(file.name):
                    return "file", self._pieces(file.name)
        return ("note" if message.kind == MessageKind.NOTE and said else "", said)

    # -- records

    def _customers(self) -> Group:
        found = shop.find_customers(self.asked.text, machine=self._machine, with_gone=self.asked.erased)
        ids, has_more = self._cut(CUSTOMERS, found.ids)
        open_threads = _open_threads(ids, self.agent)
        rows = [self._customer_row(one, open_threads.get(one.pk, 0)) for one in shop.show_customers(ids)]
        return Group(CUSTOMERS, rows, len(found.ids), found.is_all, has_more)

    def _customer_row(self, customer: Any, open_threads: int) -> RecordRow:
        emails = [email.address for email in customer.emails.all()]
        email = next((one for one in emails if self._is_hit(one)), customer.email)
        details = [one for one in (email, customer.phone or customer.other_phone, customer.company) if one]
        return RecordRow(customer, self._pieces(str(customer)), self._pieces(" · ".join(details)), open_threads)

    def _orders(self) -> Group:
        found = shop.find_orders(self.asked.text) if not self._machine else shop.Records()
        ids, has_more = self._cut(ORDERS, found.ids)
        rows = [self._with_lines(one, one.reference) for one in shop.show_orders(ids)]
        return Group(ORDERS, rows, len(found.ids), found.is_all, has_more)

    def _carts(self) -> Group:
        found = shop.find_carts(self.asked.text, machine=self._machine)
        ids, has_more = self._cut(CARTS, found.ids)
        rows = [self._with_lines(one, "") for one in shop.show_carts(ids)]
        return Group(CARTS, rows, len(found.ids), found.is_all, has_more)

    def _with_lines(self, record: Any, name: str) -> RecordRow:
        """An order or a cart with the product that was looked for, else with its first."""
        lines = list(record.lines.all())
        hit = max(lines, key=lambda line: sum(piece.is_hit for piece in self._pieces(line.name)), default=None)
        product = f"{hit.name} ×{hit.quantity}" if hit else ""
        whose = str(record.customer or "") or getattr(record, "delivery_name", "") or getattr(record, "name", "")
        typed = "" if record.customer else record.email
        return RecordRow(
            record, self._pieces(name or whose), self._pieces(_dotted(product, whose if name else "", typed))
        )


def _dotted(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _messages(ids: Sequence[int]) -> list[Message]:
    found = Message.objects.filter(pk__in=ids).select_related("author").prefetch_related("attachments")
    return list(found.defer("html", "full_text"))


def _open_threads(customers: Sequence[int], agent: Agent) -> dict[int, int]:
    """How many threads of each customer are not closed, of those that the agent may see."""
    seen = Thread.objects.visible_to(agent).filter(customer__in=customers).order_by().values_list("customer")
    return dict(seen.annotate(n=Count("pk", filter=Q(folder=Folder.DESK, status__in=ACTIVE))))


def place_of(agent: Agent, typed: str) -> str:
    """The address of the one thing that was named: #12 a thread, c123 a customer, an order's reference; else empty."""
    typed = typed.strip()
    number = typed[1:]
    if number.isascii() and number.isdigit() and len(number) <= 15:
        if typed[0] == "#" and Thread.objects.visible_to(agent).filter(pk=int(number)).exists():
            return reverse("helpdesk:thread", args=[int(number)])
        if typed[0] in "cC" and shop.is_customer(int(number)):
            return reverse("crm:customer", args=[int(number)])
    order = shop.order_called(typed.lstrip("#")) if any(sign.isdigit() for sign in typed) else None
    return reverse("crm:order", args=[order]) if order else ""
