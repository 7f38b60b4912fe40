"""Writing to customers: who may be written to, what each of them reads, and the job that writes to many."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape

from django.db import OperationalError, models, transaction
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Agent
from helpdesk import context
from helpdesk import html as markup
from helpdesk.context import Customer, Order
from helpdesk.models import (
    Attachment,
    Contact,
    DeskSettings,
    Mailing,
    MailingRecipient,
    PredefinedReply,
    RecipientState,
    Stage,
    Thread,
)
from helpdesk.models.reply import PLACEHOLDER, fill
from helpdesk.placeholders import values_for

logger = logging.getLogger(__name__)

A_CHECK = 10_000  # people whom one run looks at
A_RUN = 200  # mails that one run of the job writes, so that a long mailing does not keep the next one waiting
BATCH = 50
CHECKED = 500


# -- who ------------------------------------------------------------------------------------------


def obstacle_to(customer: Customer) -> str:
    """Why nobody may or can write to a customer, in a few words; empty where one can. Reads their addresses."""
    if customer.erased_at or customer.deleted_at or customer.merged_into_id:
        return _("No customer any more")
    if customer.do_not_contact:
        return _("Must not be contacted")
    if not customer.email:
        return _("No e-mail address")
    return "" if customer.is_active else _("The account is disabled")


@dataclass(frozen=True)
class Audience:
    """Whom an agent chose. `without` are those (ids) they took out again."""

    chosen: models.QuerySet[Customer]
    without: frozenset[int] = frozenset()

    @cached_property
    def everybody(self) -> models.QuerySet[Customer]:
        """In the order of their numbers, with what a letter reads of them."""
        kept = self.chosen.exclude(pk__in=self.without) if self.without else self.chosen
        return kept.order_by("pk").select_related("title").prefetch_related("emails")

    @cached_property
    def reachable(self) -> models.QuerySet[Customer]:
        """Those who get the mail, missing values aside; the same rule as obstacle_to(), for the database."""
        return context.with_mail(self.everybody).filter(is_active=True, do_not_contact=False)

    @cached_property
    def count(self) -> int:
        """How many can be written to."""
        return self.reachable.order_by().count()

    @cached_property
    def left_out_count(self) -> int:
        """How many were chosen but cannot be written to."""
        return self.everybody.order_by().count() - self.count

    def left_out(self, limit: int | None = None) -> list[tuple[Customer, str]]:
        """Those who get nothing, each with the reason."""
        gone = self.everybody.exclude(pk__in=self.reachable.order_by().values("pk"))[:limit]
        return [(one, obstacle_to(one)) for one in gone]


# -- what -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """What an agent writes, before it is filled in for anybody."""

    by: Agent
    contact: Contact
    subject: str
    html: str

    @cached_property
    def library(self) -> list[PredefinedReply]:
        """The predefined replies of the contact."""
        return list(PredefinedReply.objects.for_contact(self.contact))

    def in_language(self, language: str) -> str:
        """The text, with each predefined reply that stands in it unchanged in its own words for that language."""
        html = self.html
        for reply in self.library:
            own = reply.bodies.get(language[:2], "")
            for body in reply.bodies.values() if own else ():
                html = html.replace(markup.clean_reply(body), markup.clean_reply(own)) if body else html
        return html


@dataclass(frozen=True)
class Personal:
    """A letter as one customer reads it. `missing` are placeholders that have no value for them."""

    customer: Customer
    language: str
    subject: str
    html: str
    order: Order | None = None
    missing: list[str] = field(default_factory=list)

    @property
    def reason(self) -> str:
        """Why this customer gets nothing; empty where they do."""
        if problem := obstacle_to(self.customer):
            return problem
        return _("Missing: %(names)s") % {"names": ", ".join(self.missing)} if self.missing else ""


def personal(letter: Letter, customer: Customer, order: Order | None) -> Personal:
    """Fill a letter in for a customer and their newest order."""
    language = customer.language or DeskSettings.load().language
    facts = Thread(
        contact=letter.contact, customer=customer, name=customer.name, email=customer.email, language=language
    )
    facts.order = order
    values = values_for(facts, agent=letter.by)
    html, missing = fill(letter.in_language(language), values)
    subject, missing_above = fill(escape(letter.subject), values)
    return Personal(customer, language, unescape(subject), html, order, list(dict.fromkeys(missing + missing_above)))


def personals(letter: Letter, customers: Iterable[Customer]) -> Iterator[Personal]:
    """The letter for each of these customers."""
    people = list(customers)
    orders = context.newest_orders([one.pk for one in people]) if is_about_orders(letter) else {}
    return (personal(letter, one, orders.get(one.pk)) for one in people)


def is_about_orders(letter: Letter) -> bool:
    """Whether the letter speaks of an order: then each customer's newest one is meant."""
    return any(name.startswith(("order.", "product.")) for name in PLACEHOLDER.findall(letter.subject + letter.html))


