"""Mails about a customer's account."""

from typing import Any

from django.conf import settings

from helpdesk import links, tokens
from helpdesk.letters.envelope import desk_to_write_from, domain_of, queue, render
from helpdesk.mail import Party
from helpdesk.models.desk import DeskSettings
from helpdesk.models.outgoing import OutgoingKind, OutgoingMail


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
    return queue(
        OutgoingKind.ACCOUNT,
        sender,
        contact=contact,
        customer=customer,
        to=[to],
        subject=subject,
        text=text,
        html=html,
        message_id_header=tokens.mint_message_id(tokens.Kind.NOTICE, 0, domain_of(sender.address)),
        auto_submitted="auto-generated",
    )
