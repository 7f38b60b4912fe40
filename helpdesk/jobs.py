"""What time does to threads, by whichever worker's turn it is. See settings.PERIODIC_JOBS."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from accounts.models import Absence
from helpdesk.models import (
    CountedThread,
    Deadline,
    Promise,
    Target,
    Thread,
    ThreadQuerySet,
    TimingMark,
    TimingState,
)
from helpdesk.resting import rest

A_RUN = 200  # of each kind
A_STEP = 40  # threads in one transaction: on SQLite nobody else writes for so long


def look_at_pending() -> int:
    """Wake what was put off until now, break promises that passed, and close what nobody answers. Returns how many."""
    now, threads = timezone.now(), Thread.objects.select_related("contact", "assignee")
    overdue = Promise.objects.overdue(now).select_related("thread__contact", "thread__assignee", "by")
    done = sum(one.thread.break_promise(one) for one in overdue.order_by("due_at")[:A_RUN])
    done += _each(threads.due_to_wake(now), Thread.wake)
    done += _each(threads.due_to_close(now), Thread.close_unanswered)
    return done + _each(threads.quiet(now), Thread.announce_closing)


def look_at_deadlines() -> int:
    """Warn of what is due soon and write down what is overdue, each once. Returns how many."""
    if not Target.in_force():
        return 0
    now, rows = timezone.now(), Deadline.objects.select_related("thread")
    done = sum(one.miss() for one in rows.to_miss(now).order_by("due_at")[:A_RUN])
    return done + sum(one.warn() for one in rows.to_warn(now).order_by("warn_at")[:A_RUN])


def follow_targets() -> int:
    """Other targets, hours, rules or groups: work out anew when each thread is due. Returns for how many it did."""
    done = 0
    while step := _follow_some() or _follow_marked():
        done += step
        rest()
    return done


def _follow_some() -> int:
    """One transaction of it; 0 when all threads follow the plan of now."""
    wanted, state = Target.plan(), TimingState.objects.filter(pk=1).first()
    if state is not None and state.plan == wanted and state.after is None:
        return 0
    with transaction.atomic():
        TimingState.objects.get_or_create(pk=1)
        state = TimingState.objects.select_for_update().get(pk=1)
        after = state.after if state.plan == wanted else 0
        state.plan = wanted
        if Target.in_force():
            done, state.after = _follow(after)
        else:
            done, state.after = Thread.objects.forget_due(), None
        state.save()
    return done


def _follow(after: int | None) -> tuple[int, int | None]:
    """The next threads behind one: how many there were, and where to go on (nowhere: all are done)."""
    if after is None:
        return 0, None
    threads = Thread.objects.timed().filter(pk__gt=after).order_by("pk")
    found = list(threads.select_for_update(of=("self",), no_key=True)[:A_STEP])
    _keep_time(found)
    return len(found), found[-1].pk if len(found) == A_STEP else None


@transaction.atomic
def _follow_marked() -> int:
    """The next threads that were marked, in one transaction; how many marks there were."""
    marks = dict(TimingMark.objects.order_by("pk").values_list("pk", "thread")[:A_STEP])
    threads = Thread.objects.timed().filter(pk__in=set(marks.values())).order_by("pk")
    _keep_time(list(threads.select_for_update(of=("self",), no_key=True)) if marks else [])
    TimingMark.objects.filter(pk__in=marks).delete()
    return len(marks)


def _keep_time(threads: list[Thread]) -> None:
    """What is due in these; open pages hear of it where that is another."""
    for thread in threads:
        before = thread.due_at, thread.due_metric
        thread.keep_time()
        if before != (thread.due_at, thread.due_metric):
            thread.announce()
    CountedThread.objects.filter(thread__in=threads).update(last_event=0)  # what was missed may be another


def relieve_absent() -> int:
    """Open threads of whoever is away today, by the active zone, go where their absence says.

    Returns how many; again at once, it is none.
    """
    away = Absence.objects.by_agent(timezone.localdate())
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
