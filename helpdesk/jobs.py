"""What time does to threads, by whichever worker's turn it is. See settings.PERIODIC_JOBS."""

from collections.abc import Callable

from django.utils import timezone

from helpdesk.models import Promise, Thread, ThreadQuerySet

A_RUN = 200  # of each kind


def look_at_pending() -> int:
    """Wake what was put off until now, break promises that passed, and close what nobody answers. Returns how many."""
    now, threads = timezone.now(), Thread.objects.select_related("contact", "assignee")
    overdue = Promise.objects.overdue(now).select_related("thread__contact", "thread__assignee", "by")
    done = sum(one.thread.break_promise(one) for one in overdue.order_by("due_at")[:A_RUN])
    done += _each(threads.due_to_wake(now), Thread.wake)
    done += _each(threads.due_to_close(now), Thread.close_unanswered)
    return done + _each(threads.quiet(now), Thread.announce_closing)


def _each(threads: ThreadQuerySet, verb: Callable[[Thread], bool]) -> int:
    """One by one: each is claimed by its own row."""
    return sum(verb(thread) for thread in threads.order_by("pk")[:A_RUN])
