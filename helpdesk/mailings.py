"""Writing to customers: what each of them reads, and the job that writes to many."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from typing import Any

from django.db import transaction
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Agent
from helpdesk import context
from helpdesk import html as markup
from helpdesk.audience import Audience, obstacle_to
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

A_CHECK = 10_000  # people whom one run looks at
A_RUN = 200  # mails that one run of the job writes, so that a long mailing does not keep the next one waiting
BATCH = 50
CHECKED = 500
READ = ("customer__title", "customer__source")  # what a letter reads of each
FEW = 20  # for so many the values are looked at while one waits, and nothing is asked


# -- what -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """What an agent writes, before it is filled in for anybody.

    `then` is the status in which threads are left, `tags` they carry, `voucher` the terms of one for each customer.
    """

    by: Agent
    contact: Contact
    subject: str
    html: str
    then: str = ""
    tags: Sequence[str] = ()
    voucher: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, mailing: Mailing) -> "Letter":
        """What a mailing says."""
        return cls(mailing.by, mailing.contact, mailing.subject, mailing.html, **mailing.on_sending)

    @property
    def said(self) -> str:
        """Subject and text, in which placeholders stand."""
        return f"{self.subject} {self.html}"

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


def personal(letter: Letter, customer: Customer, order: Order | None, *, code: str = "") -> Personal:
    """Fill a letter in for a customer and their newest order; `code` is that of their voucher, once it is given."""
    language = customer.language or DeskSettings.load().language
    facts = Thread(
        contact=letter.contact, customer=customer, name=customer.name, email=customer.email, language=language
    )
    facts.order = order
    values = values_for(facts, agent=letter.by)
    if letter.voucher:
        with override(language):
            values |= context.voucher_words(customer, letter.voucher, code=code)
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
    return any(name.startswith(("order.", "product.")) for name in PLACEHOLDER.findall(letter.said))


def missing_values(letter: Letter, audience: Audience) -> dict[int, str]:
    """Customers (ids) whom one cannot write this to because a value is missing, with the reason."""
    if not PLACEHOLDER.search(letter.said):
        return {}
    found: dict[int, str] = {}
    people = list(audience.reachable)
    for start in range(0, len(people), BATCH):
        for one in personals(letter, people[start : start + BATCH]):
            if one.reason:
                found[one.customer.pk] = one.reason
    return found


def open_thread(letter: Letter, one: Personal, *, form_key: str = "", files: Iterable[Attachment] = ()) -> Thread:
    """Write it: a mail and a thread of its own, and the voucher is given. Call inside atomic().

    Raises ValueError where it must not or cannot be sent.
    """
    if one.reason:
        raise ValueError(one.reason)
    if letter.voucher:
        voucher = context.give_voucher(one.customer, letter.voucher, by=letter.by)
        one = personal(letter, one.customer, one.order, code=voucher.code)
    thread = Thread.objects.open_by_agent(
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
        then=letter.then,
        form_key=form_key,
    )
    if letter.tags:
        thread.set_tags(letter.tags, by=letter.by)
    return thread


# -- to many --------------------------------------------------------------------------------------


def begin(letter: Letter, audience: Audience, **how: Any) -> Mailing:
    """Begin to send a letter to several, or to one later: `form_key`, `files` and `send_at` as for Mailing.write().

    Of a few, what each would read is looked at now, and whoever lacks a value is left out; many are looked at by a job,
    and nothing leaves before somebody says so. Raises ValueError where nobody is left to write to.
    """
    if not audience.count:
        raise ValueError(_("Nobody is left to write to."))
    if audience.count > FEW:
        everybody = audience.everybody.values_list("pk", flat=True)
        return _write_down(letter, everybody, is_checked=False, **how)
    missing = missing_values(letter, audience)
    if len(missing) == audience.count:
        raise ValueError(
            _("A value is missing for every one of them.") if audience.count > 1 else next(iter(missing.values()))
        )
    ids = [pk for pk in audience.reachable.values_list("pk", flat=True) if pk not in missing]
    gone = {one.pk: reason for one, reason in audience.left_out()} | missing
    return _write_down(letter, ids, left_out=gone, **how)


def _write_down(letter: Letter, ids: Iterable[int], **how: Any) -> Mailing:
    return Mailing.objects.write(
        ids,
        by=letter.by,
        contact=letter.contact,
        subject=letter.subject,
        html=letter.html,
        then=letter.then,
        tags=list(letter.tags),
        voucher=dict(letter.voucher),
        **how,
    )


def check_due() -> int:
    """Look at what people would read of mailings to many: whoever lacks a value is left out, with the reason.

    Returns how many it looked at. Nothing leaves before somebody says so; killed in between, it goes on where it was.
    """
    return sum(_check(mailing) for mailing in Mailing.objects.to_check())


def _check(mailing: Mailing) -> int:
    letter = Letter.of(mailing)
    waiting = mailing.recipients.waiting().select_related(*READ)
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
    letter, count, files = Letter.of(mailing), 0, list(mailing.attachments.all())
    people = mailing.recipients.select_related(*READ).prefetch_related("customer__emails")
    for rows in people.batches(BATCH, most=A_RUN):
        letters = personals(letter, [row.customer for row in rows])
        count += sum(_write(letter, row, one, files) for row, one in zip(rows, letters, strict=True))
    return count


def _write(letter: Letter, row: MailingRecipient, one: Personal, files: list[Attachment]) -> bool:
    def write() -> None:
        thread = open_thread(letter, one, files=[file.twin(owner=letter.by) for file in files])
        MailingRecipient.objects.filter(pk=row.pk).update(thread=thread)

    with override(letter.by.language or DeskSettings.load().language):
        return row.carry_out(write, obstacle=one.reason)
