"""What an agent writes in a thread: to the customer, and to somebody outside."""

from datetime import datetime
from typing import TYPE_CHECKING

from accounts.models import Agent
from helpdesk import html as markup
from helpdesk import links, tokens
from helpdesk.letters.envelope import domain_of, queue, render, sender_of
from helpdesk.models.message import TOKEN_KINDS, Delivery, Message, MessageKind
from helpdesk.models.outgoing import OutgoingKind, OutgoingMail

if TYPE_CHECKING:
    from helpdesk.models.attachment import Attachment
    from helpdesk.models.thread import Thread

CHAIN = 20  # ids in References


def _subject(thread: "Thread", *, is_first: bool) -> str:
    """As it was written in the mail that begins a thread; then `Re: <subject> [#12]`.

    The number is for people, never a proof.
    """
    tag = f"[#{thread.pk}]"
    if is_first:
        return thread.subject or tag
    subject = thread.subject if tag in thread.subject else f"{thread.subject} {tag}".strip()
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def _said_before(message: Message) -> list[tuple[str, str]]:
    """Kind and id of each mail or form between the customer and us, up to this message."""
    earlier = message.thread.messages.public().exclude(pk=message.pk).order_by("created_at", "pk")
    return list(earlier.values_list("kind", "message_id"))


def _references(said: list[tuple[str, str]]) -> tuple[str, list[str]]:
    """The id of the customer's last message, and the chain of ids up to it."""
    chain = [one for one in said if one[1].startswith("<")]
    last = next((message_id for kind, message_id in reversed(chain) if kind == MessageKind.CUSTOMER), "")
    return last, [message_id for _, message_id in chain][-CHAIN:]


def queue_reply(message: Message, *, by: Agent, not_before: datetime, asks_rating: bool = False) -> OutgoingMail:
    """Queue an agent's reply to the customer, with the signature below and the customer's last words quoted."""
    thread, contact = message.thread, message.thread.contact
    said, ids = _said_before(message), _ids(message)
    in_reply_to, references = _references(said)
    context = {
        "body_text": message.text,
        "body_html": markup.for_mail(message.html, _pictures(message)),
        "signature": "\n".join(part for part in (by.signature, contact.signature(thread.language)) if part),
        "rating": links.rating_urls(thread) if asks_rating else [],
        "marker": tokens.marker_of(ids["message_id_header"]),
        "quoted": thread.messages.public().filter(kind=MessageKind.CUSTOMER).order_by("-created_at", "-pk").first(),
    }
    _, text, html = render("reply", thread.language, **context)
    row = queue(
        OutgoingKind.MESSAGE,
        sender_of(contact, by=by, language=thread.language),
        thread=thread,
        message=message,
        contact=contact,
        to=message.recipients["to"],
        cc=message.recipients.get("cc", []),
        subject=_subject(thread, is_first=not said)[:255],
        text=text,
        html=html,
        in_reply_to=in_reply_to,
        references=references,
        not_before=not_before,
        **ids,
    )
    row.attachments.set(message.attachments.all())
    _mark_queued(message, row)
    return row


def _pictures(message: Message) -> dict[int, str]:
    return dict(message.attachments.filter(is_inline=True).values_list("pk", "content_id"))


def queue_forward(
    message: Message, chosen: list[Message], attachments: "list[Attachment]", *, by: Agent, not_before: datetime
) -> OutgoingMail:
    """Queue the chosen messages for somebody outside; the answer comes back as a third party's."""
    thread, contact, ids = message.thread, message.thread.contact, _ids(message)
    context = {"signature": contact.signature(thread.language), "marker": tokens.marker_of(ids["message_id_header"])}
    _, text, html = render("forward", thread.language, note=message.text, messages=chosen, **context)
    row = queue(
        OutgoingKind.MESSAGE,
        sender_of(contact, by=by, language=thread.language),
        thread=thread,
        message=message,
        contact=contact,
        to=message.recipients["to"],
        subject=f"Fwd: {thread.subject}"[:255],
        text=text,
        html=html,
        not_before=not_before,
        **ids,
    )
    row.attachments.set([*attachments, *message.attachments.all()])
    _mark_queued(message, row)
    return row


def _ids(message: Message) -> dict[str, str]:
    kind, contact = TOKEN_KINDS[MessageKind(message.kind)], message.thread.contact
    return {
        "message_id_header": tokens.mint_message_id(kind, message.thread_id, domain_of(contact.email)),
        "reply_to": tokens.mint_address(kind, message.thread_id, contact.email) if contact.plus_addresses else "",
    }


def _mark_queued(message: Message, row: OutgoingMail) -> None:
    message.message_id, message.in_reply_to, message.subject = row.message_id_header, row.in_reply_to, row.subject
    message.delivery = Delivery.QUEUED
    message.save(update_fields=["message_id", "in_reply_to", "subject", "recipients", "delivery"])
