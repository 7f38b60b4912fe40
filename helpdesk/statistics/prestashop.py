"""The four figures of PrestaShop's customer service, counted as it counts them, for those who come from it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from helpdesk.models import Folder, Message, MessageKind, Status, Thread

OURS = (MessageKind.REPLY, MessageKind.NOTE, MessageKind.FORWARD)
PENDING = (Status.PENDING_1, Status.PENDING_2)


@dataclass(frozen=True)
class Figures:
    """Since the beginning; the last two over the days from -31 to -1."""

    threads: int
    pending: int
    customer_messages: int
    employee_messages: int
    unread: int
    closed: int
    response_hours: float | None
    messages_per_thread: float | None

    @property
    def discussions(self) -> int:
        """Its tile "pending discussion threads": pending and open ones."""
        return self.pending + self.unread


def figures(contacts: list[int]) -> Figures:
    """Of these contacts. Its own sums: unread are all open ones, notes count as messages of employees."""
    threads = Thread.objects.filter(contact__in=contacts, folder=Folder.DESK, merged_into=None).order_by()
    by_status = dict(threads.values_list("status").annotate(n=Count("pk")))
    messages = Message.objects.current().filter(thread__in=threads).order_by()
    said = dict(messages.values_list("kind").annotate(n=Count("pk")))
    total, pending = sum(by_status.values()), sum(by_status.get(one, 0) for one in PENDING)
    return Figures(
        threads=total,
        pending=pending,
        customer_messages=said.get(MessageKind.CUSTOMER, 0),
        employee_messages=sum(said.get(kind, 0) for kind in OURS),
        unread=by_status.get(Status.OPEN, 0),
        closed=total - by_status.get(Status.OPEN, 0) - pending,
        response_hours=_response(messages),
        messages_per_thread=_per_thread(threads, messages),
    )


def _window() -> tuple[Any, Any]:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=31), today - timedelta(days=1)


def _response(messages: Any) -> float | None:
    """The mean of first message of an employee less first message of the customer, both in the window, in hours."""
    begin, end = _window()
    inside = messages.filter(created_at__gte=begin, created_at__lt=end)
    rows = inside.values("thread").annotate(
        asked=Min("created_at", filter=Q(kind=MessageKind.CUSTOMER)),
        answered=Min("created_at", filter=Q(kind__in=OURS)),
    )
    waits = [row["answered"] - row["asked"] for row in rows if row["asked"] and row["answered"]]
    return round(sum(waits, timedelta()).total_seconds() / 3600 / len(waits), 1) if waits else None


def _per_thread(threads: Any, messages: Any) -> float | None:
    """Messages of the closed threads that began in the window, by their number."""
    begin, end = _window()
    closed = threads.filter(status=Status.CLOSED, created_at__gte=begin, created_at__lt=end)
    number = closed.count()
    return round(messages.filter(thread__in=closed).count() / number, 1) if number else None
