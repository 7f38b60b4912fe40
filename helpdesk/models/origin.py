"""Threads that began in a shop's own customer service: taken in as they were said there, and nobody is written to."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape, unescape
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agent
from helpdesk import context
from helpdesk import html as markup
from helpdesk.context import ShopMessage, ShopThread
from helpdesk.models.desk import Channel, DeskSettings, Holder, Status
from helpdesk.models.event import Event, EventKind
from helpdesk.models.lifecycle import holder_in
from helpdesk.models.message import Message, MessageKind
from helpdesk.models.shop_contact import ShopContact
from helpdesk.models.thread import Thread
from helpdesk.models.words import MessageWords

SUBJECT = 80
TAG = re.compile(r"</?(?:br|p|div|span|a|b|i|u|em|strong|[uo]l|li|table|blockquote|font|h[1-6]|img)\b[^<>]*>", re.I)
TOLD = {
    MessageKind.CUSTOMER: (EventKind.RECEIVED, Holder.US),
    MessageKind.REPLY: (EventKind.REPLIED, Holder.CUSTOMER),
    MessageKind.NOTE: (EventKind.NOTED, ""),
}


@dataclass(frozen=True)
class Taken:
    """What became of a shop's thread: a new one here, another one than before, or the same; how many messages came."""

    is_new: bool = False
    is_other: bool = False
    messages: int = 0


class ThreadOriginManager(models.Manager["ThreadOrigin"]):
    """The door for a shop's threads."""

    @transaction.atomic
    def take(self, told: ShopThread, *, shop: Any) -> Taken:
        """Write down a thread of a shop, or what was said in it since; the same again changes nothing.

        Nobody gets mail or a notice, and no shop is told. Times are those of the shop. What was thrown away here does
        not come back. Raises ValueError, with a sentence, where there is no contact to put it.
        """
        known = self.select_for_update().filter(source=shop, shop_id=str(told.number)).first()
        if known is not None:
            return known.follow(told)
        thread = _thread_of(told, shop=shop)
        thread.save(force_insert=True)
        origin = self.create(source=shop, shop_id=str(told.number), thread=thread, status=told.status)
        created = thread.fact(EventKind.CREATED, at=thread.created_at, actor_name=thread.sender)
        origin._write(thread, told, told.messages, begins=[created])
        if thread.status != Status.CLOSED:  # what is long done is in nobody's queue
            thread.announce()
        return Taken(is_new=True, is_other=True, messages=len(told.messages))


class ThreadOrigin(models.Model):
    """Which thread of a shop one of ours is, and how far it is known. `thread` is empty once it was deleted here."""

    source = models.ForeignKey("crm.Shop", models.CASCADE, related_name="+")
    shop_id = models.CharField(max_length=64)
    thread = models.ForeignKey("helpdesk.Thread", models.SET_NULL, null=True, related_name="origins")
    status = models.CharField(max_length=10)  # the shop's word, when it was last asked
    last_message = models.PositiveBigIntegerField(default=0)  # the shop's number of it

    objects = ThreadOriginManager()

    class Meta:
        verbose_name = gettext_lazy("thread of a shop")
        constraints = [models.UniqueConstraint(fields=["source", "shop_id"], name="one_thread_a_shops_thread")]

    def __str__(self) -> str:
        return self.shop_id

    def follow(self, told: ShopThread) -> Taken:
        """What was said in it since, and its status if the shop changed that. Call inside atomic()."""
        thread = self._here()
        if thread is None or (told.email and not thread.email):  # deleted, or its customer was erased
            return Taken()
        new = [one for one in told.messages if one.number > self.last_message]
        thread.status, before = self._status(thread, told, new), thread.status
        if not new and thread.status == before:
            type(self).objects.filter(pk=self.pk).update(status=told.status)
            return Taken()
        self._write(thread, told, new, frm=before)
        thread.announce()
        return Taken(is_other=True, messages=len(new))

    def _here(self) -> Thread | None:
        """The thread, or the one that it was merged into, locked."""
        thread = self.thread
        while thread is not None and thread.merged_into is not None:
            thread = thread.merged_into
        return thread.lock() if thread else None

    def _status(self, thread: Thread, told: ShopThread, new: Sequence[ShopMessage]) -> str:
        """The shop's, if it is another than last time; open, if the customer wrote again; else as the team left it."""
        if told.status != self.status:
            return told.status
        asks = any(not one.is_ours and not one.is_private for one in new)
        return Status.OPEN.value if asks and told.status != Status.CLOSED else thread.status

    def _write(
        self,
        thread: Thread,
        told: ShopThread,
        said: Sequence[ShopMessage],
        *,
        begins: Sequence[Event] = (),
        frm: str = Status.OPEN,
    ) -> None:
        """Messages, the facts about them, and the columns that hang from them."""
        rows = _messages(thread, said)
        Message.objects.bulk_create(rows)
        Event.objects.bulk_create([*begins, *_facts(thread, rows, frm), *self._ending(thread, told, frm)])
        if not begins:
            _meet(thread, rows, closed_at=told.changed_at if thread.status == Status.CLOSED != frm else None)
        self._settle(thread, told, before=frm if not begins else None)
        MessageWords.put([MessageWords.of(row, thread, ()) for row in rows])
        self.status = told.status
        self.last_message = max([self.last_message, *(one.number for one in said)])
        self.save(update_fields=["status", "last_message"])

    def _ending(self, thread: Thread, told: ShopThread, frm: str) -> list[Event]:
        """That the status is another one now."""
        if thread.status == frm:
            return []
        thread.holder = holder_in(thread.status)
        facts: dict[str, Any] = {"frm": frm, "to": str(thread.status)}
        return [thread.fact(EventKind.STATUS, at=told.changed_at, actor_name=self.source.name, **facts)]

    def _settle(self, thread: Thread, told: ShopThread, *, before: str | None) -> None:
        """The queue's columns. What waits for nobody here is nothing unread."""
        thread.recount()
        is_closed = thread.status == Status.CLOSED
        changes: dict[str, Any] = {"status": thread.status, "holder": holder_in(thread.status)}
        changes["closed_at"] = (thread.closed_at or told.changed_at) if is_closed else None
        if thread.status == Status.OPEN and not thread.needs_answer:
            changes["holder"] = Holder.CUSTOMER
        if not thread.needs_answer:
            changes["inbound_at"] = None
        if before == Status.CLOSED and not is_closed:
            changes |= {"reopened_count": thread.reopened_count + 1, "opened_at": told.changed_at}
        thread._set(**changes)


