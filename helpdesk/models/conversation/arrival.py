"""What comes in from outside."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone

from helpdesk import cards, context, notices, shops
from helpdesk import html as markup
from helpdesk.mail import InboundMail
from helpdesk.models.attachment import Attachment
from helpdesk.models.conversation.speech import excerpt
from helpdesk.models.conversation.thanking import REASON, Thanking
from helpdesk.models.desk import Folder, Holder, Status
from helpdesk.models.event import EventKind
from helpdesk.models.marks import NoticeKind
from helpdesk.models.message import WANT_NO_ANSWER, Message, MessageKind
from helpdesk.models.words import MessageWords


def received_key(contact_id: int, mail: InboundMail) -> str | None:
    """What makes a mail the same mail again at one contact: its id and its content, not the id alone."""
    if not mail.message_id:
        return None
    return hashlib.sha256(f"{contact_id}|{mail.message_id}|{mail.digest}".encode()).hexdigest()


class Arrival(Thanking):
    """Verbs for mail and forms. Each returns the message it made."""

    class Meta:
        abstract = True

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
        if thread.folder == Folder.DESK:
            context.count_new_thread(thread.customer_id)
        fields = self._received(mail, MessageKind.CUSTOMER)
        message = Message.objects.create(thread=thread, home=thread, created_at=now, **fields)
        files = [Attachment.objects.add(file, message=message) for file in mail.files]
        MessageWords.add(message, thread, files)
        thread.keep_time()
        begun = thread.fact(EventKind.CREATED, at=thread.created_at, actor_name=thread.sender)
        received = thread.fact(EventKind.RECEIVED, at=now, actor_name=message.who, message=message)
        type(begun).objects.bulk_create([begun, received])
        shops.tell(thread, begun)
        thread.announce()
        return message

    @transaction.atomic(savepoint=False)
    def receive(self, mail: InboundMail, *, third_party: bool = False, stranger: bool = False) -> Message:
        """Add what came from outside. A customer's message reopens; an automatic one never does, nor mere thanks."""
        thread = self._thread
        self._hold()
        is_quiet = not (third_party or stranger) and self.is_only_thanked(mail)
        fields = self._received(mail, MessageKind.THIRD_PARTY if third_party else MessageKind.CUSTOMER)
        if is_quiet:
            fields["reason"] = REASON
        message = Message.objects.create(thread=thread, home=thread, is_from_stranger=stranger, **fields)
        files = [Attachment.objects.add(file, message=message) for file in mail.files]
        MessageWords.add(message, thread, files)
        wants_answer = not third_party and message.reason not in WANT_NO_ANSWER
        self._note_arrival(message, len(mail.files), answers_wanted=wants_answer)
        what = EventKind.THIRD_PARTY if third_party else EventKind.RECEIVED
        thread.record(what, actor_name=message.who, message=message)
        if third_party and thread.status in (Status.PENDING_1, Status.PENDING_2):
            thread.reopen(by=None)
        if is_quiet:
            self.note_thanks(message)
        elif thread.assignee and thread.message_count > 1:
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
            "cards": cards.of_mail(mail),
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
