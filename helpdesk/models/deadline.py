"""What is due in a thread: an answer or a solution, until when, warned of, met or missed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from helpdesk.hours import Clock, Explanation, explained, hours_of
from helpdesk.models.desk import DeskSettings, Folder, Metric, Status
from helpdesk.models.event import EventKind
from helpdesk.models.marks import NoticeKind
from helpdesk.models.target import ANSWERS, Aim, Target

if TYPE_CHECKING:
    from helpdesk.models.thread import Thread

JUST_NOW = timedelta(minutes=1)  # what began in this verb cannot have stood still yet
Moments = list[list[str | None]]  # as Stop, in ISO


@dataclass(frozen=True)
class Wanted:
    """A clock that a thread needs: an answer counts from a moment, a solution from the opening of that number."""

    metric: str
    began: datetime
    number: int = 0

    def is_met_by(self, row: "Deadline") -> bool:
        """Whether that row is this clock."""
        if self.metric == Metric.RESOLUTION:
            return row.metric == Metric.RESOLUTION and row.number == self.number
        return row.metric in ANSWERS and row.began_at == self.began


def wanted_of(thread: "Thread") -> list[Wanted]:
    """An answer while the customer waits, a solution until it is closed; nothing of what went into another thread."""
    if thread.status == Status.CLOSED or thread.merged_into_id is not None:
        return []
    opened = thread.opened_at or thread.created_at
    found = [Wanted(Metric.RESOLUTION, opened, thread.reopened_count)]
    if thread.needs_answer and thread.waiting_since:
        is_first = thread.first_response_at is None and not thread.reopened_count
        found.append(Wanted(Metric.FIRST if is_first else Metric.NEXT, thread.waiting_since))
    return found


def is_stopped(status: str, folder: str = Folder.DESK) -> bool:
    """Whether clocks stand still there: in the statuses that the team chose, in spam and in the bin."""
    return folder != Folder.DESK or status in DeskSettings.load().clock_stops


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Deadlines, in the desk's words."""

    def live(self) -> "DeadlineQuerySet":
        """Those whose clock runs or stands still; neither met nor missed and left."""
        return self.filter(settled_at=None)

    def to_warn(self, now: datetime) -> "DeadlineQuerySet":
        """Soon due, and nobody was told."""
        return self.filter(is_running=True, warned_at=None, warn_at__lte=now)

    def to_miss(self, now: datetime) -> "DeadlineQuerySet":
        """Overdue, and nobody was told."""
        return self.filter(is_running=True, missed_at=None, due_at__lte=now)

    def follow(self, thread: "Thread") -> "Deadline | None":
        """Make the clocks of a thread agree with what it is now. Returns what is due first. Call inside a verb."""
        aims, rows = Target.aims_of(thread), list(self.live().filter(thread=thread))
        kept: list[Deadline] = []
        for wanted in wanted_of(thread):
            if aim := aims.get(wanted.metric):
                row = next((one for one in rows if wanted.is_met_by(one)), None) or self._settled(thread, wanted)
                row = row or Deadline.begun(thread, wanted)
                row.keep(thread, wanted, aim)
                kept.append(row)
        for row in rows:
            if row not in kept:
                row.drop(thread)
        running = [one for one in kept if one.is_running and one.due_at]
        return min(running, key=lambda one: one.due_at or one.began_at, default=None)

    def _settled(self, thread: "Thread", wanted: Wanted) -> "Deadline | None":
        """The same clock, which was stopped for good by what is taken back now."""
        rows = self.filter(thread=thread).exclude(settled_at=None)
        if wanted.metric == Metric.RESOLUTION:
            return rows.filter(metric=Metric.RESOLUTION, number=wanted.number).first()
        return rows.filter(metric__in=ANSWERS, began_at=wanted.began).first()

    def settle(self, thread: "Thread", metrics: Iterable[str], *, by: Agent | None, at: datetime) -> None:
        """What was asked until then was answered, or solved."""
        for row in self.live().filter(thread=thread, metric__in=metrics, began_at__lte=at):
            row.settle(thread, by=by, at=at)


