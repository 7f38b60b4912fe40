"""When two records of a customer become one, their threads and mails follow; split again, those go back. Customers in
other groups have other targets."""

from collections.abc import Iterable
from typing import Any

from helpdesk import context as shop
from helpdesk.models import Event, EventKind, OutgoingMail, Thread, TimingMark

NAME, MAILS = "threads", "mails"


def connect() -> None:
    """Listen to crm; called once, when the app is ready."""
    shop.customers_merged.connect(follow, dispatch_uid="helpdesk.people.follow")
    shop.customers_merged.connect(follow_mails, dispatch_uid="helpdesk.people.follow_mails")
    shop.customers_split.connect(go_back, dispatch_uid="helpdesk.people.go_back")
    shop.customers_regrouped.connect(time_anew, dispatch_uid="helpdesk.people.time_anew")


def follow(*, kept: Any, gone: Any, by: Any, **_kwargs: Any) -> tuple[str, list[int]]:
    """All threads of the record that goes become the other's; returns their ids."""
    ids = list(Thread.objects.filter(customer=gone).values_list("pk", flat=True))
    _give(ids, kept, by=by)
    shop.count_threads({kept.pk, gone.pk}, Thread.objects.active())
    return NAME, ids


def follow_mails(*, kept: Any, gone: Any, **_kwargs: Any) -> tuple[str, list[int]]:
    """All mails that were written to the record that goes, outside of threads; returns their ids."""
    ids = list(OutgoingMail.objects.filter(customer=gone).values_list("pk", flat=True))
    OutgoingMail.objects.filter(pk__in=ids).update(customer=kept)
    return MAILS, ids


def go_back(*, kept: Any, gone: Any, by: Any, moved: dict[str, list[int]], **_kwargs: Any) -> None:
    """The threads that followed return, unless somebody gave them to another customer since."""
    theirs = Thread.objects.filter(pk__in=moved.get(NAME, []), customer=kept)
    _give(list(theirs.values_list("pk", flat=True)), gone, by=by)
    OutgoingMail.objects.filter(pk__in=moved.get(MAILS, []), customer=kept).update(customer=gone)
    shop.count_threads({kept.pk, gone.pk}, Thread.objects.active())


def time_anew(*, customers: Iterable[int], **_kwargs: Any) -> None:
    """What is due in their threads is worked out by a job, within seconds."""
    TimingMark.objects.mark(customers)


def _give(ids: list[int], customer: Any, *, by: Any) -> None:
    Thread.objects.filter(pk__in=ids).update(customer=customer)
    facts: dict[str, Any] = {"name": "customer", "to": str(customer)}
    threads = Thread.objects.filter(pk__in=ids)
    Event.objects.bulk_create([thread.fact(EventKind.LINKED, by=by, **facts) for thread in threads], batch_size=500)
    for thread in threads[:50]:  # more pages than that are not open
        thread.announce()