def _thread_of(told: ShopThread, *, shop: Any) -> Thread:
    """A thread that is not saved yet."""
    customer = context.customer_who_wrote(told.customer, told.email)
    usual = customer.language if customer else ""
    return Thread(
        subject=_subject(told),
        contact=ShopContact.objects.contact_for(told.contact, shop=shop),
        customer=customer,
        name=customer.name[:255] if customer else "",
        email=told.email[:255],
        status=told.status,
        order_id=told.order or None,
        product_id=told.line or None,
        language=told.language or usual or DeskSettings.load().language,
        channel=Channel.SHOP,
        created_at=told.begun_at,
        active_at=told.begun_at,
    )


def _subject(told: ShopThread) -> str:
    """The first words of what the customer wrote; a shop's threads have no subject."""
    said = next((one for one in told.messages if not one.is_ours), told.messages[0] if told.messages else None)
    line = " ".join(_words(said)[0][: SUBJECT * 3].split()) if said else ""
    if len(line) > SUBJECT:
        line = line[:SUBJECT].rsplit(" ", 1)[0] + "…"
    return line or next(iter(told.contact.names), "")


def _messages(thread: Thread, said: Sequence[ShopMessage]) -> list[Message]:
    """Not saved yet. Who wrote for the shop is the agent with that address, if there is one."""
    addresses = {one.author_email.lower() for one in said if one.author_email}
    found = Agent.objects.filter(email__in=addresses) if addresses else []
    agents = {agent.email.lower(): agent for agent in found}
    return [_message(thread, one, agents.get(one.author_email.lower())) for one in said]


def _message(thread: Thread, said: ShopMessage, agent: Agent | None) -> Message:
    kind = MessageKind.REPLY if said.is_ours else MessageKind.CUSTOMER
    text, html = _words(said)
    name = (str(agent) if agent else said.author or thread.contact.title) if said.is_ours else thread.sender
    return Message(
        thread=thread,
        home=thread,
        kind=MessageKind.NOTE if said.is_private else kind,
        author=agent if said.is_ours else None,
        author_name=name[:255],
        author_email=(said.author_email if said.is_ours else thread.email)[:255],
        text=text,
        html=html,
        recipients={"to": [thread.email]} if kind == MessageKind.REPLY and not said.is_private else {},
        created_at=said.at,
        sent_at=said.at,
        ip=said.ip or None,
        user_agent=said.user_agent,
    )


def _words(said: ShopMessage) -> tuple[str, str]:
    """Text and clean HTML of what the shop keeps in one column as either."""
    raw = said.text.replace("\r\n", "\n").strip()
    is_html = bool(TAG.search(raw))
    text = markup.to_text(raw).strip() if is_html else unescape(raw)
    html = (markup.clean_reply(raw) if said.is_ours else markup.clean(raw)) if is_html else ""
    if said.file:
        line = _("File, in the shop only: %(name)s") % {"name": said.file}
        text = f"{text}\n\n{line}".strip()
        html = f"{html}<p>{escape(line)}</p>" if html else ""
    return text, html


def _meet(thread: Thread, rows: Iterable[Message], *, closed_at: datetime | None) -> None:
    """End the clocks that run here, and keep what was promised, by what was said and done there, at its time."""
    for row in rows:
        if row.kind == MessageKind.REPLY:
            thread.meet_answer(by=row.author, at=row.created_at)
            thread.keep_promise(row, at=row.created_at)
    if closed_at:
        thread.meet_solution(by=None, at=closed_at)


def _facts(thread: Thread, rows: Iterable[Message], status: str) -> list[Event]:
    """That each was said, with who had the ball then."""
    now, events = thread.status, []
    thread.status = status
    for row in rows:
        kind, holder = TOLD[MessageKind(row.kind)]
        thread.holder = holder or thread.holder
        events.append(thread.fact(kind, by=row.author, at=row.created_at, actor_name=row.who, message=row))
    thread.status = now
    return events
