"""How long a thread has been waiting, for whom, and until when: the last column of the queue."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.pieces import duration
from helpdesk.context import standing_of
from helpdesk.models import DeskSettings, Holder, Status, Thread

SOON = 4  # the last quarter of the time to answer


@dataclass(frozen=True)
class Wait:
    """What to show: a length of time, a sentence below it, and how pressing it is ("", "soon", "late", "done")."""

    text: str
    note: str
    mood: str = ""


def due_of(at: datetime, *, now: datetime, soon: timedelta) -> tuple[str, str]:
    """How far something due is away, in words, and its mood: it is "soon" due in the time in which it warns."""
    left = at - now
    if left < timedelta():
        return _("Overdue %(time)s") % {"time": duration(-left)}, "late"
    return _("%(time)s left") % {"time": duration(left)}, "soon" if left <= soon else ""


def hours_to_answer(thread: Thread, desk: DeskSettings) -> int:
    """In how many hours the customer may expect an answer: as their group is promised, else as everybody."""
    standing = standing_of(thread)
    return (standing.answer_hours if standing else None) or desk.answer_hours


def wait_of(thread: Thread, *, now: datetime, desk: DeskSettings) -> Wait:
    """The waiting time of a thread, and until when: as its target says, else as customers may expect an answer."""
    if thread.status == Status.CLOSED:
        taken = (thread.closed_at or thread.active_at) - thread.created_at
        return Wait("—", _("Solved in %(time)s") % {"time": duration(taken)}, "done")
    is_awaited = thread.needs_answer and thread.waiting_since and thread.status == Status.OPEN
    if thread.due_at is not None:
        since = thread.waiting_since if is_awaited and thread.waiting_since else thread.active_at
        return Wait(duration(now - since), *due_of(thread.due_at, now=now, soon=timedelta(minutes=desk.warn_minutes)))
    if is_awaited and thread.waiting_since:
        return _awaited(thread.waiting_since, now, timedelta(hours=hours_to_answer(thread, desk)))
    if thread.wake_at is not None:
        wakes = date_format(timezone.localtime(thread.wake_at), "SHORT_DATETIME_FORMAT")
        return Wait(duration(now - thread.active_at), _("Wakes %(time)s") % {"time": wakes})
    return Wait(duration(now - thread.active_at), _waiting_for(thread.holder))


def _awaited(since: datetime, now: datetime, allowed: timedelta) -> Wait:
    left = since + allowed - now
    if left < timedelta():
        return Wait(duration(now - since), _("Overdue %(time)s") % {"time": duration(-left)}, "late")
    note = _("%(time)s left") % {"time": duration(left)}
    return Wait(duration(now - since), note, "soon" if left < allowed / SOON else "")


def _waiting_for(holder: str) -> str:
    return {
        Holder.US: _("Waiting for us"),
        Holder.CUSTOMER: _("Waiting for the customer"),
        Holder.THIRD_PARTY: _("Waiting for a third party"),
    }.get(Holder(holder), "")