class Deadline(models.Model):
    """One clock of a thread, by the target that counted when it was last looked at."""

    thread = models.ForeignKey("helpdesk.Thread", models.CASCADE, related_name="deadlines")
    metric = models.CharField(max_length=12, choices=Metric)
    number = models.PositiveIntegerField(default=0)  # of a solution: how often the thread had been opened again
    began_at = models.DateTimeField()
    stops: Any = models.JSONField(default=list)  # [[from, to], ...]
    seconds = models.PositiveIntegerField(default=0)  # of working time
    target = models.ForeignKey("helpdesk.Target", models.SET_NULL, null=True, related_name="+", db_index=False)
    due_at = models.DateTimeField(null=True, blank=True)
    warn_at = models.DateTimeField(null=True, blank=True)
    is_running = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)
    warned_at = models.DateTimeField(null=True, blank=True)
    missed_at = models.DateTimeField(null=True, blank=True)  # when it was due and nobody had done it
    settled_at = models.DateTimeField(null=True, blank=True)
    used = models.PositiveIntegerField(null=True, blank=True)  # working seconds that it took
    agent = models.ForeignKey(  # who met it, or had the thread when it was missed
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("deadline")
        constraints = [
            models.UniqueConstraint(fields=["thread", "metric", "began_at"], name="one_deadline_a_beginning")
        ]
        indexes = [
            models.Index(
                fields=["warn_at"], condition=models.Q(is_running=True, warned_at=None), name="deadlines_to_warn"
            ),
            models.Index(
                fields=["due_at"], condition=models.Q(is_running=True, missed_at=None), name="deadlines_to_miss"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.thread_id} {self.metric} {self.due_at}"

    @classmethod
    def begun(cls, thread: "Thread", wanted: Wanted) -> "Deadline":
        """A new clock, not saved; one that began a while ago stood still when the thread's events say so."""
        made = cls(thread=thread, metric=wanted.metric, number=wanted.number, began_at=wanted.began)
        if timezone.now() - wanted.began > JUST_NOW:
            told = thread.events.filter(kind=EventKind.STATUS).order_by("at", "pk").values_list("at", "data__to")
            made.stops = _stops_in(told, wanted.began)
        return made

    def clock(self, thread: "Thread") -> Clock:
        """What counts for it, at the thread's contact."""
        stops = tuple((_moment(begin), _moment(end) if end else None) for begin, end in self.stops)
        return Clock(hours_of(thread.contact_id), self.began_at, stops)

    def explain(self, thread: "Thread") -> Explanation:
        """Why it is due when it is due."""
        clock = self.clock(thread)
        return explained(clock.hours, clock.began, self.seconds, clock.stops)

    def keep(self, thread: "Thread", wanted: Wanted, aim: Aim) -> None:
        """Let it run or stand still, and work out when it is due, by this target."""
        now, before = timezone.now(), self._told()
        self.metric, self.target_id, self.seconds = wanted.metric, aim.pk, aim.minutes[wanted.metric] * 60
        if self.settled_at is not None:
            self.settled_at = self.used = None
        self._stop(is_stopped(thread.status, thread.folder), now)
        clock = self.clock(thread)
        self.due_at, self.is_running = clock.due(self.seconds), not clock.is_stopped
        self.warn_at = clock.due(self.seconds - warning_of(self.seconds))
        self._judge(thread, now)
        if self.pk is None:
            Deadline.objects.bulk_create([self], ignore_conflicts=True)
        elif before != self._told():
            self.save()

    def _stop(self, stopped: bool, now: datetime) -> None:
        stands = bool(self.stops) and self.stops[-1][1] is None
        if stopped and not stands:
            self.stops = [*self.stops, [now.isoformat(), None]]
        elif stands and not stopped:
            self.stops = [*self.stops[:-1], [self.stops[-1][0], now.isoformat()]]

    def _judge(self, thread: "Thread", now: datetime) -> None:
        """What is due later by now was neither warned of nor missed; what a new target finds overdue is missed, and
        nobody is told."""
        if self.pk is None and self.due_at and self.due_at <= now:
            self.warned_at, self.missed_at, self.agent_id = now, self.due_at, thread.assignee_id
        elif self.missed_at and (self.due_at is None or self.due_at > now):
            self.missed_at = self.agent_id = None
        if self.warned_at and (self.warn_at is None or self.warn_at > now):
            self.warned_at = None

    def _told(self) -> tuple[Any, ...]:
        return tuple(getattr(self, one.attname) for one in self._meta.concrete_fields)

    def drop(self, thread: "Thread") -> None:
        """Nobody waits for it any more. It counts only if it had been missed."""
        if self.missed_at is None:
            self.delete()
            return
        self.settled_at, self.is_running = timezone.now(), False
        self.save(update_fields=["settled_at", "is_running"])

    def settle(self, thread: "Thread", *, by: Agent | None, at: datetime) -> None:
        """It is done; late, if more working time has passed than there was."""
        self.settled_at, self.is_running, self.used = at, False, self.clock(thread).used(at)
        if self.used <= self.seconds:
            self.agent, self.missed_at = by, None
        elif self.missed_at is None:
            self._miss(thread)
        self.save()

    def _miss(self, thread: "Thread") -> None:
        self.missed_at, self.agent_id = self.due_at or timezone.now(), thread.assignee_id
        thread.record(EventKind.OVERDUE, at=self.missed_at, metric=self.metric, until=self.missed_at.isoformat())

    @transaction.atomic
    def warn(self) -> bool:
        """It is due soon: write that down, and tell the assignee. Returns False if somebody was faster."""
        now, thread = timezone.now(), self.thread.lock()
        if not Deadline.objects.to_warn(now).filter(pk=self.pk).update(warned_at=now):
            return False
        if self.due_at and self.due_at > now:  # else it is told that it is late
            thread.record(EventKind.DUE_SOON, metric=self.metric, until=self.due_at.isoformat())
            self._tell(thread, NoticeKind.DUE_SOON)
        return True

    @transaction.atomic
    def miss(self) -> bool:
        """It was due and is not done: write that down, and tell the assignee. Returns False if somebody was faster."""
        now, thread = timezone.now(), self.thread.lock()
        row = Deadline.objects.to_miss(now).filter(pk=self.pk).first()
        if row is None:
            return False
        row._miss(thread)
        row.warned_at = row.warned_at or now
        row.save(update_fields=["missed_at", "warned_at", "agent"])
        row._tell(thread, NoticeKind.OVERDUE)
        return True

    def _tell(self, thread: "Thread", kind: NoticeKind) -> None:
        from helpdesk import notices

        if thread.assignee is not None:
            notices.tell(thread.assignee, kind, thread, text=thread.subject)
        thread.announce()


@dataclass
class Replayed:
    """Statuses one after another, as the stretches in which the clock stood still."""

    began: datetime
    stops: Moments = field(default_factory=list)
    stands: bool = False

    def go_on(self, at: datetime, status: str) -> None:
        """From this moment on the thread had that status."""
        stopped = status != Status.CLOSED and is_stopped(status)
        if stopped and not self.stands:
            self.stops.append([max(at, self.began).isoformat(), None])
        elif self.stands and not stopped:
            self.stops[-1][1] = max(at, self.began).isoformat()
        self.stands = stopped


def _stops_in(told: Iterable[tuple[datetime, str]], began: datetime) -> Moments:
    replayed = Replayed(began)
    for at, status in told:
        replayed.go_on(at, status)
    return [[begin, end] for begin, end in replayed.stops if end is None or begin != end]


def _moment(word: str) -> datetime:
    return datetime.fromisoformat(word)


def warning_of(seconds: int) -> int:
    """How long before its end a clock of so many seconds warns: as the team chose, but not in its first half."""
    return min(DeskSettings.load().warn_minutes * 60, seconds // 2)
