"""One conversation about one matter. Its verbs are the only doors to a write."""

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from helpdesk import notices, pings, shops
from helpdesk.models.contact import Contact
from helpdesk.models.conversation import Conversation
from helpdesk.models.customer_side import CustomerSide
from helpdesk.models.desk import Channel, Folder, Holder, Status
from helpdesk.models.event import Event, EventKind
from helpdesk.models.lifecycle import Lifecycle
from helpdesk.models.marks import ReadMark
from helpdesk.models.merge import Merging
from helpdesk.models.pending import Pending
from helpdesk.models.queue import ThreadQuerySet
from helpdesk.models.tag import ThreadTag
from helpdesk.models.timing import Timing


def new_secret() -> str:
    """128 random bits for a thread's private link."""
    return secrets.token_hex(16)


class Thread(Conversation, CustomerSide, Lifecycle, Merging, Pending, Timing, models.Model):
    """One conversation, at one contact, with at most one assignee and one status."""

    subject = models.CharField(_("subject"), max_length=255, blank=True)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="threads", verbose_name=_("contact"))
    customer = models.ForeignKey("crm.Customer", models.SET_NULL, null=True, blank=True, related_name="threads")
    name = models.CharField(_("name of the sender"), max_length=255, blank=True)
    email = models.CharField(_("e-mail"), max_length=255, blank=True, db_index=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    folder = models.CharField(max_length=8, choices=Folder, default=Folder.DESK)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="threads",
        verbose_name=_("assignee"),
    )
    order = models.ForeignKey("crm.Order", models.SET_NULL, null=True, blank=True, related_name="threads")
    order_text = models.CharField(max_length=64, blank=True)  # a reference the sender gave that is not proven theirs
    product = models.ForeignKey("crm.OrderLine", models.SET_NULL, null=True, blank=True, related_name="+")
    cart = models.ForeignKey("crm.Cart", models.SET_NULL, null=True, blank=True, related_name="threads")
    cc = models.JSONField(default=list, blank=True)  # addresses that get a copy of every reply
    language = models.CharField(_("language"), max_length=8, blank=True)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.MAIL)
    tags = models.ManyToManyField(ThreadTag, blank=True, related_name="threads", verbose_name=_("tags"))
    secret = models.CharField(max_length=32, default=new_secret, unique=True, editable=False)
    follows = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="followers")
    # The thread that its first mail names without proof; an agent joins the two, or says that they are apart.
    claimed = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    # The thread at another contact that the same mail began; the newer names the older, and that the newest.
    beside = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, db_index=False, related_name="+")
    # A whole index would mislead: nearly all threads are in none, and SQLite takes them for as few as those in one.
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, db_index=False, related_name="merged_threads"
    )

    # Kept by the verbs, so that the queue needs no work per row.
    excerpt = models.CharField(max_length=160, blank=True)
    message_count = models.PositiveIntegerField(default=0)
    attachment_count = models.PositiveIntegerField(default=0)
    needs_answer = models.BooleanField(default=False)
    holder = models.CharField(max_length=12, choices=Holder, default=Holder.US)
    created_at = models.DateTimeField(default=timezone.now)
    active_at = models.DateTimeField(default=timezone.now)  # last public message
    inbound_at = models.DateTimeField(null=True, blank=True)  # last message from outside
    waiting_since = models.DateTimeField(null=True, blank=True)  # first customer message without an answer
    first_response_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    thanked_at = models.DateTimeField(null=True, blank=True)  # a short thank-you came that did not reopen it
    trashed_at = models.DateTimeField(null=True, blank=True)
    reopened_count = models.PositiveIntegerField(default=0)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("thread")
        indexes = [
            models.Index(fields=["folder", "status", "-active_at", "-id"], name="queue_by_status"),
            models.Index(fields=["folder", "contact", "status", "-active_at"], name="queue_by_contact"),
            models.Index(fields=["folder", "assignee", "status", "-active_at"], name="queue_by_assignee"),
            models.Index(fields=["folder", "-active_at", "-id"], name="queue_newest"),
            models.Index(
                fields=["waiting_since"], condition=models.Q(folder="desk", needs_answer=True), name="queue_waiting"
            ),
            models.Index(fields=["customer", "-active_at"], name="threads_of_a_customer"),
            models.Index(Lower("email"), name="threads_of_an_address"),
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="threads_due"),
            models.Index(fields=["folder", "priority", "-active_at", "-id"], name="queue_of_priority"),
            models.Index(fields=["wake_at"], condition=models.Q(wake_at__isnull=False), name="threads_to_wake"),
            models.Index(fields=["beside"], condition=models.Q(beside__isnull=False), name="threads_beside"),
            models.Index(fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="threads_merged"),
            models.Index(fields=["thanked_at"], condition=models.Q(thanked_at__isnull=False), name="threads_thanked"),
            models.Index(fields=["closing_at"], condition=models.Q(closing_at__isnull=False), name="threads_to_close"),
            # Holds all that the counts beside the queues look at, so that they read no rows.
            models.Index(fields=["folder", "status", "contact", "assignee", "inbound_at"], name="queue_counts"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    @property
    def sender(self) -> str:
        """The name to show for whoever wrote: the customer's, else as they gave it, else the address."""
        return (self.customer.name if self.customer else "") or self.name or self.email

    @property
    def is_waiting(self) -> bool:
        """The customer waits for us."""
        return self.needs_answer and self.status == Status.OPEN

    def record(self, kind: EventKind, *, by: Agent | None = None, at: datetime | None = None, **facts: Any) -> Event:
        """Write down a fact. `facts` may hold actor_name, message, close_reason; the rest becomes its data."""
        event = self.fact(kind, by=by, at=at, **facts)
        event.save(force_insert=True)
        shops.tell(self, event)
        return event

    def fact(self, kind: EventKind, *, by: Agent | None = None, at: datetime | None = None, **facts: Any) -> Event:
        """The same, not written yet."""
        return Event(
            thread=self,
            kind=kind,
            at=at or timezone.now(),
            actor=by,
            actor_name=facts.pop("actor_name", str(by) if by else ""),
            message=facts.pop("message", None),
            close_reason=facts.pop("close_reason", None),
            holder=self.holder,
            status=self.status,
            data=facts,
        )

    def announce(self, *, also: tuple[int, ...] = ()) -> None:
        """On commit, tell open browsers that this thread and its queue changed."""
        thread_id, contacts = self.pk, {self.contact_id, *also}
        transaction.on_commit(lambda: pings.thread_changed(thread_id, contacts))

    def lock(self) -> "Thread":
        """This thread as it is now, held until the transaction ends. Call inside atomic()."""
        return Thread.objects.select_for_update(of=("self",)).get(pk=self.pk)

    def mark_read(self, *, by: Agent) -> None:
        """This agent has seen everything up to now, what the bell said of it too; colleagues' marks stay."""
        ReadMark.objects.bulk_create(
            [ReadMark(agent=by, thread=self, at=timezone.now())],
            update_conflicts=True,
            unique_fields=["agent", "thread"],
            update_fields=["at"],
        )
        notices.read(by, self)

    def mark_unread(self, *, by: Agent) -> None:
        """Show this agent the dot again."""
        ReadMark.objects.filter(agent=by, thread=self).delete()
