"""Threads and messages as rows for a spreadsheet, with all their times; read a page at a time, by number."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from helpdesk.context import Column
from helpdesk.models import Event, Message, Metric, Thread
from helpdesk.models.figures import REPLIES, TARGETS, Fact, FactKind

PAGE = 500


@dataclass
class Row:
    """A thread with the facts that were counted of it."""

    thread: Thread
    facts: list[Fact] = field(default_factory=list)
    because: str = ""  # why it was closed the last time, in the words of then

    def first(self, kind: str) -> Fact | None:
        """The first of a kind."""
        return next((one for one in self.facts if one.kind == kind), None)

    def last(self, *kinds: str) -> Fact | None:
        """The last of these kinds."""
        return next((one for one in reversed(self.facts) if one.kind in kinds), None)

    def number(self, *kinds: str) -> int:
        """How many of these kinds."""
        return sum(one.kind in kinds for one in self.facts)

    def target(self, metric: str) -> str:
        """How often it was done in time, of how many: “2/3”; empty where nothing was aimed at."""
        kinds = [one.kind for one in self.facts if one.kind in TARGETS and one.data["metric"] == metric]
        return f"{kinds.count(FactKind.MET)}/{len(kinds)}" if kinds else ""

    def held(self, who: str) -> int:
        """Seconds up to the last closings that it waited for somebody."""
        return sum(one.data.get("held", {}).get(who, 0) for one in self.facts if one.kind == FactKind.CLOSED)


def thread_pages(threads: QuerySet[Thread]) -> Iterator[list[Row]]:
    """All of these threads by number."""
    shown = Thread.objects.select_related("contact", "customer", "assignee", "order", "product")
    for page in _pages(threads, shown.prefetch_related("tags")):
        facts: dict[int, list[Fact]] = defaultdict(list)
        for fact in Fact.objects.filter(thread__in=[one.pk for one in page]).order_by("at", "pk"):
            facts[fact.thread_id].append(fact)
        because = dict(
            Event.objects.filter(thread__in=[one.pk for one in page])
            .exclude(close_reason=None)
            .order_by("at", "pk")
            .values_list("thread", "data__because")
        )
        yield [Row(one, facts[one.pk], because.get(one.pk, "")) for one in page]


@dataclass
class Said:
    """A message, and the fact if it was a reply that counts."""

    message: Message
    fact: Fact | None = None


def message_pages(threads: QuerySet[Thread]) -> Iterator[list[Said]]:
    """All messages of these threads by number, without replies that were taken back."""
    said = Message.objects.current().filter(thread__in=threads.order_by().values("pk"))
    shown = Message.objects.select_related("thread__contact", "author").annotate(files=Count("attachments"))
    for page in _pages(said, shown):
        facts = Fact.objects.filter(thread__in={one.thread_id for one in page}, kind__in=REPLIES)
        replies = {(one.thread_id, one.at): one for one in facts}
        yield [Said(one, replies.get((one.thread_id, one.created_at))) for one in page]


def _pages(wanted: QuerySet[Any], shown: QuerySet[Any]) -> Iterator[list[Any]]:
    """By number. What is wanted is looked for once, not for each page: a year's numbers rest on two million facts.

    Of a million there are eight megabytes of ids.
    """
    ids = array("q", wanted.order_by("pk").values_list("pk", flat=True).iterator(10_000))
    for start in range(0, len(ids), PAGE):
        yield list(shown.filter(pk__in=ids[start : start + PAGE]).order_by("pk"))


# -- columns --------------------------------------------------------------------------------------


def _of(key: str, label: str | Promise, value: Callable[[Any], Any]) -> Column:
    return Column(key, label, value=value)


def _fact(name: str, pick: Callable[[Row], Fact | None]) -> Callable[[Row], Any]:
    return lambda row: getattr(pick(row), name, None)


def _thread(name: str) -> Callable[[Row], Any]:
    return lambda row: getattr(row.thread, name)


def _words(name: str) -> Callable[[Row], str]:
    """Of something that may be missing."""
    return lambda row: str(getattr(row.thread, name) or "")


def _first(row: Row) -> Fact | None:
    return row.first(FactKind.FIRST)


def _closing(row: Row) -> Fact | None:
    return row.last(FactKind.CLOSED)


def _waiting(row: Row) -> Any:
    asked = row.last(FactKind.ASKED)
    return asked.at if asked and asked.until is None else None


def _closing_data(name: str) -> Callable[[Row], Any]:
    def read(row: Row) -> Any:
        closing = _closing(row)
        return closing.data.get(name) if closing else None

    return read


THREADS = (
    _of("id", _("Thread"), _thread("pk")),
    _of("subject", _("Subject"), _thread("subject")),
    _of("contact", _("Contact"), _words("contact")),
    _of("status", _("Status"), _thread("status")),
    _of("folder", _("Folder"), _thread("folder")),
    _of("holder", _("Waiting for"), _thread("holder")),
    _of("assignee", _("Assignee"), _words("assignee")),
    _of("customer", _("Customer no."), _thread("customer_id")),
    _of("name", _("Name"), lambda row: row.thread.sender),
    _of("email", _("E-mail"), _thread("email")),
    _of("language", _("Language"), _thread("language")),
    _of("channel", _("Channel"), _thread("channel")),
    _of("tags", _("Tags"), lambda row: ", ".join(tag.name for tag in row.thread.tags.all())),
    _of("order", _("Order"), lambda row: row.thread.order.reference if row.thread.order else row.thread.order_text),
    _of("carrier", _("Carrier"), lambda row: row.thread.order.carrier if row.thread.order else ""),
    _of("product", _("Product"), lambda row: row.thread.product.product_ref if row.thread.product else ""),
    _of("follows", _("Follows thread"), _thread("follows_id")),
    _of("merged_into", _("Merged into"), _thread("merged_into_id")),
    _of("created", _("Begun"), _thread("created_at")),
    _of("active", _("Last message"), _thread("active_at")),
    _of("closed", _("Closed"), _thread("closed_at")),
    _of("waiting_since", _("Customer waits since"), _waiting),
    _of("messages", _("Messages"), _thread("message_count")),
    _of("files", _("Files"), _thread("attachment_count")),
    _of("received", _("Messages received"), lambda row: row.number(FactKind.RECEIVED)),
    _of("replies", _("Replies"), lambda row: row.number(*REPLIES)),
    _of("exchanges", _("Exchanges"), lambda row: row.number(FactKind.FIRST, FactKind.NEXT)),
    _of("closings", _("Closings"), lambda row: row.number(FactKind.CLOSED)),
    _of("reopened", _("Opened again"), lambda row: row.number(FactKind.REOPENED)),
    _of("first_at", _("First answer"), _fact("at", _first)),
    _of("first_seconds", _("First answer, seconds"), _fact("seconds", _first)),
    _of("first_work", _("First answer, working seconds"), _fact("work_seconds", _first)),
    _of("resolution_seconds", _("Resolution, seconds"), _fact("seconds", _closing)),
    _of("resolution_work", _("Resolution, working seconds"), _fact("work_seconds", _closing)),
    _of("one_touch", _("Solved with one answer"), lambda row: bool(_closing_data("touch")(row))),
    _of("reason", _("Reason for closing"), lambda row: row.because),
    _of("held_us", _("Seconds waiting for us"), lambda row: row.held("us")),
    _of("held_customer", _("Seconds waiting for the customer"), lambda row: row.held("customer")),
    _of("held_third", _("Seconds waiting for a third party"), lambda row: row.held("third_party")),
    _of("priority", _("Priority"), _thread("priority")),
    _of("due", _("Due until"), _thread("due_at")),
    _of("due_metric", _("What is due"), _thread("due_metric")),
    _of("first_target", _("First answer in time"), lambda row: row.target(Metric.FIRST)),
    _of("next_target", _("Later answers in time"), lambda row: row.target(Metric.NEXT)),
    _of("resolution_target", _("Resolution in time"), lambda row: row.target(Metric.RESOLUTION)),
    _of("rating", _("Rating"), _fact("number", lambda row: row.last(FactKind.RATED))),
)

MESSAGES = (
    _of("id", _("Message"), lambda row: row.message.pk),
    _of("thread", _("Thread"), lambda row: row.message.thread_id),
    _of("subject", _("Subject"), lambda row: row.message.subject or row.message.thread.subject),
    _of("contact", _("Contact"), lambda row: str(row.message.thread.contact)),
    _of("kind", _("Kind"), lambda row: row.message.kind),
    _of("author", _("Author"), lambda row: row.message.who),
    _of("author_email", _("Author's e-mail"), lambda row: row.message.author_email),
    _of("to", _("To"), lambda row: ", ".join(row.message.recipients.get("to", ()))),
    _of("cc", _("Copies"), lambda row: ", ".join(row.message.recipients.get("cc", ()))),
    _of("at", _("Written"), lambda row: row.message.created_at),
    _of("sent_at", _("Date of the mail"), lambda row: row.message.sent_at),
    _of("delivery", _("Delivery"), lambda row: row.message.delivery),
    _of("files", _("Files"), lambda row: row.message.files),
    _of("automatic", _("Peculiarity"), lambda row: row.message.reason),
    _of("answer", _("Counts as"), lambda row: row.fact.kind if row.fact else ""),
    _of("seconds", _("Answered after, seconds"), lambda row: row.fact.seconds if row.fact else None),
    _of("work", _("Answered after, working seconds"), lambda row: row.fact.work_seconds if row.fact else None),
    _of("text", _("Text"), lambda row: row.message.text),
)
OFFERED: dict[str, tuple[str | Promise, tuple[Column, ...], Callable[[QuerySet[Thread]], Iterator[list[Any]]]]] = {
    "threads": (_("Threads"), THREADS, thread_pages),
    "messages": (_("Messages"), MESSAGES, message_pages),
}
