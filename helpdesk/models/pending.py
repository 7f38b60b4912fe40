"""A thread that waits until a date: put off, woken, and closed by itself when nobody answers."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agent
from helpdesk.models.desk import PENDING, Status
from helpdesk.models.event import EventKind
from helpdesk.models.marks import NoticeKind
from helpdesk.models.promise import Promise

if TYPE_CHECKING:
    from helpdesk.models.message import Message
    from helpdesk.models.thread import Thread

LONGEST = timedelta(days=366)


class Pending(models.Model):
    """Verbs of waiting. Each: guard, change and record in one transaction, announce on commit."""

    wake_at = models.DateTimeField(null=True, blank=True)  # put off until then
    wake_note = models.CharField(max_length=200, blank=True)
    promised_at = models.DateTimeField(null=True, blank=True)  # what the customer was promised, until it is answered
    pending_since = models.DateTimeField(null=True, blank=True)
    closing_at = models.DateTimeField(null=True, blank=True)  # the customer was told that it closes then

    class Meta:
        abstract = True

    @property
    def _sleeper(self) -> "Thread":
        return cast("Thread", self)

    @transaction.atomic
    def snooze(self, until: datetime, *, by: Agent, note: str = "", promise: bool = False, status: str = "") -> None:
        """Put the thread off until a date, pending meanwhile; with `promise` the customer was told that date.

        Raises ValueError for a date that has passed or is more than a year away.
        """
        thread, now = self._sleeper, timezone.now()
        if not now < until <= now + LONGEST:
            raise ValueError(_("Choose a time within the next twelve months."))
        note = " ".join(note.split())[:200]
        wanted = status if status in PENDING else thread.status if thread.status in PENDING else Status.PENDING_1
        thread.set_status(wanted, by=by)
        thread._set(wake_at=until, wake_note=note, closing_at=None)
        thread.record(EventKind.SNOOZED, by=by, until=until.isoformat(), reason=note)
        if promise:
            self._promise(until, note, by=by)
        thread.announce()

    def _promise(self, until: datetime, text: str, *, by: Agent) -> None:
        thread = self._sleeper
        thread.promises.drop()
        thread.promises.create(text=text, due_at=until, by=by)
        thread._set(promised_at=until)
        thread.record(EventKind.PROMISED, by=by, until=until.isoformat(), reason=text)

    @transaction.atomic
    def forget_wake(self, *, by: Agent) -> bool:
        """It stays pending without a date; a promise made with it is dropped. Returns whether there was one."""
        thread = self._sleeper
        if thread.wake_at is None and thread.promised_at is None:
            return False
        thread.promises.drop()
        thread._set(wake_at=None, wake_note="", promised_at=None)
        thread.record(EventKind.NOT_SNOOZED, by=by)
        thread.announce()
        return True

    @transaction.atomic
    def wake(self) -> bool:
        """Open again, because its date has come; the assignee is told. Returns False if it has not, or somebody was
        faster."""
        from helpdesk import notices

        thread = self._sleeper.lock()
        if thread.wake_at is None or thread.wake_at > timezone.now():
            return False
        note = thread.wake_note
        thread.reopen(by=None)
        thread._set(wake_at=None, wake_note="")
        thread.record(EventKind.WOKEN, reason=note)
        if thread.assignee is not None:
            notices.tell(thread.assignee, NoticeKind.WOKEN, thread, text=note or thread.subject)
        thread.announce()
        return True

    @transaction.atomic
    def chase(
        self, to: str, *, by: Agent, until: datetime, note: str = "", messages: "Iterable[Message]" = ()
    ) -> "Message":
        """Ask somebody outside, a carrier or a supplier, and wait for them: pending 2 until it wakes at a date.

        Whoever asks is reminded, unless somebody is in charge. Raises ValueError as forward() and snooze() do.
        """
        thread = self._sleeper
        message = thread.forward(to, by=by, note=note, messages=messages)
        if thread.assignee_id is None:
            thread.assign(by, by=by)
        thread.snooze(until, by=by, note=_("Has %(to)s answered?") % {"to": to}, status=Status.PENDING_2)
        return message

    def keep_promise(self, message: "Message | None" = None, *, at: datetime | None = None) -> None:
        """The customer has their answer, now or since a moment. Call inside a verb; costs nothing where nothing was
        promised."""
        thread, at = self._sleeper, at or timezone.now()
        if thread.promised_at is None:
            return
        if thread.promised_at >= at and thread.promises.keep(message, at=at):
            thread.record(EventKind.KEPT, message=message, at=at, until=thread.promised_at.isoformat())
        if thread.wake_at == thread.promised_at:  # it was put off for nothing else
            thread._set(wake_at=None, wake_note="")
        thread._set(promised_at=None)

    @transaction.atomic
    def break_promise(self, promise: Promise) -> bool:
        """Its date has passed without an answer. Returns False if it was settled meanwhile."""
        from helpdesk import notices

        thread, now = self._sleeper, timezone.now()
        if not Promise.objects.overdue(now).filter(pk=promise.pk).update(broken_at=now):
            return False
        thread.record(EventKind.BROKEN, until=promise.due_at.isoformat(), reason=promise.text)
        if teller := thread.assignee or promise.by:
            notices.tell(teller, NoticeKind.BROKEN, thread, text=promise.text or thread.subject)
        thread.announce()
        return True

    @transaction.atomic
    def announce_closing(self) -> bool:
        """Tell the customer that the thread closes unless they answer. Returns False if that is not so any more."""
        from helpdesk import letters

        thread, now = self._sleeper.lock(), timezone.now()
        if not type(thread).objects.quiet(now).filter(pk=thread.pk).exists():
            return False
        closing_at = now + timedelta(days=thread.contact.close_notice_days)
        thread._set(closing_at=closing_at)
        letters.queue_closing(thread)
        thread.record(EventKind.CLOSING, to=thread.email, until=closing_at.isoformat())
        thread.announce()
        return True

    @transaction.atomic
    def close_unanswered(self) -> bool:
        """Nobody answered what was announced. Returns False if somebody did, or another worker was faster."""
        thread = self._sleeper.lock()
        if thread.closing_at is None or thread.closing_at > timezone.now():
            return False
        return thread.close(by=None)
