"""Targets of the practice shop, what the past weeks made of them, and some priorities."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F

from crm.models import CustomerGroup
from helpdesk import jobs
from helpdesk.hours import hours_of
from helpdesk.models import Contact, Deadline, FactKind, Metric, Priority, Status, Target, Thread
from helpdesk.statistics.stories import lives

HOURS: dict[str, tuple[int, int, int]] = {
    "service": (4, 6, 24),
    "accounting": (8, 8, 27),
    "webmaster": (8, 12, 45),
    "wholesale": (2, 4, 24),
}
METRICS = {FactKind.FIRST: Metric.FIRST, FactKind.NEXT: Metric.NEXT, FactKind.CLOSED: Metric.RESOLUTION}


def aim(contacts: dict[str, Contact], trade: CustomerGroup) -> None:
    """Set the targets, look back at what was answered before there were any, and work out what is due now."""
    for slug, hours in HOURS.items():
        first, following, resolution = (60 * one for one in hours)
        Target.objects.create(contact=contacts[slug], first=first, next=following, resolution=resolution)
    Target.objects.create(group=trade, first=120)
    Target.objects.create(priority=Priority.URGENT, first=60, next=120)
    _press()
    Deadline.objects.bulk_create(_past(), batch_size=500)
    jobs.follow_targets()
    Deadline.objects.live().update(made_at=F("began_at"))  # as if there had always been targets


def _press() -> None:
    """Some of the open threads are pressing, and one can wait."""
    waiting = list(Thread.objects.filter(status=Status.OPEN).order_by("-active_at").values_list("pk", flat=True))
    for priority, chosen in (
        (Priority.URGENT, waiting[4::29]),
        (Priority.HIGH, waiting[2::11]),
        (Priority.LOW, waiting[7:8]),
    ):
        Thread.objects.filter(pk__in=chosen).update(priority=priority)


def _past() -> Iterator[Deadline]:
    """What was answered and solved, late or in time, by the targets of today."""
    aims = {one.contact: one.minutes for one in Target.kept() if one.contact}
    for thread, life, _last, _number in lives(Thread.objects.values_list("pk", flat=True)):
        for n, fact in enumerate(life.facts if life else ()):
            if (metric := METRICS.get(fact.kind)) is None or fact.seconds is None:
                continue
            began, seconds = fact.at - timedelta(seconds=fact.seconds), aims[thread.contact_id][metric] * 60
            due, used = hours_of(thread.contact_id).after(began, seconds), fact.work_seconds or 0
            missed = due if used > seconds else None
            yield Deadline(
                thread=thread,
                metric=metric,
                number=n if metric == Metric.RESOLUTION else 0,
                began_at=began,
                made_at=began,
                seconds=seconds,
                due_at=due,
                is_running=False,
                used=used,
                settled_at=fact.at,
                warned_at=missed,
                missed_at=missed,
                agent_id=fact.agent,
            )
