"""What every mail that leaves has: words from a template, a sender, a row in the outbox."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import Agent
from helpdesk import faults, pings
from helpdesk.mail import Party
from helpdesk.models.desk import DeskSettings
from helpdesk.models.outgoing import OutgoingKind, OutgoingMail

if TYPE_CHECKING:
    from helpdesk.models.contact import Contact


def render(template: str, language: str, **context: Any) -> tuple[str, str, str]:
    """Subject, text and HTML of templates/mail/<template>, in a language; times are the shop's."""
    with translation.override(language), timezone.override(DeskSettings.load().zone):
        subject = render_to_string(f"mail/{template}/subject.txt", context).strip().replace("\n", " ")
        text = render_to_string(f"mail/{template}/body.txt", context).strip() + "\n"
        html = render_to_string(f"mail/{template}/body.html", context)
    return subject[:255], text, html


def domain_of(address: str) -> str:
    """What stands behind the @; a mail needs one even where there is no address."""
    return address.rpartition("@")[2] or "localhost"


def queue(kind: OutgoingKind, sender: Party, **fields: Any) -> OutgoingMail:
    """Write the row, in the caller's transaction; the sender hears of it on commit."""
    row = OutgoingMail.objects.create(kind=kind, from_name=sender.name[:255], from_email=sender.address, **fields)
    faults.at("23 mail queued")
    transaction.on_commit(pings.outbox_filled)
    return row


def sender_of(contact: "Contact", *, by: Agent | None, language: str) -> Party:
    """From: always the contact's own address, so that SPF and DMARC hold; the name says who writes."""
    desk = DeskSettings.load()
    name = f"{by} · {desk.shop_name}" if by else f"{contact.title_in(language)} · {desk.shop_name}"
    return Party(contact.email, name)


def desk_to_write_from() -> "Contact | None":
    """The first contact that has an address."""
    from helpdesk.models.contact import Contact

    return Contact.objects.active().exclude(email="").first()
