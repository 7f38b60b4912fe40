"""Signed envelope senders (VERP): what comes to one names the mail that left with it, whatever it quotes or leaves out.

Reports of mail servers go there, and away messages (RFC 3834, section 4).
"""

from collections.abc import Iterable

from helpdesk import tokens
from helpdesk.models.outgoing import OutgoingMail

LONGEST_LOCAL = 64  # octets before the @ (RFC 5321, section 4.5.3.1.1)


def return_path_of(row: OutgoingMail) -> str:
    """Such as shop+b.7.…@example.com; empty where the contact takes no plus-addresses, or has no room for one."""
    if row.contact is None or not row.contact.plus_addresses:
        return ""
    address = tokens.mint_address(tokens.Kind.BOUNCE, row.pk, row.from_email)
    return address if len(address.partition("@")[0].encode()) <= LONGEST_LOCAL else ""


def mail_named_by(addresses: Iterable[str]) -> OutgoingMail | None:
    """The mail that left with one of these addresses as its envelope sender."""
    found = (token for token in map(tokens.read_address, addresses) if token and token.kind == tokens.Kind.BOUNCE)
    token = next(found, None)
    rows = OutgoingMail.objects.select_related("message", "thread")
    return rows.filter(pk=token.thread_id).first() if token else None
