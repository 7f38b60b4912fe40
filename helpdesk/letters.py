"""Builds outgoing mail as rows: who it is from, what it says, which mails it answers."""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import Agent
from helpdesk import context, links, pings, tokens
from helpdesk import html as markup
from helpdesk.mail import InboundMail, Party
from helpdesk.models.desk import DeskSettings
from helpdesk.models.message import TOKEN_KINDS, Delivery, Message, MessageKind
from helpdesk.models.outgoing import OutgoingKind, OutgoingMail

if TYPE_CHECKING:
    from helpdesk.models.attachment import Attachment
    from helpdesk.models.contact import Contact
    from helpdesk.models.thread import Thread

CHAIN = 20  # ids in References


def reply_subject(thread: "Thread") -> str:
    """`Re: <subject> [#12]`; the number is for people, never a proof."""
    tag = f"[#{thread.pk}]"
    subject = thread.subject if tag in thread.subject else f"{thread.subject} {tag}".strip()
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def render(template: str, language: str, **context: Any) -> tuple[str, str, str]:
    """Subject, text and HTML of templates/mail/<template>, in a language; times are the shop's."""
    with translation.override(language), timezone.override(ZoneInfo(DeskSettings.load().time_zone)):
        subject = render_to_string(f"mail/{template}/subject.txt", context).strip().replace("\n", " ")
        text = render_to_string(f"mail/{template}/body.txt", context).strip() + "\n"
        html = render_to_string(f"mail/{template}/body.html", context)
    return subject[:255], text, html


def _domain(address: str) -> str:
    return address.rpartition("@")[2] or "localhost"


def _references(thread: "Thread") -> tuple[str, list[str]]:
    """The id of the customer's last message, and the chain of ids up to it."""
    chain = [
        one
        for one in thread.messages.public()
        .exclude(message_id="")
        .order_by("created_at", "pk")
        .values_list("kind", "message_id")
        if one[1].startswith("<")
    ]
    last = next((message_id for kind, message_id in reversed(chain) if kind == MessageKind.CUSTOMER), "")
    return last, [message_id for _, message_id in chain][-CHAIN:]


def _queue(kind: OutgoingKind, sender: Party, **fields: Any) -> OutgoingMail:
    row = OutgoingMail.objects.create(kind=kind, from_name=sender.name[:255], from_email=sender.address, **fields)
    transaction.on_commit(pings.outbox_filled)
    return row


def sender_of(contact: "Contact", *, by: Agent | None, language: str) -> Party:
    """From: always the contact's own address, so that SPF and DMARC hold; the name says who writes."""
    desk = DeskSettings.load()
    name = f"{by} · {desk.shop_name}" if by else f"{contact.title_in(language)} · {desk.shop_name}"
    return Party(contact.email, name)


