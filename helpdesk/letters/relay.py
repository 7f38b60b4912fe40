"""A form message for a contact that stores none, sent on."""

import hashlib
from typing import TYPE_CHECKING

from helpdesk import tokens
from helpdesk.letters.envelope import domain_of, queue, render
from helpdesk.mail import InboundMail, Party
from helpdesk.models.desk import DeskSettings
from helpdesk.models.outgoing import OutgoingKind, OutgoingMail

if TYPE_CHECKING:
    from helpdesk.models.attachment import Attachment
    from helpdesk.models.contact import Contact


def relay_id(contact: "Contact", mail: InboundMail) -> str:
    """The Message-ID under which a form message is sent on: the same for the same message."""
    nonce = hashlib.sha256(f"relay|{contact.pk}|{mail.message_id}|{mail.digest}".encode()).hexdigest()[:16]
    return tokens.mint_message_id(tokens.Kind.NOTICE, 0, domain_of(contact.email), nonce=nonce)


def queue_relay(contact: "Contact", mail: InboundMail, *, message_id: str, files: "list[Attachment]") -> OutgoingMail:
    """Queue a form message for a contact that stores none; the row's words are erased once it is sent."""
    desk = DeskSettings.load()
    subject, text, html = render("relay", desk.language, mail=mail, contact=contact)
    row = queue(
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
