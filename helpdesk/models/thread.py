"""One conversation about one matter. Its verbs are the only doors to a write."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from helpdesk import context, notices, pings, shops
from helpdesk.mail import MailFile
from helpdesk.models.attachment import Attachment
from helpdesk.models.contact import Contact
from helpdesk.models.conversation import Conversation
from helpdesk.models.customer_side import CustomerSide
from helpdesk.models.deadline import Deadline
from helpdesk.models.desk import PENDING, Channel, DeskSettings, Folder, Holder, Status
from helpdesk.models.event import Event, EventKind
from helpdesk.models.lifecycle import Lifecycle
from helpdesk.models.marks import ReadMark
from helpdesk.models.merge import Merging
from helpdesk.models.pending import Pending
from helpdesk.models.timing import Timing

ACTIVE = (Status.OPEN, Status.PENDING_1, Status.PENDING_2)


class ThreadTagQuerySet(models.QuerySet["ThreadTag"]):
    """Tags of threads."""

    def counted_on(self, threads: "ThreadQuerySet") -> list[tuple["ThreadTag", int]]:
        """Each tag with how many of the threads have it; two queries."""
        links = Thread.tags.through.objects.filter(thread__in=threads.order_by().values("pk")).order_by()
        counted = dict(links.values_list("threadtag").annotate(n=models.Count("pk")))
        return [(tag, counted.get(tag.pk, 0)) for tag in self.all()]


class ThreadTag(models.Model):
    """A word that the team puts on threads."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    tone = models.CharField(_("colour"), max_length=8, blank=True)  # "", warn, bad, info, vip

    objects = ThreadTagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")

    def __str__(self) -> str:
        return self.name


