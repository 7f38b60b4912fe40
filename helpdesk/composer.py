"""What the composer of a thread shows: the draft of one way of writing, and where it may go."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.languages import in_language
from accounts.models import Agent
from accounts.typed import number
from helpdesk.forms import MAX_COPIES, ComposerForm, forwardable
from helpdesk.mail import plain_address
from helpdesk.models import (
    Attachment,
    CloseReason,
    Contact,
    DeskSettings,
    Draft,
    Message,
    MessageKind,
    Status,
    StatusLabel,
    Thread,
)

MODES = {"reply": MessageKind.REPLY, "note": MessageKind.NOTE, "forward": MessageKind.FORWARD}


@dataclass(frozen=True)
class SendOption:
    """One way to send: the status afterwards and the words on its button."""

    status: str
    label: str
    alias: str = ""  # what the team calls the status, where that is something else


@dataclass
class Composer:
    """Everything the template _composer.html needs beside the thread."""

    mode: str
    draft: Draft | None
    files: list[Attachment]
    last_message: int
    options: list[SendOption]  # the first is the default
    reasons: list[CloseReason] = field(default_factory=list)  # of which closing demands one
    signature: str = ""  # what the mail will carry below the text
    form: ComposerForm | None = None
    newer: list[Message] = field(default_factory=list)
    copies: str = ""  # who else gets it: as the draft says, else all who take part
    form_key: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def has_draft(self) -> bool:
        """There is something that could be lost."""
        return self.draft is not None and bool(self.draft.html or self.files)


def kind_of(mode: str) -> MessageKind:
    """The kind of message a mode writes; an unknown word is a reply."""
    return MODES.get(mode, MessageKind.REPLY)


def composer_for(
    thread: Thread,
    agent: Agent,
    mode: str,
    *,
    desk: DeskSettings,
    labels: dict[str, StatusLabel],
    form: ComposerForm | None = None,
    newer: list[Message] | None = None,
    last_message: int | None = None,
    said: list[Message] | None = None,
) -> Composer:
    """The composer in a mode, with the agent's draft in it. `said`: the conversation, where it was read already."""
    mode = mode if mode in MODES else "reply"
    draft = Draft.objects.filter(thread=thread, agent=agent, kind=kind_of(mode)).first()
    if last_message is None:
        last_message = thread.messages.current().order_by("-pk").values_list("pk", flat=True).first() or 0
    return Composer(
        mode=mode,
        draft=draft,
        files=[one for one in draft.attachments.all() if not one.is_inline] if draft else [],
        last_message=last_message,
        options=send_options(thread, desk, labels, chosen=form.data.get("then", "") if form else ""),
        reasons=CloseReason.in_use() if desk.asks_reason else [],
        signature=signature_of(thread, agent, desk),
        form=form,
        newer=newer or [],
        copies=draft.cc if draft else ", ".join(_copies(thread, said)) if mode == "reply" else "",
    )


def _copies(thread: Thread, said: list[Message] | None) -> list[str]:
    """Who gets a copy: those that the thread names, and all who take part."""
    return list(dict.fromkeys([*thread.cc, *participants(thread, said)]))


def participants(thread: Thread, said: list[Message] | None) -> list[str]:
    """Whom the customer's last message went to besides us, as a proposal that the agent sees: answering is to all.

    Nothing is sent to them by itself. A stranger's message proposes nobody, nor does a robot's.
    """
    messages = thread.messages.current() if said is None else said
    asked = (one for one in messages if one.kind == MessageKind.CUSTOMER and not one.is_from_stranger)
    last = max(asked, key=lambda one: one.pk, default=None)
    if last is None or last.reason or last.author_email != thread.email:
        return []
    named = [*last.recipients.get("to", ()), *last.recipients.get("cc", ())]
    own = {plain_address(one) for one in Contact.own_addresses()} | {thread.email.lower()}
    others = dict.fromkeys(one.lower() for one in named)
    return [one for one in others if plain_address(one) not in own][:MAX_COPIES]


def signature_of(thread: Thread, agent: Agent, desk: DeskSettings) -> str:
    """The agent's own, and the contact's or the desk's below it."""
    below = in_language(thread.contact.signatures, thread.language) or desk.default_message(thread.language)
    return "\n".join(part for part in (agent.signature, below) if part)


def send_options(
    thread: Thread, desk: DeskSettings, labels: dict[str, StatusLabel], *, chosen: str = ""
) -> list[SendOption]:
    """The four ways to send; the one chosen, else the contact's or the desk's own, comes first."""
    first = chosen if chosen in Status.values else thread.contact.after_reply or desk.after_reply
    words = {
        Status.OPEN: _("Send and keep open"),
        Status.CLOSED: _("Send and close"),
        **{
            status: _("Send and %(status)s") % {"status": status.label}
            for status in (Status.PENDING_1, Status.PENDING_2)
        },
    }
    aliases = {status: labels[status].label for status in Status if labels[status].label != status.label}
    options = [SendOption(status.value, words[status], aliases.get(status, "")) for status in Status]
    return sorted(options, key=lambda option: option.status != first)


def forward_choices(thread: Thread, form: ComposerForm | None) -> dict[str, Any]:
    """What a forward may take along; the customer's messages are chosen at first, with their files."""
    messages = list(forwardable(thread))
    data = form.data if form else None
    if isinstance(data, QueryDict):
        marked, files = (set(map(number, data.getlist(name))) for name in ("messages", "attachments"))
    else:
        marked = {one.pk for one in messages if one.kind == MessageKind.CUSTOMER}
        files = {
            file.pk for one in messages if one.pk in marked for file in one.attachments.all() if not file.is_inline
        }
    return {
        "people": thread.contact.people(),
        "forwardable": [
            {
                "message": one,
                "chosen": one.pk in marked,
                "files": [{"file": file, "chosen": file.pk in files} for file in one.attachments.all()],
            }
            for one in messages
        ],
    }


def newer_than(thread: Thread, last_message: int | None, *, writer: Agent) -> list[Message]:
    """What others said since the composer was rendered; nothing where it does not say when that was."""
    if not last_message:
        return []
    messages = thread.messages.current().filter(pk__gt=last_message).exclude(author=writer)
    return list(messages.select_related("author").prefetch_related("attachments"))
