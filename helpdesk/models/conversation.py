"""What is said in a thread: the verbs that add messages, and take back a reply before it leaves."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agent
from helpdesk import html as markup
from helpdesk import letters, notices, shops
from helpdesk.mail import InboundMail, MailFile
from helpdesk.models.attachment import Attachment
from helpdesk.models.desk import DeskSettings, Holder, Status
from helpdesk.models.event import EventKind
from helpdesk.models.lifecycle import holder_in
from helpdesk.models.marks import Draft, NoticeKind
from helpdesk.models.message import INBOUND_KINDS, PUBLIC_KINDS, Delivery, Message, MessageKind
from helpdesk.models.outgoing import OutgoingState
from helpdesk.models.words import MessageWords

if TYPE_CHECKING:
    from helpdesk.models.thread import Thread

EXCERPT = 160


def received_key(contact_id: int, mail: InboundMail) -> str | None:
    """What makes a mail the same mail again at one contact: its id and its content, not the id alone."""
    if not mail.message_id:
        return None
    return hashlib.sha256(f"{contact_id}|{mail.message_id}|{mail.digest}".encode()).hexdigest()


class Conversation(models.Model):
    """Verbs that say something. Each returns the message it made."""

    class Meta:
        abstract = True

    @property
    def _thread(self) -> "Thread":
        return cast("Thread", self)

    # -- in ---------------------------------------------------------------------------------------

    @transaction.atomic(savepoint=False)
    def begin(self, mail: InboundMail) -> Message:
        """Save this new thread with the mail that it begins with: what receive() does, in half the queries."""
        thread, now = self._thread, timezone.now()
        thread.message_count, thread.attachment_count = 1, len(mail.files)
        thread.active_at = thread.inbound_at = now
        thread.excerpt = excerpt(mail.text)
        if mail.automatic != "auto-reply":
            thread.needs_answer, thread.holder, thread.waiting_since = True, Holder.US, now
        thread.save(force_insert=True)
        thread.count_for_customer()
        fields = self._received(mail, MessageKind.CUSTOMER)
        message = Message.objects.create(thread=thread, home=thread, created_at=now, **fields)
        files = [Attachment.objects.add(file, message=message) for file in mail.files]
        MessageWords.add(message, thread, files)
        begun = thread.fact(EventKind.CREATED, at=thread.created_at, actor_name=thread.sender)
        received = thread.fact(EventKind.RECEIVED, at=now, actor_name=message.who, message=message)
        type(begun).objects.bulk_create([begun, received])
        shops.tell(thread, begun)
        thread.announce()
        return message

    @transaction.atomic(savepoint=False)
    def receive(self, mail: InboundMail, *, third_party: bool = False, stranger: bool = False) -> Message:
        """Add what came from outside. A customer's message reopens; an automatic one never does."""
        thread = self._thread
        kind = MessageKind.THIRD_PARTY if third_party else MessageKind.CUSTOMER
        message = self._add(**self._received(mail, kind), is_from_stranger=stranger)
        files = [Attachment.objects.add(file, message=message) for file in mail.files]
        MessageWords.add(message, thread, files)
        self._note_arrival(message, len(mail.files), answers_wanted=not (third_party or mail.automatic == "auto-reply"))
        what = EventKind.THIRD_PARTY if third_party else EventKind.RECEIVED
        thread.record(what, actor_name=message.who, message=message)
        if third_party and thread.status in (Status.PENDING_1, Status.PENDING_2):
            thread.reopen(by=None)
        if thread.assignee and thread.message_count > 1:
            notices.tell(thread.assignee, NoticeKind.ANSWERED, thread, text=message.text, by_name=message.who)
        thread.announce()
        return message

    def _received(self, mail: InboundMail, kind: MessageKind) -> dict[str, Any]:
        """The columns of a message that came from outside."""
        return {
            "kind": kind,
            "author_name": mail.sender_name[:255],
            "author_email": mail.sender[:255],
            "subject": mail.subject[:255],
            "text": mail.text,
            "full_text": "" if mail.full_text == mail.text else mail.full_text,
            "html": markup.clean(mail.html),
            "recipients": {"to": [one.address for one in mail.to], "cc": [one.address for one in mail.cc]},
            "message_id": mail.message_id[:255],
            "in_reply_to": (mail.in_reply_to[:1] or ("",))[0][:255],
            "received_key": received_key(self._thread.contact_id, mail),
            "reason": mail.automatic or mail.problem,
            "sent_at": mail.date,
            "ip": mail.ip or None,
            "user_agent": mail.user_agent[:400],
            "page_url": mail.page_url[:500],
            "consent": mail.consent[:40],
        }

    def _note_arrival(self, message: Message, files: int, *, answers_wanted: bool) -> None:
        """Keep the queue's columns; reopen if the customer wants an answer."""
        thread = self._thread
        changes: dict[str, Any] = {
            "message_count": thread.message_count + 1,
            "attachment_count": thread.attachment_count + files,
            "inbound_at": message.created_at,
        }
        if message.is_public:
            changes |= {"active_at": message.created_at, "excerpt": excerpt(message.text)}
        if answers_wanted:
            changes |= {
                "needs_answer": True,
                "holder": Holder.US,
                "waiting_since": thread.waiting_since or message.created_at,
            }
        thread._set(**changes)
        if answers_wanted and thread.status != Status.OPEN:
            thread.reopen(by=None)

    # -- out --------------------------------------------------------------------------------------

    @transaction.atomic
    def reply(
        self,
        text: str = "",
        *,
        by: Agent,
        html: str = "",
        files: Iterable[MailFile] = (),
        attachments: Iterable[Attachment] = (),
        cc: Iterable[str] = (),
        then: str = "",
        form_key: str = "",
    ) -> Message:
        """Answer the customer: `html` as the editor wrote it, or plain `text`.

        The mail is queued in this transaction and leaves after the time to undo. `then` is the status
        afterwards; empty means the contact's or the desk's own rule. The first who replies takes the thread.
        Raises ValueError if there is nothing to say or nobody to say it to.
        """
        thread, desk = self._thread, DeskSettings.load()
        html, text = markup.both_forms(html, text)
        if not thread.email:
            raise ValueError(_("This thread has no e-mail address to answer to."))
        before: dict[str, Any] = {"status_before": thread.status, "assignee_before": thread.assignee_id}
        message = self._say(MessageKind.REPLY, text, html, by, files, attachments, form_key)
        message.recipients = {"to": [thread.email], "cc": [one for one in cc if one]}
        not_before = timezone.now() + timedelta(seconds=desk.undo_seconds)
        letters.queue_reply(message, by=by, not_before=not_before)
        status = Status(then or thread.contact.after_reply or desk.after_reply)
        now = message.created_at
        holder = holder_in(status) if status != Status.OPEN else Holder.CUSTOMER
        thread._set(
            active_at=now,
            excerpt=excerpt(text),
            needs_answer=False,
            waiting_since=None,
            first_response_at=thread.first_response_at or now,
        )
        thread.record(EventKind.REPLIED, by=by, message=message, **before)
        if thread.assignee_id is None:
            thread.assign(by, by=by)
        thread.set_status(status, by=by)
        thread._set(holder=holder)
        Draft.objects.filter(agent=by, thread=thread, kind=MessageKind.REPLY).delete()
        thread.mark_read(by=by)
        thread.announce()
        return message

    @transaction.atomic
    def note(
        self,
        text: str = "",
        *,
        by: Agent,
        html: str = "",
        files: Iterable[MailFile] = (),
        attachments: Iterable[Attachment] = (),
        form_key: str = "",
    ) -> Message:
        """Write what only agents see; colleagues named with @ are told. Raises ValueError if it is empty."""
        thread = self._thread
        html, text = markup.both_forms(html, text)
        message = self._say(MessageKind.NOTE, text, html, by, files, attachments, form_key)
        thread.record(EventKind.NOTED, by=by, message=message)
        for agent in notices.mentioned(text, thread):
            notices.tell(agent, NoticeKind.MENTIONED, thread, text=text, by=by)
        Draft.objects.filter(agent=by, thread=thread, kind=MessageKind.NOTE).delete()
        thread.announce()
        return message

    @transaction.atomic
    def forward(
        self,
        to: Agent | str,
        *,
        by: Agent,
        note: str = "",
        messages: Iterable[Message] = (),
        attachments: Iterable[Attachment] = (),
        then: str = "",
        form_key: str = "",
    ) -> Message:
        """Hand the thread to an agent (assignment, note and notice in one), or send it outside.

        Outside, `to` is an address; it gets `note`, the chosen `messages` and files, and its answer comes
        back into this thread as a third party's. Raises ValueError for an agent who may not see the thread,
        or an address without anything to read.
        """
        chosen, files = list(messages), list(attachments)
        if isinstance(to, Agent):
            message = self._forward_inside(to, by=by, note=note, chosen=chosen, files=files, form_key=form_key)
        else:
            message = self._forward_outside(to, by=by, note=note, chosen=chosen, files=files, form_key=form_key)
            if then:
                self._thread.set_status(then, by=by)
        Draft.objects.filter(agent=by, thread=self._thread, kind=MessageKind.FORWARD).delete()
        self._thread.announce()
        return message

    def _forward_inside(
        self, to: Agent, *, by: Agent, note: str, chosen: list[Message], files: list[Attachment], form_key: str
    ) -> Message:
        thread = self._thread
        thread.assign(to, by=by, notice=False)
        html, text = markup.both_forms("", note, may_be_empty=True)
        new = [file for file in files if file.message_id is None]
        message = self._say(MessageKind.NOTE, text, html, by, (), new, form_key)
        thread.record(EventKind.FORWARDED, by=by, message=message, to=str(to))
        notices.tell(to, NoticeKind.FORWARDED, thread, text=note, by=by, messages=chosen)
        return message

    def _forward_outside(
        self, to: str, *, by: Agent, note: str, chosen: list[Message], files: list[Attachment], form_key: str
    ) -> Message:
        thread = self._thread
        if not note.strip() and not chosen:
            raise ValueError(_("Write something or choose a message to forward."))
        html, text = markup.both_forms("", note, may_be_empty=True)
        new = [file for file in files if file.message_id is None]
        message = self._say(MessageKind.FORWARD, text, html, by, (), new, form_key)
        message.recipients = {"to": [to]}
        not_before = timezone.now() + timedelta(seconds=DeskSettings.load().undo_seconds)
        letters.queue_forward(message, chosen, [one for one in files if one.pk], by=by, not_before=not_before)
        thread.record(EventKind.FORWARDED, by=by, message=message, to=to)
        return message

    def _say(
        self,
        kind: MessageKind,
        text: str,
        html: str,
        by: Agent,
        files: Iterable[MailFile],
        attachments: Iterable[Attachment],
        form_key: str = "",
    ) -> Message:
        thread, own = self._thread, list(attachments)
        html = markup.keep_images(html, {one.pk for one in own})
        message = self._add(
            kind,
            author=by,
            author_name=str(by),
            author_email=by.email,
            text=text,
            html=html,
            form_key=form_key or None,
        )
        kept = [Attachment.objects.add(file, message=message) for file in files]
        shown = markup.images_in(html)
        for attachment in own:
            attachment.join(message, shown=attachment.pk in shown)
            kept += [attachment] if attachment.message_id is not None else []
        MessageWords.add(message, thread, kept)
        thread._set(message_count=thread.message_count + 1, attachment_count=thread.attachment_count + len(kept))
        return message

    def _add(self, kind: MessageKind, **fields: Any) -> Message:
        """One more message; the thread row is locked first, so that its counters stay right."""
        thread = self._thread
        fresh = thread.lock()
        for name in ("message_count", "attachment_count", "needs_answer", "waiting_since", "status", "assignee_id"):
            setattr(thread, name, getattr(fresh, name))
        return Message.objects.create(thread=thread, home=thread, kind=kind, **fields)

    # -- afterwards -------------------------------------------------------------------------------

    @transaction.atomic
    def recall(self, message: Message, *, by: Agent) -> bool:
        """Take an outgoing message back while it has not left; its text becomes a draft again.

        Returns False when it is too late: then nothing changed.
        """
        thread = self._thread
        rows = type(message.outgoing).objects.filter(
            message=message, state=OutgoingState.QUEUED, attempts=0, not_before__gt=timezone.now()
        )
        if message.thread_id != thread.pk or not rows.update(state=OutgoingState.CANCELLED):
            return False
        message.recalled_at = timezone.now()
        message.save(update_fields=["recalled_at"])
        MessageWords.write([message.pk])
        self._undo_reply(message, by=by)
        draft, _created = Draft.objects.update_or_create(
            agent=by,
            thread=thread,
            kind=message.kind,
            defaults={"text": message.text, "html": message.html, "cc": ", ".join(message.other_recipients)},
        )
        draft.attachments.set(message.attachments.all())
        thread.record(EventKind.RECALLED, by=by, message=message)
        thread.announce()
        return True

    def _undo_reply(self, message: Message, *, by: Agent) -> None:
        thread = self._thread
        said = message.events.filter(kind=EventKind.REPLIED).first()
        if said is not None:
            if thread.assignee_id == by.pk and said.data["assignee_before"] is None:
                thread.assign(None, by=by)
            thread.set_status(said.data["status_before"], by=by)
        self.recount()

    def recount(self) -> None:
        """Set the queue's columns from the messages; after a recall, a merge or a split."""
        thread = self._thread
        messages = list(thread.messages.current().order_by("created_at", "pk"))
        public = [one for one in messages if one.kind in PUBLIC_KINDS]
        replies = [one for one in public if one.kind == MessageKind.REPLY]
        last_reply = replies[-1].created_at if replies else None
        asking = [
            one.created_at
            for one in public
            if one.kind == MessageKind.CUSTOMER
            and one.reason != "auto-reply"
            and (last_reply is None or one.created_at > last_reply)
        ]
        inbound = [one.created_at for one in messages if one.kind in INBOUND_KINDS]
        closed = thread.status == Status.CLOSED
        thread._set(
            message_count=len(messages),
            attachment_count=Attachment.objects.filter(message__in=messages).count(),
            excerpt=excerpt(public[-1].text) if public else "",
            active_at=public[-1].created_at if public else thread.created_at,
            inbound_at=inbound[-1] if inbound else None,
            needs_answer=bool(asking) and not closed,
            waiting_since=asking[0] if asking and not closed else None,
            first_response_at=replies[0].created_at if replies else None,
        )

    @transaction.atomic
    def send_again(self, message: Message, *, by: Agent) -> bool:
        """Queue a message that was not delivered once more, as it was. Returns False if it did not fail."""
        rows = type(message.outgoing).objects.filter(message=message, state=OutgoingState.FAILED)
        if not rows.update(state=OutgoingState.QUEUED, attempts=0, not_before=timezone.now(), last_error=""):
            return False
        message.delivery, message.delivery_note = Delivery.QUEUED, ""
        message.save(update_fields=["delivery", "delivery_note"])
        self._thread.announce()
        return True


def excerpt(text: str) -> str:
    """The first words, on one line."""
    return " ".join(text[: EXCERPT * 3].split())[:EXCERPT]
