"""A thread's status, assignee, contact, tags and folder: the verbs that change them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agent
from helpdesk import context, pings
from helpdesk.models.close_reason import CloseReason, ReasonMissing
from helpdesk.models.desk import Status, StatusLabel
from helpdesk.models.event import EventKind
from helpdesk.models.marks import NoticeKind
from helpdesk.models.timing import TIMED
from helpdesk.models.words import OF_THREAD, MessageWords

if TYPE_CHECKING:
    from helpdesk.models.contact import Contact
    from helpdesk.models.thread import Thread


COUNTED = {"status", "folder", "customer"}  # what the number of a customer's active threads depends on


def holder_in(status: str) -> str:
    """Who has the ball in a status, as the team decided."""
    return StatusLabel.all_by_status()[status].holder


class Lifecycle(models.Model):
    """Verbs of a thread's life. Each: guard, change and record in one transaction, announce on commit."""

    class Meta:
        abstract = True

    @property
    def _thread(self) -> "Thread":
        return cast("Thread", self)

    def _set(self, **changes: Any) -> None:
        before = self._thread.customer_id
        for field, value in changes.items():
            setattr(self, field, value)
        self.save(update_fields=list(changes))
        if not OF_THREAD.isdisjoint(changes):
            MessageWords.write_thread(self._thread)
        if COUNTED & changes.keys():
            self.count_for_customer(before)
        if TIMED & changes.keys():
            self._thread.keep_time()

    def count_for_customer(self, before: int | None = None) -> None:
        """Keep the number of active threads at the customer, and at the one `before`. Every verb does it itself."""
        thread = self._thread
        context.count_threads({thread.customer_id, before}, type(thread).objects.active())

    @transaction.atomic
    def set_status(
        self, status: str, *, by: Agent | None, by_name: str = "", reason: CloseReason | None = None
    ) -> bool:
        """Change the status; by None the desk itself does it, or the customer of that name. Returns whether it changed.

        Raises ValueError for a word that is not one of the four keys, ReasonMissing where an agent closes and the desk
        wants to know why.
        """
        status = Status(status)
        if status == Status.CLOSED != self._thread.status and by and not reason and CloseReason.asked_for():
            raise ReasonMissing(_("Say why the thread is closed."))
        return self._go_to(status, by=by, by_name=by_name, reason=reason)

    def _go_to(self, status: Status, *, by: Agent | None, by_name: str = "", reason: CloseReason | None = None) -> bool:
        """The change itself, asking for nothing: also for what closes a thread without being its end."""
        thread = self._thread
        if thread.status == status:
            return False
        before, changes = thread.status, self._with_status(status)
        if status == Status.CLOSED:
            thread.meet_solution(by=by)
        self._set(**changes)
        if status == Status.CLOSED and by:
            thread.keep_promise()
        facts: dict[str, Any] = {}
        if reason and status == Status.CLOSED:
            facts = {"close_reason": reason, "because": str(reason)}
        thread.record(
            EventKind.STATUS, by=by, actor_name=by_name or str(by or ""), frm=before, to=status.value, **facts
        )
        thread.announce()
        return True

    def _with_status(self, status: Status) -> dict[str, Any]:
        """The columns that go with a change of the status."""
        thread, now = self._thread, timezone.now()
        changes: dict[str, Any] = {"status": status, "holder": holder_in(status), "closing_at": None}
        if status in (Status.OPEN, Status.CLOSED):
            changes |= {"wake_at": None, "wake_note": "", "pending_since": None}
        elif thread.status in (Status.OPEN, Status.CLOSED):
            changes |= {"pending_since": now}
        if status == Status.CLOSED:
            changes |= {"closed_at": now, "needs_answer": False, "waiting_since": None}
        elif thread.status == Status.CLOSED:
            changes |= {"closed_at": None, "reopened_count": thread.reopened_count + 1}
            changes |= {"opened_at": now, "thanked_at": None}
        return changes

    def status_facts(self) -> dict[str, Any]:
        """What taking back a change of the status needs."""
        thread = self._thread
        closed_at = thread.closed_at.isoformat() if thread.closed_at else ""
        wake_at = thread.wake_at.isoformat() if thread.wake_at else ""
        facts = {"status": thread.status, "holder": thread.holder, "closed_at": closed_at, "wake_at": wake_at}
        return facts | {"wake_note": thread.wake_note, "reopened_count": thread.reopened_count}

    @transaction.atomic
    def take_back_status(self, facts: Mapping[str, Any], *, by: Agent) -> bool:
        """Make the status as status_facts() told it, with its date, as if it had never been changed: it counts as no
        reopening. Returns False where it is so already."""
        thread = self._thread
        before, closed_at, wake_at = thread.status, facts["closed_at"], facts.get("wake_at", "")
        is_same = before == facts["status"]
        if is_same and self.status_facts()["wake_at"] == wake_at:
            return False
        self._set(
            status=facts["status"],
            holder=facts["holder"],
            closed_at=datetime.fromisoformat(closed_at) if closed_at else None,
            reopened_count=facts["reopened_count"],
            wake_at=datetime.fromisoformat(wake_at) if wake_at else None,
            wake_note=facts.get("wake_note", ""),
            pending_since=self._pending_since(facts["status"], is_same),
            closing_at=None,
        )
        thread.recount()
        if is_same:
            thread.record(EventKind.NOT_SNOOZED, by=by)
        else:
            thread.record(EventKind.STATUS, by=by, frm=before, to=thread.status, undone=True)
        thread.announce()
        return True

    def _pending_since(self, status: str, is_same: bool) -> datetime | None:
        if is_same:
            return self._thread.pending_since
        return timezone.now() if status in (Status.PENDING_1, Status.PENDING_2) else None

    def close(self, *, by: Agent | None, by_name: str = "", reason: CloseReason | None = None) -> bool:
        """The matter is solved, an agent says, or the customer of that name. Raises ReasonMissing as set_status()."""
        return self.set_status(Status.CLOSED, by=by, by_name=by_name, reason=reason)

    def reopen(self, *, by: Agent | None) -> bool:
        """We owe an answer again."""
        return self.set_status(Status.OPEN, by=by)

    @transaction.atomic
    def assign(self, to: Agent | None, *, by: Agent | None, notice: bool = True, away: bool = False) -> bool:
        """Put an agent in charge, or nobody; `away` says that whoever was is absent. Tells them, unless they did it
        themselves.

        Raises ValueError if the agent may not see the thread's contact. Returns whether it changed.
        """
        from helpdesk import notices

        thread = self._thread
        if thread.assignee_id == (to.pk if to else None):
            return False
        if to is not None and not type(thread).objects.visible_to(to).filter(pk=thread.pk).exists():
            raise ValueError(f"{to} does not belong to {thread.contact}")
        before = str(thread.assignee) if thread.assignee else ""
        self._set(assignee=to)
        facts: dict[str, Any] = {"away": True} if away else {}
        thread.record(EventKind.ASSIGNED, by=by, frm=before, to=str(to) if to else "—", **facts)
        if notice and to is not None:
            notices.tell(to, NoticeKind.ASSIGNED, thread, by=by)
        thread.announce()
        return True

    @transaction.atomic
    def relieve(self, absent: Agent, deputy: Agent | None) -> bool:
        """Whoever is away gives an open thread to the deputy, or back to the queue. Returns False if they have not got
        it any more."""
        thread = self._thread.lock()
        if thread.assignee_id != absent.pk:
            return False
        if deputy and not type(thread).objects.visible_to(deputy).filter(pk=thread.pk).exists():
            deputy = None
        return thread.assign(deputy, by=None, away=True)

    @transaction.atomic
    def move_to(self, contact: "Contact", *, by: Agent | None) -> bool:
        """Hand the thread to another contact's queue. An assignee who may not see it there is released."""
        thread = self._thread
        if thread.contact_id == contact.pk:
            return False
        before = thread.contact
        self._set(contact=contact)
        thread.record(EventKind.MOVED, by=by, frm=before.title, to=contact.title)
        keeps = (
            thread.assignee is None or type(thread).objects.visible_to(thread.assignee).filter(pk=thread.pk).exists()
        )
        if not keeps:
            thread.assign(None, by=by)
        thread.announce(also=(before.pk,))
        return True

    @transaction.atomic
    def rename(self, subject: str, *, by: Agent) -> bool:
        """Give the thread another subject; replies carry it from now on."""
        thread, subject = self._thread, " ".join(subject.split())[:255]
        if not subject or subject == thread.subject:
            return False
        before = thread.subject
        self._set(subject=subject)
        thread.record(EventKind.RENAMED, by=by, frm=before, to=subject)
        thread.announce()
        return True

    @transaction.atomic
    def link(self, *, by: Agent | None, **targets: models.Model | None) -> bool:
        """Set order=, product=, cart= or customer= of the thread; None takes it away."""
        thread = self._thread
        allowed = {"order", "product", "cart", "customer"}
        if unknown := targets.keys() - allowed:
            raise ValueError(f"a thread has no {unknown}")
        changed = {name: value for name, value in targets.items() if getattr(thread, name) != value}
        if not changed:
            return False
        self._set(**changed)
        for name, value in changed.items():
            thread.record(EventKind.LINKED, by=by, name=name, to=str(value) if value else "—")
        if "customer" in changed:
            thread_id = thread.pk
            transaction.on_commit(lambda: pings.customer_set(thread_id))
        thread.announce()
        return True

    @transaction.atomic
    def set_tags(self, names: Iterable[str], *, by: Agent | None) -> bool:
        """Make these the thread's tags; new words become tags."""
        from helpdesk.models.thread import ThreadTag

        thread = self._thread
        wanted = sorted({" ".join(name.split())[:40] for name in names if name.strip()})
        if wanted == sorted(tag.name for tag in thread.tags.all()):
            return False
        thread.tags.set([ThreadTag.objects.get_or_create(name=name)[0] for name in wanted])
        thread.record(EventKind.TAGGED, by=by, to=", ".join(wanted) or "—")
        thread.announce()
        return True

    def retag(self, *, add: Iterable[str], remove: Iterable[str], by: Agent | None) -> bool:
        """Put tags on and take others off; the rest stay. What is in both is put on."""
        has = {tag.name for tag in self._thread.tags.all()}
        return self.set_tags(has - set(remove) | set(add), by=by)

    def lay_into(self, folder: str, kind: EventKind, *, by: Agent | None) -> bool:
        """Put it into a folder; `kind` says what that means. The four verbs below say it in words."""
        thread = self._thread
        with transaction.atomic():
            if thread.folder == folder:
                return False
            self._set(folder=folder, trashed_at=timezone.now() if folder == "trash" else None)
            thread.record(kind, by=by)
            thread.announce()
        return True

    def mark_spam(self, *, by: Agent | None) -> bool:
        """Out of the queue, the counts and the statistics; nothing is deleted."""
        return self.lay_into("spam", EventKind.SPAM, by=by)

    def mark_not_spam(self, *, by: Agent) -> bool:
        """Back to the desk."""
        return self.lay_into("desk", EventKind.NOT_SPAM, by=by)

    def trash(self, *, by: Agent) -> bool:
        """Into the bin, from where it can be restored for 30 days."""
        return self.lay_into("trash", EventKind.TRASHED, by=by)

    def restore(self, *, by: Agent) -> bool:
        """Out of the bin."""
        return self.lay_into("desk", EventKind.RESTORED, by=by)
