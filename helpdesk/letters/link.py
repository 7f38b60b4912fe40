"""What the desk itself sends to a customer with the link to their page of a thread."""

from typing import TYPE_CHECKING, Any

from helpdesk import links, tokens
from helpdesk.letters.envelope import domain_of, queue, render, sender_of
from helpdesk.models.desk import DeskSettings
from helpdesk.models.outgoing import OutgoingKind, OutgoingMail

if TYPE_CHECKING:
    from helpdesk.models.thread import Thread


def queue_acknowledgement(thread: "Thread", *, in_reply_to: str) -> OutgoingMail:
    """Queue the confirmation of receipt: none of the sender's words, no files, the private link."""
    answered = in_reply_to if in_reply_to.startswith("<") else ""
    return _queue_private_link(
        OutgoingKind.ACKNOWLEDGEMENT,
        thread,
        {"hours": DeskSettings.load().answer_hours},
        in_reply_to=answered,
        references=[answered] if answered else [],
        auto_submitted="auto-replied",
    )


def queue_link(thread: "Thread") -> OutgoingMail:
    """Queue a new private link for the address on file, whoever asked for it."""
    return _queue_private_link(OutgoingKind.LINK, thread, {"days": links.PORTAL_DAYS}, auto_submitted="auto-generated")


def queue_closing(thread: "Thread") -> OutgoingMail:
    """Queue the notice that a thread closes on its date unless the customer answers."""
    words = {"subject": thread.subject, "closing_at": thread.closing_at}
    return _queue_private_link(OutgoingKind.CLOSING, thread, words, auto_submitted="auto-generated")


def _queue_private_link(kind: OutgoingKind, thread: "Thread", words: dict[str, Any], **fields: Any) -> OutgoingMail:
    """Queue a mail of the desk itself to the customer, with the link to their page of the thread."""
    message_id = tokens.mint_message_id(tokens.Kind.CUSTOMER, thread.pk, domain_of(thread.contact.email))
    subject, text, html = render(
        kind.name.lower(),
        thread.language,
        thread_id=thread.pk,
        shop=DeskSettings.load().shop_name,
        link=links.portal_url(thread),
        marker=tokens.marker_of(message_id),
        signature=thread.contact.signature(thread.language),
        **words,
    )
    return queue(
        kind,
        sender_of(thread.contact, by=None, language=thread.language),
        thread=thread,
        contact=thread.contact,
        to=[thread.email],
        subject=subject,
        text=text,
        html=html,
        message_id_header=message_id,
        **fields,
    )
