"""The week, to a supervisor; and how any mail leaves that an agent gets by the clock."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from accounts.models import Agent
from helpdesk import tokens
from helpdesk.letters.envelope import desk_to_write_from, domain_of, queue, render
from helpdesk.mail import Party
from helpdesk.models.attachment import Attachment
from helpdesk.models.desk import DeskSettings
from helpdesk.models.outgoing import OutgoingKind, OutgoingMail


def queue_week(agent: Agent, words: Callable[[], dict[str, Any]], *, unsubscribe: str) -> OutgoingMail:
    """Queue the mail in the agent's language; `words` are asked for in it."""
    return queue_to_reader("week", agent, words, unsubscribe=unsubscribe)


def queue_to_reader(
    template: str, agent: Agent, words: Callable[[], dict[str, Any]], *, unsubscribe: str
) -> OutgoingMail:
    """Queue a mail of that template to an agent who may end it by one click."""
    contact, desk = desk_to_write_from(), DeskSettings.load()
    language = agent.language or desk.language
    with translation.override(language), timezone.override(desk.zone):
        told = words()
        subject, text, html = render(template, language, **told)
    sender = Party(contact.email if contact else settings.DEFAULT_FROM_EMAIL, desk.shop_name)
    row = queue(
        OutgoingKind.NOTICE,
        sender,
        contact=contact,
        to=[agent.email],
        subject=subject,
        text=text,
        html=html,
        unsubscribe=unsubscribe,
        message_id_header=tokens.mint_message_id(tokens.Kind.NOTICE, 0, domain_of(sender.address)),
        auto_submitted="auto-generated",
    )
    row.attachments.set([Attachment.objects.add(one.as_file()) for one in told.get("pictures", ())])
    return row