class ThreadQuerySet(models.QuerySet["Thread"]):
    """Queues: threads, in the desk's words."""

    def visible_to(self, agent: Agent) -> "ThreadQuerySet":
        """All to a supervisor, else those of the agent's contacts. Every page starts from here."""
        if agent.is_supervisor:
            return self.all()
        return self.filter(contact__in=Contact.members.through.objects.filter(agent=agent).values("contact"))

    def of_customer(self, customer_id: int) -> "ThreadQuerySet":
        """What a customer finds in their own area; one that went into another thread of theirs is told there."""
        own = self.on_desk().filter(customer=customer_id)
        return own.exclude(merged_into__customer=customer_id).select_related("contact", "order", "merged_into")

    def on_desk(self) -> "ThreadQuerySet":
        """Neither spam nor in the bin."""
        return self.filter(folder=Folder.DESK)

    def active(self) -> "ThreadQuerySet":
        """Open and pending ones."""
        return self.on_desk().filter(status__in=ACTIVE)

    def open(self) -> "ThreadQuerySet":
        """We owe an answer, or think so."""
        return self.on_desk().filter(status=Status.OPEN)

    def unassigned(self) -> "ThreadQuerySet":
        """Nobody is in charge."""
        return self.filter(assignee=None)

    def unanswered(self) -> "ThreadQuerySet":
        """The last public word is the customer's."""
        return self.filter(needs_answer=True)

    def with_read_at(self, agent: Agent) -> "ThreadQuerySet":
        """Each with `read_at`: until when this agent has read it; None for never."""
        marks = ReadMark.objects.filter(agent=agent, thread=models.OuterRef("pk"))
        return self.annotate(read_at=models.Subquery(marks.values("at")[:1]))

    def from_address(self, email: str) -> "ThreadQuerySet":
        """Those of one address, however it is written."""
        return self.alias(address=Lower("email")).filter(address=email.lower())

    def hand_to(self, holder: str) -> int:
        """From now on these wait for somebody else, because the team decided what their status means."""
        return self.update(holder=holder)

    def due_to_wake(self, now: datetime) -> "ThreadQuerySet":
        """Put off until now."""
        return self.filter(wake_at__lte=now)

    def thanked(self) -> "ThreadQuerySet":
        """Closed ones whose customer said thank you, until somebody has seen it."""
        return self.on_desk().filter(thanked_at__isnull=False)

    def due_to_close(self, now: datetime) -> "ThreadQuerySet":
        """Their customers were told, and did not answer."""
        return self.on_desk().filter(closing_at__lte=now)

    def quiet(self, now: datetime) -> "ThreadQuerySet":
        """Pending on the customer for so long that their contact closes them, once it has told the customer so."""
        found = models.Q(pk__in=())
        for contact in Contact.objects.active().filter(close_after_days__gt=0).exclude(email=""):
            since = now - timedelta(days=max(0, contact.close_after_days - contact.close_notice_days))
            found |= models.Q(contact=contact, active_at__lte=since) & (
                models.Q(pending_since=None) | models.Q(pending_since__lte=since)
            )
        waiting = self.on_desk().filter(found, status__in=PENDING, holder=Holder.CUSTOMER, closing_at=None)
        return waiting.filter(wake_at=None, promised_at=None).exclude(email="")

    def newest_first(self) -> "ThreadQuerySet":
        """By the last public message; what moved last is on top."""
        return self.order_by("-active_at", "-pk")

    def waiting_longest(self) -> "ThreadQuerySet":
        """Those without an answer first, the longest wait on top."""
        return self.order_by(models.F("waiting_since").asc(nulls_last=True), "-active_at", "pk")

    @transaction.atomic
    def open_by_agent(
        self,
        *,
        by: Agent,
        contact: Contact,
        email: str,
        subject: str,
        name: str = "",
        text: str = "",
        html: str = "",
        files: Iterable[MailFile] = (),
        attachments: Iterable[Attachment] = (),
        order_reference: str = "",
        language: str = "",
        channel: str = "agent",
        then: str = "",
        form_key: str = "",
        customer: "context.Customer | None" = None,
    ) -> "Thread":
        """Begin a thread by writing to a customer; the mail leaves as any reply does.

        `customer` is who is meant where several people share the address. An order is linked only if it is this
        customer's. `then` and `form_key` are as for reply(). Raises ValueError if there is nothing to say.
        """
        customer = customer or context.customer_for(email)
        order = context.order_for(order_reference, customer=customer, email=email)
        thread = self.create(
            subject=" ".join(subject.split())[:255],
            contact=contact,
            customer=customer,
            name=name[:255],
            email=email.strip().lower()[:255],
            order=order,
            order_text="" if order else order_reference[:64],
            language=language or (customer.language if customer else "") or DeskSettings.load().language,
            channel=channel,
        )
        thread.count_for_customer()
        thread.record(EventKind.CREATED, by=by)
        thread.reply(text, by=by, html=html, files=files, attachments=attachments, then=then, form_key=form_key)
        return thread

    @transaction.atomic
    def open_without_mail(self, *, by: Agent, contact: Contact, customer: "context.Customer", subject: str) -> "Thread":
        """Begin a thread for what is said elsewhere, as by phone; nothing is sent."""
        thread = self.create(
            subject=" ".join(subject.split())[:255],
            contact=contact,
            customer=customer,
            name=customer.name[:255],
            email=customer.email,
            language=customer.language or DeskSettings.load().language,
            channel=Channel.AGENT,
        )
        thread.count_for_customer()
        thread.keep_time()
        thread.record(EventKind.CREATED, by=by)
        thread.assign(by, by=by)
        return thread

    def due_first(self) -> "ThreadQuerySet":
        """What is due first on top, what is not due at all behind."""
        return self.order_by(models.F("due_at").asc(nulls_last=True), "-active_at", "pk")

    def timed(self) -> "ThreadQuerySet":
        """Those whose due times have to follow the targets."""
        return self.filter(models.Q(status__in=ACTIVE, merged_into=None) | models.Q(due_at__isnull=False))

    def forget_due(self) -> int:
        """Nothing is due any more, as nothing has a target; how many threads that changes."""
        Deadline.objects.live().filter(missed_at=None).delete()
        Deadline.objects.live().update(settled_at=timezone.now(), is_running=False)
        return self.filter(due_at__isnull=False).update(due_at=None, due_metric="")

    def with_unread(self, agent: Agent) -> "ThreadQuerySet":
        """Each with `is_unread`: something came in since this agent last looked."""
        marks = ReadMark.objects.filter(
            agent=agent, thread=models.OuterRef("pk"), at__gte=models.OuterRef("inbound_at")
        )
        return self.annotate(
            is_unread=models.Case(
                models.When(inbound_at=None, then=False),
                models.When(models.Exists(marks), then=False),
                default=True,
                output_field=models.BooleanField(),
            )
        )


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
