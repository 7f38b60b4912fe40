"""Two threads about one matter become one, and can be split again."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agent
from helpdesk import context
from helpdesk.models.desk import Status
from helpdesk.models.event import EventKind
from helpdesk.models.message import Message
from helpdesk.models.words import MessageWords

if TYPE_CHECKING:
    from helpdesk.models.thread import Thread


class Merge(models.Model):
    """One merge, with the messages it moved, so that exactly those go back."""

    source = models.ForeignKey("helpdesk.Thread", models.CASCADE, related_name="merges_away")
    target = models.ForeignKey("helpdesk.Thread", models.CASCADE, related_name="merges_here")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    messages = models.ManyToManyField("helpdesk.Message", related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = gettext_lazy("merge")

    def __str__(self) -> str:
        return f"#{self.source_id} → #{self.target_id}"


class Merging(models.Model):
    """Verbs that join threads and part them."""

    class Meta:
        abstract = True

    @transaction.atomic
    def merge_into(self, target: "Thread", *, by: Agent) -> Merge:
        """Move this thread's messages to another; answers to old mails follow. Raises ValueError for itself."""
        thread = cast("Thread", self)
        if target.pk == thread.pk or target.merged_into_id == thread.pk:
            raise ValueError("a thread cannot be merged into itself")
        merge = Merge.objects.create(source=thread, target=target, by=by)
        moved = list(thread.messages.all())
        merge.messages.set(moved)
        thread.messages.update(thread=target)
        thread.merged_into = target
        thread.save(update_fields=["merged_into"])
        thread._go_to(Status.CLOSED, by=by)
        for one in (thread, target):
            one.recount()
        MessageWords.write_thread(target)
        target.record(EventKind.MERGED, by=by, name=str(thread.pk))
        target.announce(also=(thread.contact_id,))
        return merge

    @transaction.atomic
    def split_off(self, messages: Iterable[Message], subject: str, *, by: Agent) -> "Thread":
        """Make a new thread of some messages, at the same contact, with the same person; merging it back undoes it.

        Raises ValueError for none of the messages, or for all of them.
        """
        thread = cast("Thread", self)
        ids = [one.pk for one in messages]
        mine = thread.messages.filter(pk__in=ids)
        if not ids or mine.count() == thread.messages.current().count():
            raise ValueError(_("Choose some of the messages, not all of them."))
        same = ("contact", "customer", "name", "email", "language", "channel", "assignee", "order", "product", "cart")
        about = {name: getattr(thread, name) for name in (*same, "order_text", "cc")}
        new = type(thread).objects.create(subject=" ".join(subject.split())[:255], follows=None, **about)
        new.tags.set(thread.tags.all())
        mine.update(thread=new)
        for one in (thread, new):
            one.recount()
        new.count_for_customer()
        MessageWords.write_thread(new)
        new.record(EventKind.CREATED, by=by)
        thread.record(EventKind.SPLIT_OFF, by=by, name=str(new.pk))
        new.record(EventKind.CAME_FROM, by=by, name=str(thread.pk))
        thread.announce()
        new.announce()
        return new

    @transaction.atomic
    def give_to(self, *, name: str, email: str, cc: Iterable[str] = (), by: Agent) -> bool:
        """Another person is whom the thread is with: whoever is on file with the address is its customer. `cc` get a
        copy of every reply. Returns whether anything changed."""
        thread, email, copies = cast("Thread", self), email.strip().lower()[:255], sorted({one.lower() for one in cc})
        said = {"name": " ".join(name.split())[:255], "email": email, "cc": copies}
        changed = {field: value for field, value in said.items() if getattr(thread, field) != value}
        if not changed:
            return False
        thread._set(**changed)
        if "email" in changed:
            thread.link(by=by, customer=context.customer_for(email))
        who = ", ".join((f"{said['name']} <{email}>" if said["name"] else email, *copies))
        thread.record(EventKind.LINKED, by=by, name="e-mail", to=who)
        thread.announce()
        return True

    def stand_beside(self, other: "Thread") -> None:
        """One mail began this thread and another one at another contact: each names the other. In a transaction."""
        thread = cast("Thread", self)
        for one, its in ((thread, other), (other, thread)):
            one._set(beside=its)
            one.record(EventKind.BESIDE, to=its.contact.title, name=str(its.pk))
        other.announce()

    @transaction.atomic
    def join_claimed(self, target: "Thread", *, by: Agent) -> Merge | None:
        """It does belong to the thread that its first mail names. None if somebody was faster."""
        thread = cast("Thread", self)
        if thread.lock().claimed_id != target.pk:
            return None
        thread.claimed = None
        thread.save(update_fields=["claimed"])
        asks = thread.needs_answer
        merge = thread.merge_into(target, by=by)
        if asks:
            target.reopen(by=by)
        return merge

    @transaction.atomic
    def drop_claim(self, *, by: Agent) -> None:
        """It does not belong there, whatever its first mail says."""
        thread = cast("Thread", self)
        if (named := thread.lock().claimed_id) is None:
            return
        thread.claimed = None
        thread.save(update_fields=["claimed"])
        thread.record(EventKind.UNCLAIMED, by=by, name=str(named))
        thread.announce()

    @transaction.atomic
    def split(self, merge: Merge, *, by: Agent) -> None:
        """Undo a merge into this thread: the messages it moved go back. Doing it twice changes nothing."""
        target = cast("Thread", self)
        if merge.undone_at is not None or merge.target_id != target.pk:
            return
        source = merge.source
        merge.messages.filter(thread=target).update(thread=source)
        merge.undone_at = timezone.now()
        merge.save(update_fields=["undone_at"])
        source.merged_into = None
        source.save(update_fields=["merged_into"])
        source.reopen(by=by)
        for one in (source, target):
            one.recount()
        MessageWords.write_thread(source)
        target.record(EventKind.SPLIT, by=by, name=str(source.pk))
        target.announce(also=(source.contact_id,))
