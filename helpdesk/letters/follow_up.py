"""Mails that follow a cart or an order."""

from typing import TYPE_CHECKING

from django.conf import settings

from helpdesk import context, tokens
from helpdesk.letters.envelope import desk_to_write_from, domain_of, queue, render, sender_of
from helpdesk.models.desk import DeskSettings
from helpdesk.models.outgoing import OutgoingKind, OutgoingMail

if TYPE_CHECKING:
    pass


def queue_follow_up(claimed: context.Claimed) -> OutgoingMail | None:
    """Queue a mail that follows a cart or an order; None where no contact has an address to send from.

    It is signed as a reminder, so that an answer begins a thread that knows what it is about.
    """
    contact = desk_to_write_from()
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
    context.mail_changed(customer.pk)
    return queue(
        OutgoingKind.FOLLOW_UP,
        sender_of(contact, by=None, language=language),
        contact=contact,
        customer=customer,
        to=[customer.email],
        subject=subject,
        text=text,
        html=html,
        message_id_header=tokens.mint_message_id(kind, follow_up_id, domain_of(contact.email)),
        reply_to=tokens.mint_address(kind, follow_up_id, contact.email) if contact.plus_addresses else "",
        unsubscribe=unsubscribe,
        auto_submitted="auto-generated",
    )
