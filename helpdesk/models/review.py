"""The Friday review: what was done in it with each thread, by whom, and how that is taken back."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agent
from helpdesk.models.close_reason import CloseReason
from helpdesk.models.event import EventKind
from helpdesk.models.message import Message
from helpdesk.models.moves import give_back
from helpdesk.models.reply import PredefinedReply
from helpdesk.models.thread import Thread


class StepKind(models.TextChoices):
    """What was done with a thread."""

    SENT = "sent", gettext_lazy("Sent")
    CHASED = "chased", gettext_lazy("Asked outside")
    HANDED = "handed", gettext_lazy("Handed over")
    SNOOZED = "snoozed", gettext_lazy("Postponed")
    CLOSED = "closed", gettext_lazy("Closed")
    SKIPPED = "skipped", gettext_lazy("Skipped")


class SkipReason(models.TextChoices):
    """Why a thread needs no follow-up this week."""

    SUPPLIER = "supplier", gettext_lazy("Waiting for the supplier")
    CARRIER = "carrier", gettext_lazy("Waiting for the carrier")
    PHONE = "phone", gettext_lazy("Spoken by phone")
    NEEDLESS = "needless", gettext_lazy("No answer needed")
    OTHER = "other", gettext_lazy("Another reason")


def why_of(kind: str, reason: str) -> str | Promise:
    """The reason of a step as people read it."""
    known = kind == StepKind.SKIPPED and reason in SkipReason.values
    return SkipReason(reason).label if known else reason


class ReviewStepQuerySet(models.QuerySet["ReviewStep"]):
    """What was done in reviews. The verbs do it to the thread by its own verb, and write it down, in one transaction.

    Each holds the thread and raises ValueError where it cannot be done; `seen` is the newest message that the agent
    saw: what was said since is looked at first.
    """

    def in_force(self) -> "ReviewStepQuerySet":
        """Those that were not taken back, nor followed by another step."""
        return self.filter(undone_at=None)

    def visible_to(self, agent: Agent) -> "ReviewStepQuerySet":
        """Those of threads that the agent may see."""
        return self.filter(thread__in=Thread.objects.visible_to(agent).values("pk"))

    @transaction.atomic
    def send(
        self,
        thread: Thread,
        html: str,
        *,
        by: Agent,
        week: date,
        reply: PredefinedReply | None = None,
        seen: int | None = None,
        form_key: str = "",
    ) -> "ReviewStep":
        """Follow up by mail; `reply` is the predefined reply that it was filled from, and sets what that sets."""
        thread, after = _held(thread, seen)
        status = thread.status
        message = thread.reply(html=html, by=by, cc=thread.cc, macro=reply, form_key=form_key)
        if reply is not None:
            reply.count_use(thread.contact, status)
        return self._take(thread, StepKind.SENT, week=week, by=by, after=after, message=message)

    @transaction.atomic
    def chase(
        self,
        thread: Thread,
        to: str,
        *,
        by: Agent,
        week: date,
        until: datetime,
        note: str = "",
        messages: Iterable[Message] = (),
        seen: int | None = None,
    ) -> "ReviewStep":
        """Ask a carrier or a supplier, and be reminded at a date."""
        thread, after = _held(thread, seen)
        facts = thread.status_facts()
        message = thread.chase(to, by=by, until=until, note=note, messages=messages)
        asked: dict[str, Any] = {"message": message, "reason": to, "facts": facts}
        return self._take(thread, StepKind.CHASED, week=week, by=by, after=after, **asked)

    @transaction.atomic
    def snooze(self, thread: Thread, until: datetime, *, by: Agent, week: date, note: str = "") -> "ReviewStep":
        """Put it off until a date."""
        thread, after = _held(thread)
        facts = thread.status_facts()
        thread.snooze(until, by=by, note=note)
        return self._take(thread, StepKind.SNOOZED, week=week, by=by, after=after, reason=note, facts=facts)

    @transaction.atomic
    def close(self, thread: Thread, *, by: Agent, week: date, reason: CloseReason | None = None) -> "ReviewStep":
        """Nothing is left to do. Raises ReasonMissing as set_status()."""
        thread, after = _held(thread)
        facts = thread.status_facts()
        thread.close(by=by, reason=reason)
        why = str(reason) if reason else ""
        return self._take(thread, StepKind.CLOSED, week=week, by=by, after=after, reason=why, facts=facts)

    @transaction.atomic
    def hand_over(self, thread: Thread, to: Agent, *, by: Agent, week: date, note: str = "") -> "ReviewStep":
        """To a colleague, who is told."""
        thread, after = _held(thread)
        facts = {"assignee": thread.assignee_id, "to": to.pk}
        if note or thread.assignee_id == to.pk:
            thread.forward(to, by=by, note=note)
        else:
            thread.assign(to, by=by)
        return self._take(thread, StepKind.HANDED, week=week, by=by, after=after, reason=str(to), facts=facts)

    @transaction.atomic
    def skip(self, thread: Thread, reason: str, *, by: Agent, week: date, note: str = "") -> "ReviewStep":
        """It needs nothing this week, for a reason; `note` says which, where it is another."""
        if SkipReason(reason) == SkipReason.OTHER:
            reason = " ".join(note.split())
            if not reason:
                raise ValueError(_("Say why nothing has to be done this week."))
        thread, after = _held(thread)
        step = self._take(thread, StepKind.SKIPPED, week=week, by=by, after=after, reason=reason)
        thread.record(EventKind.SKIPPED, by=by, reason=str(step.why))
        thread.announce()
        return step

    def _take(self, thread: Thread, kind: StepKind, *, reason: str = "", **fields: Any) -> "ReviewStep":
        """Write it down; an earlier step with this thread in the same week is no longer what counts."""
        self.in_force().filter(thread=thread, week=fields["week"]).update(undone_at=timezone.now())
        return self.create(thread=thread, kind=kind, reason=reason[:200], **fields)


def _held(thread: Thread, seen: int | None = None) -> tuple[Thread, int]:
    """The thread as it is now, locked, and its newest message. Raises ValueError if that is not what was seen."""
    fresh = thread.lock()
    newest = fresh.messages.current().aggregate(pk=models.Max("pk"))["pk"] or 0
    if seen is not None and seen != newest:
        raise ValueError(_("Something was said in this thread meanwhile. Look at it first."))
    return fresh, newest


class ReviewStep(models.Model):
    """What was done with one thread in the review of a week. `after` is the message after which it was done: what was
    said later calls for another step."""

    week = models.DateField()  # its Monday
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="review_steps")
    kind = models.CharField(max_length=8, choices=StepKind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=200, blank=True)  # why it was skipped (a key, or typed), to whom it went
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    after = models.BigIntegerField(default=0)
    facts = models.JSONField(default=dict, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewStepQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = gettext_lazy("step of a review")
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "week", "after"], condition=models.Q(undone_at=None), name="one_step_after_a_message"
            )
        ]
        indexes = [models.Index(fields=["week", "at"], name="steps_of_a_week")]

    def __str__(self) -> str:
        return f"#{self.thread_id}: {self.get_kind_display()}"

    @property
    def may_be_undone(self) -> bool:
        """Nobody took it back yet, and what was sent has not left. Reads `message`."""
        if self.undone_at is not None:
            return False
        outgoing = getattr(self.message, "outgoing", None) if self.message_id else None
        return outgoing is None or (outgoing.attempts == 0 and outgoing.not_before > timezone.now())

    @property
    def why(self) -> str | Promise:
        """Why it was skipped, in the reader's language unless it was typed; to whom it went."""
        return why_of(self.kind, self.reason)

    @property
    def seconds_left(self) -> int:
        """Until the mail leaves; 0 where there is none. Reads `message`."""
        outgoing = getattr(self.message, "outgoing", None) if self.message_id else None
        left = outgoing.not_before - timezone.now() if outgoing else timedelta()
        return int(left.total_seconds()) + 1 if left > timedelta() else 0

    @transaction.atomic
    def undo(self, *, by: Agent) -> None:
        """Make the thread as it was. Raises ValueError where somebody went on with it, or the mail has left."""
        thread = self.thread.lock()
        mine = ReviewStep.objects.in_force().filter(pk=self.pk)
        if not mine.update(undone_at=timezone.now()) or not self._take_back(thread, by=by):
            raise ValueError(_("This cannot be undone any more."))
        thread.announce()

    def _take_back(self, thread: Thread, *, by: Agent) -> bool:
        if self.message is not None and not thread.recall(self.message, by=by):
            return False
        if self.kind in (StepKind.CHASED, StepKind.SNOOZED, StepKind.CLOSED):
            return thread.take_back_status(self.facts, by=by)
        if self.kind == StepKind.HANDED:
            return thread.assignee_id == self.facts["to"] and give_back(thread, self.facts["assignee"], by=by)
        return True
