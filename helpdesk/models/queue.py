"""Queues: threads, in the desk's words."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Agent
from helpdesk import context
from helpdesk.mail import MailFile
from helpdesk.models.attachment import Attachment
from helpdesk.models.contact import Contact
from helpdesk.models.deadline import Deadline
from helpdesk.models.desk import PENDING, Channel, DeskSettings, Folder, Holder, Status
from helpdesk.models.event import EventKind
from helpdesk.models.marks import ReadMark

if TYPE_CHECKING:
    from helpdesk.models.thread import Thread

ACTIVE = (Status.OPEN, Status.PENDING_1, Status.PENDING_2)


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
