"""What an agent says: to the customer, to the team, to somebody outside."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agent
from helpdesk import html as markup
from helpdesk import letters, notices
from helpdesk.mail import MailFile
from helpdesk.models.attachment import Attachment
from helpdesk.models.close_reason import CloseReason
from helpdesk.models.conversation.speech import Speech, excerpt
from helpdesk.models.desk import DeskSettings, Holder, Status
from helpdesk.models.event import EventKind
from helpdesk.models.lifecycle import holder_in
from helpdesk.models.marks import Draft, NoticeKind
from helpdesk.models.message import Message, MessageKind
from helpdesk.models.rating import Rating
from helpdesk.models.reply import PredefinedReply
from helpdesk.models.words import MessageWords

if TYPE_CHECKING:
    pass


class Answer(Speech):
    """Verbs for agents. Each returns the message it made."""

    class Meta:
        abstract = True

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
        reason: CloseReason | None = None,
        macro: PredefinedReply | None = None,
        form_key: str = "",
    ) -> Message:
        """Answer the customer: `html` as the editor wrote it, or plain `text`.

        The mail is queued in this transaction and leaves after the time to undo. `then` is the status
        afterwards, `reason` why it is closed; empty means the contact's or the desk's own rule. The first who
        replies takes the thread. With `macro`, a predefined reply's status, tags and assignee are set too.
        Raises ValueError if there is nothing to say or nobody to say it to, ReasonMissing as set_status().
        """
        thread, desk = self._thread, DeskSettings.load()
        html, text = markup.both_forms(html, text)
        if not thread.email:
            raise ValueError(_("This thread has no e-mail address to answer to."))
        before: dict[str, Any] = {"status_before": thread.status, "assignee_before": thread.assignee_id}
        message = self._say(MessageKind.REPLY, text, html, by, files, attachments, form_key)
        message.recipients = {"to": [thread.email], "cc": [one for one in cc if one]}
        not_before = timezone.now() + timedelta(seconds=desk.undo_seconds)
        status = Status((macro.then if macro else "") or then or thread.contact.after_reply or desk.after_reply)
        asks = desk.asks_rating and status == Status.CLOSED
        rates = bool(asks and Rating.objects.invite(thread, by=by, message=message))
        letters.queue_reply(message, by=by, not_before=not_before, asks_rating=rates)
        now = message.created_at
        thread.meet_answer(by=by)
        thread._set(
            active_at=now,
            excerpt=excerpt(text),
            needs_answer=False,
            waiting_since=None,
            first_response_at=thread.first_response_at or now,
        )
        drafts = Draft.objects.filter(agent=by, thread=thread, kind=MessageKind.REPLY)
        if (draft := drafts.first()) and draft.replies:
            before["replies"] = draft.replies
        thread.record(EventKind.REPLIED, by=by, message=message, **before)
        if thread.assignee_id is None:
            thread.assign(by, by=by)
        if macro:
            self._do_more(macro, by=by)
        thread.keep_promise(message)
        thread.set_status(status, by=by, reason=reason)
        thread._set(holder=holder_in(status) if status != Status.OPEN else Holder.CUSTOMER)
        drafts.delete()
        thread.mark_read(by=by)
        thread.announce()
        return message

    def _do_more(self, macro: PredefinedReply, *, by: Agent) -> None:
        """What a predefined reply does besides its text; whoever may not see the thread is not put in charge."""
        thread = self._thread
        if names := {tag.name for tag in macro.tags.all()}:
            thread.set_tags({tag.name for tag in thread.tags.all()} | names, by=by)
        to = macro.assignee
        if to and to.is_active and type(thread).objects.visible_to(to).filter(pk=thread.pk).exists():
            thread.assign(to, by=by)

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
        reason: CloseReason | None = None,
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
                self._thread.set_status(then, by=by, reason=reason)
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
