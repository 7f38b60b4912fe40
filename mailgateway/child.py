"""Parses strangers' bytes where they can do no harm."""

from helpdesk.mail import InboundMail
from mailgateway import mime


def parse_limited(raw: bytes) -> InboundMail:
    """The mail in raw bytes."""
    return mime.parse(raw)