def missing_values(letter: Letter, audience: Audience) -> dict[int, str]:
    """Customers (ids) whom one cannot write this to because a value is missing, with the reason."""
    if not PLACEHOLDER.search(letter.subject + letter.html):
        return {}
    found: dict[int, str] = {}
    people = list(audience.reachable)
    for start in range(0, len(people), BATCH):
        for one in personals(letter, people[start : start + BATCH]):
            if one.reason:
                found[one.customer.pk] = one.reason
    return found


def open_thread(letter: Letter, one: Personal, *, form_key: str = "", files: Iterable[Attachment] = ()) -> Thread:
    """Write it: a mail and a thread of its own. Raises ValueError where it must not or cannot be sent."""
    if one.reason:
        raise ValueError(one.reason)
    return Thread.objects.open_by_agent(
        by=letter.by,
        contact=letter.contact,
        email=one.customer.email,
        customer=one.customer,
        name=one.customer.name,
        subject=one.subject,
        html=one.html,
        attachments=files,
        language=one.language,
        order_reference=one.order.reference if one.order else "",
        form_key=form_key,
    )


# -- to many --------------------------------------------------------------------------------------


def check_due() -> int:
    """Look at what people would read of mailings to many: whoever lacks a value is left out, with the reason.

    Returns how many it looked at. Nothing leaves before somebody says so; killed in between, it goes on where it was.
    """
    return sum(_check(mailing) for mailing in Mailing.objects.to_check())


def _check(mailing: Mailing) -> int:
    letter = Letter(mailing.by, mailing.contact, mailing.subject, mailing.html)
    waiting = mailing.recipients.filter(state=RecipientState.WAITING).select_related("customer__title").order_by("pk")
    at, count, mine = mailing.checked_to, 0, Mailing.objects.filter(pk=mailing.pk, stage=Stage.CHECKING)
    while count < A_CHECK:
        rows = list(waiting.filter(pk__gt=at).prefetch_related("customer__emails")[:CHECKED])
        if not rows:
            mine.update(stage=Stage.ASKING)
            return count
        with transaction.atomic(), override(letter.by.language or DeskSettings.load().language):
            if not mine.filter(checked_to=at).update(checked_to=rows[-1].pk):
                return count  # stopped, or another worker is at it
            for row, one in zip(rows, personals(letter, [row.customer for row in rows]), strict=True):
                if one.reason:
                    row.settle(RecipientState.LEFT_OUT, one.reason)
        at, count = rows[-1].pk, count + len(rows)
    return count


def send_due() -> int:
    """Write what mailings still have to write; how many. Killed in between, it goes on where it stopped.

    Each row is settled in the transaction that queues its mail: never twice, whoever runs this.
    """
    return sum(_go_on(mailing) for mailing in Mailing.objects.due())


def _go_on(mailing: Mailing) -> int:
    letter = Letter(mailing.by, mailing.contact, mailing.subject, mailing.html)
    count, files = 0, list(mailing.attachments.all())
    waiting = mailing.recipients.filter(state=RecipientState.WAITING).select_related("customer__title")
    for _batch in range(A_RUN // BATCH):
        rows = list(waiting.prefetch_related("customer__emails")[:BATCH])
        if not rows:
            break
        letters = personals(letter, [row.customer for row in rows])
        count += sum(_write(letter, row, one, files) for row, one in zip(rows, letters, strict=True))
    return count


def _write(letter: Letter, row: MailingRecipient, one: Personal, files: list[Attachment]) -> bool:
    with override(letter.by.language or DeskSettings.load().language):
        if reason := one.reason:
            row.settle(RecipientState.LEFT_OUT, reason)
            return False
        try:
            with transaction.atomic():
                if not row.settle(RecipientState.WRITTEN):
                    return False
                thread = open_thread(letter, one, files=[file.twin(owner=letter.by) for file in files])
                MailingRecipient.objects.filter(pk=row.pk).update(thread=thread)
        except OperationalError:  # the database is busy: the row waits, and the next run takes it
            raise
        except Exception as problem:
            logger.exception("Mailing %s: nothing was written to customer %s.", row.mailing_id, row.customer_id)
            row.settle(RecipientState.FAILED, str(problem))
            return False
    return True
