"""What time does to threads, by whichever worker's turn it is. See settings.PERIODIC_JOBS."""

from collections.abc import Callable

from django.utils import timezone

from accounts.models import Absence
from helpdesk.models import DeskSettings, Promise, Thread, ThreadQuerySet
from helpdesk.zone import zone_called

A_RUN = 200  # of each kind


def look_at_pending() -> int:
    """Wake what was put off until now, break promises that passed, and close what nobody answers. Returns how many."""
    now, threads = timezone.now(), Thread.objects.select_related("contact", "assignee")
    overdue = Promise.objects.overdue(now).select_related("thread__contact", "thread__assignee", "by")
    done = sum(one.thread.break_promise(one) for one in overdue.order_by("due_at")[:A_RUN])
    done += _each(threads.due_to_wake(now), Thread.wake)
    done += _each(threads.due_to_close(now), Thread.close_unanswered)
    return done + _each(threads.quiet(now), Thread.announce_closing)


def relieve_absent() -> int:
    """Open threads of whoever is away go where their absence says. Returns how many; again at once, it is none."""
    with timezone.override(zone_called(DeskSettings.load().time_zone)):
        today = timezone.localdate()
    away = Absence.objects.by_agent(today)
    return sum(_relieve(one, away) for one in away.values() if one.threads != Absence.Threads.KEEP)


def _relieve(absence: Absence, away: dict[int, Absence]) -> int:
    threads = Thread.objects.open().filter(assignee=absence.agent).select_related("contact", "assignee")
    deputy = absence.deputy if absence.threads == Absence.Threads.DEPUTY else None
    if deputy is not None and (deputy.pk in away or not deputy.is_active):
        deputy = None
    return sum(thread.relieve(absence.agent, deputy) for thread in threads.order_by("pk")[:A_RUN])


def _each(threads: ThreadQuerySet, verb: Callable[[Thread], bool]) -> int:
    """One by one: each is claimed by its own row."""
    return sum(verb(thread) for thread in threads.order_by("pk")[:A_RUN])