def queue_reply(message: Message, *, by: Agent, not_before: datetime) -> OutgoingMail:
    """Queue an agent's reply to the customer, with the signature below and the customer's last words quoted."""
    thread, contact = message.thread, message.thread.contact
    in_reply_to, references = _references(thread)
    context = {
        "body_text": message.text,
        "body_html": markup.for_mail(message.html, _pictures(message)),
        "signature": "\n".join(part for part in (by.signature, contact.signature(thread.language)) if part),
        "quoted": thread.messages.public().filter(kind=MessageKind.CUSTOMER).order_by("-created_at", "-pk").first(),
    }
    _, text, html = render("reply", thread.language, **context)
    row = _queue(
        OutgoingKind.MESSAGE,
        sender_of(contact, by=by, language=thread.language),
        thread=thread,
        message=message,
        contact=contact,
        to=message.recipients["to"],
        cc=message.recipients.get("cc", []),
        subject=reply_subject(thread)[:255],
        text=text,
        html=html,
        in_reply_to=in_reply_to,
        references=references,
        not_before=not_before,
        **_ids(message),
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
    thread, contact = message.thread, message.thread.contact
    _, text, html = render(
        "forward", thread.language, note=message.text, messages=chosen, signature=contact.signature(thread.language)
    )
    row = _queue(
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
        **_ids(message),
    )
    row.attachments.set([*attachments, *message.attachments.all()])
    _mark_queued(message, row)
    return row


def _ids(message: Message) -> dict[str, str]:
    kind, contact = TOKEN_KINDS[MessageKind(message.kind)], message.thread.contact
    return {
        "message_id_header": tokens.mint_message_id(kind, message.thread_id, _domain(contact.email)),
        "reply_to": tokens.mint_address(kind, message.thread_id, contact.email) if contact.plus_addresses else "",
    }


def _mark_queued(message: Message, row: OutgoingMail) -> None:
    message.message_id, message.in_reply_to, message.subject = row.message_id_header, row.in_reply_to, row.subject
    message.delivery = Delivery.QUEUED
    message.save(update_fields=["message_id", "in_reply_to", "subject", "recipients", "delivery"])


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


def _queue_private_link(kind: OutgoingKind, thread: "Thread", words: dict[str, Any], **fields: Any) -> OutgoingMail:
    """Queue a mail of the desk itself to the customer, with the link to their page of the thread."""
    subject, text, html = render(
        kind.name.lower(),
        thread.language,
        thread_id=thread.pk,
        shop=DeskSettings.load().shop_name,
        link=links.portal_url(thread),
        signature=thread.contact.signature(thread.language),
        **words,
    )
    return _queue(
        kind,
        sender_of(thread.contact, by=None, language=thread.language),
        thread=thread,
        contact=thread.contact,
        to=[thread.email],
        subject=subject,
        text=text,
        html=html,
        message_id_header=tokens.mint_message_id(tokens.Kind.CUSTOMER, thread.pk, _domain(thread.contact.email)),
        **fields,
    )


def queue_notice(
    agent: Agent,
    thread: "Thread",
    *,
    headline: str,
    text: str,
    by_name: str,
    messages: "list[Message] | None" = None,
) -> OutgoingMail:
    """Queue a mail that tells an agent about a thread, with a link to it."""
    reply_to = _address_of_agents(thread)
    subject, body, html = render(
        "notice",
        agent.language or DeskSettings.load().language,
        may_answer=bool(reply_to),
        headline=headline,
        thread=thread,
        text=text,
        by_name=by_name,
        messages=messages or [],
        link=links.thread_url(thread),
    )
    return _queue(
        OutgoingKind.NOTICE,
        sender_of(thread.contact, by=None, language=agent.language or thread.language),
        thread=thread,
        contact=thread.contact,
        to=[agent.email],
        subject=subject,
        text=body,
        html=html,
        message_id_header=tokens.mint_message_id(tokens.Kind.NOTICE, thread.pk, _domain(thread.contact.email)),
        reply_to=reply_to,
        auto_submitted="auto-generated",
    )


def _address_of_agents(thread: "Thread") -> str:
    """Where an agent may answer a notice by mail; empty where that is switched off, or no such address arrives."""
    wanted = DeskSettings.load().replies_by_mail and thread.contact.plus_addresses
    return tokens.mint_address(tokens.Kind.AGENT, thread.pk, thread.contact.email) if wanted else ""


def queue_follow_up(claimed: context.Claimed) -> OutgoingMail | None:
    """Queue a mail that follows a cart or an order; None where no contact has an address to send from.

    It is signed as a reminder, so that an answer begins a thread that knows what it is about.
    """
    from helpdesk.models.contact import Contact

    contact = Contact.objects.active().exclude(email="").first()
    if contact is None:
        return None
    desk, customer = DeskSettings.load(), claimed.customer
    language = customer.language if customer.language in dict(settings.LANGUAGES) else desk.language
    subject, words = context.follow_up_words(
        claimed, language=language, shop_name=desk.shop_name, shop_url=desk.shop_url
    )
    unsubscribe = context.unsubscribe_url(customer)
    _, text, html = render(
        "follow_up", language, words=words, shop=desk.shop_name, signature=contact.signature(language), link=unsubscribe
    )
    kind, follow_up_id = tokens.Kind.REMINDER, claimed.follow_up.pk
    return _queue(
        OutgoingKind.FOLLOW_UP,
        sender_of(contact, by=None, language=language),
        contact=contact,
        to=[customer.email],
        subject=subject,
        text=text,
        html=html,
        message_id_header=tokens.mint_message_id(kind, follow_up_id, _domain(contact.email)),
        reply_to=tokens.mint_address(kind, follow_up_id, contact.email) if contact.plus_addresses else "",
        unsubscribe=unsubscribe,
        auto_submitted="auto-generated",
    )


def relay_id(contact: "Contact", mail: InboundMail) -> str:
    """The Message-ID under which a form message is sent on: the same for the same message."""
    nonce = hashlib.sha256(f"relay|{contact.pk}|{mail.message_id}|{mail.digest}".encode()).hexdigest()[:16]
    return tokens.mint_message_id(tokens.Kind.NOTICE, 0, _domain(contact.email), nonce=nonce)


def queue_relay(contact: "Contact", mail: InboundMail, *, message_id: str, files: "list[Attachment]") -> OutgoingMail:
    """Queue a form message for a contact that stores none; the row's words are erased once it is sent."""
    desk = DeskSettings.load()
    subject, text, html = render("relay", desk.language, mail=mail, contact=contact)
    row = _queue(
        OutgoingKind.RELAY,
        Party(contact.email, f"{mail.sender_name or mail.sender} · {desk.shop_name}"),
        contact=contact,
        to=[contact.email],
        reply_to=mail.sender,
        subject=subject,
        text=text,
        html=html,
        message_id_header=message_id,
        auto_submitted="auto-generated",
    )
    row.attachments.set(files)
    return row


def desk_to_write_from() -> "Contact | None":
    """The first contact that has an address."""
    from helpdesk.models.contact import Contact

    return Contact.objects.active().exclude(email="").first()


def queue_to_agent(to: list[str], *, subject: str, text: str, html: str = "") -> OutgoingMail:
    """Queue a mail about an agent's account, such as a link to sign in, from the first contact with an address."""
    contact, desk = desk_to_write_from(), DeskSettings.load()
    sender = Party(contact.email if contact else settings.DEFAULT_FROM_EMAIL, desk.shop_name)
    return _queue(
        OutgoingKind.NOTICE,
        sender,
        contact=contact,
        to=to,
        subject=subject[:255],
        text=text,
        html=html or markup.from_text(text),
        message_id_header=tokens.mint_message_id(tokens.Kind.NOTICE, 0, _domain(sender.address)),
        auto_submitted="auto-generated",
    )


def queue_to_customer(letter: str, customer: Any, *, to: str, token: str, language: str = "") -> OutgoingMail:
    """Queue a letter about a customer's account, with a link to their private area; settings.CUSTOMER_POST names this.

    `letter` is a folder of templates/mail/ and the name of the page that the link leads to.
    """
    contact, desk = desk_to_write_from(), DeskSettings.load()
    spoken = customer.language or language or desk.language
    subject, text, html = render(
        letter,
        spoken,
        customer=customer,
        address=to,
        shop=desk.shop_name,
        link=links.area_url(letter, token),
        signature=contact.signature(spoken) if contact else "",
    )
    sender = Party(contact.email if contact else settings.DEFAULT_FROM_EMAIL, desk.shop_name)
    return _queue(
        OutgoingKind.ACCOUNT,
        sender,
        contact=contact,
        to=[to],
        subject=subject,
        text=text,
        html=html,
        message_id_header=tokens.mint_message_id(tokens.Kind.NOTICE, 0, _domain(sender.address)),
        auto_submitted="auto-generated",
    )
