"""What an agent is told by mail."""

from typing import TYPE_CHECKING

from django.conf import settings

from accounts.models import Agent
from helpdesk import html as markup
from helpdesk import links, tokens
from helpdesk.letters.envelope import desk_to_write_from, domain_of, queue, render, sender_of
from helpdesk.mail import Party
from helpdesk.models.desk import DeskSettings
from helpdesk.models.message import Message
from helpdesk.models.outgoing import OutgoingKind, OutgoingMail

if TYPE_CHECKING:
    from helpdesk.models.contact import Contact
    from helpdesk.models.thread import Thread


def queue_notice(
    agent: Agent,
    thread: "Thread",
    *,
    headline: str,
    text: str,
    by_name: str,
    messages: "list[Message] | None" = None,
    page: str = "",
) -> OutgoingMail:
    """Queue a mail that tells an agent about a thread, with a link to it; or about several, with one to a `page`."""
    reply_to = "" if page else _address_of_agents(thread)
    subject, body, html = render(
        "notice",
        agent.language or DeskSettings.load().language,
        may_answer=bool(reply_to),
        headline=headline,
        thread=thread,
        text=text,
        by_name=by_name,
        messages=messages or [],
        link=page or links.thread_url(thread),
        is_about_many=bool(page),
    )
    return queue(
        OutgoingKind.NOTICE,
        sender_of(thread.contact, by=None, language=agent.language or thread.language),
        thread=thread,
        contact=thread.contact,
        to=[agent.email],
        subject=subject,
        text=body,
        html=html,
        message_id_header=tokens.mint_message_id(tokens.Kind.NOTICE, thread.pk, domain_of(thread.contact.email)),
        reply_to=reply_to,
        auto_submitted="auto-generated",
    )


def _address_of_agents(thread: "Thread") -> str:
    """Where an agent may answer a notice by mail; empty where that is switched off, or no such address arrives."""
    wanted = DeskSettings.load().replies_by_mail and thread.contact.plus_addresses
    return tokens.mint_address(tokens.Kind.AGENT, thread.pk, thread.contact.email) if wanted else ""


def queue_to_agent(
    to: list[str], *, subject: str, text: str, html: str = "", contact: "Contact | None" = None
) -> OutgoingMail:
    """Queue a mail outside any thread, such as a link to sign in; from `contact`, else the first with an address."""
    contact, desk = contact or desk_to_write_from(), DeskSettings.load()
    sender = Party((contact.email if contact else "") or settings.DEFAULT_FROM_EMAIL, desk.shop_name)
    return queue(
        OutgoingKind.NOTICE,
        sender,
        contact=contact,
        to=to,
        subject=subject[:255],
        text=text,
        html=html or markup.from_text(text),
        message_id_header=tokens.mint_message_id(tokens.Kind.NOTICE, 0, domain_of(sender.address)),
        auto_submitted="auto-generated",
    )
