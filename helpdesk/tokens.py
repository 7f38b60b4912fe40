"""Signed reply addresses and Message-IDs: the only proof that a mail answers one of ours.

Format of a signed word: `<kind>.<thread id>.<16 random characters>.<mac>`, all lower case; mac is the
first 26 characters (130 bits) of a base32 HMAC-SHA256. Compared in constant time; no other format is
accepted. Kinds say whose answer it brings: a customer's, an outsider's, an agent's, none (a notice), a customer's
to a mail that followed a cart or an order, or a machine's.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

MAC_LENGTH = 26
WORD = r"([abcfnr])\.(\d{1,18})\.([a-z0-9]{16})\.([a-z2-7]{26})"
IN_MESSAGE_ID = re.compile(rf"^<{WORD}@[^<>@\s]{{1,255}}>$")
MARKER = "mostrador:"
IN_MARKER = re.compile(rf"^{WORD}")
IN_ADDRESS = re.compile(rf"^[^@\s+]{{1,64}}\+{WORD}@[^@\s]{{1,255}}$")


class Kind(StrEnum):
    """Whose answer a token brings back."""

    AGENT = "a"
    BOUNCE = "b"  # its id is an outgoing mail's: what comes back to its envelope sender
    CUSTOMER = "c"
    FORWARD = "f"
    NOTICE = "n"
    REMINDER = "r"  # its id is a follow-up's, not a thread's: the answer begins a thread


ANSWERED = frozenset({Kind.CUSTOMER, Kind.FORWARD})  # what comes back to these belongs to the thread they name


@dataclass(frozen=True)
class Token:
    """A verified token. `thread_id` is another id where the kind says so."""

    kind: Kind
    thread_id: int


def _mac(key: str, kind: str, thread_id: str, nonce: str) -> str:
    digest = hmac.new(key.encode(), f"v1|{kind}|{thread_id}|{nonce}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:MAC_LENGTH]


def _word(kind: Kind, thread_id: int, nonce: str = "") -> str:
    nonce = nonce or secrets.token_hex(8)
    return f"{kind}.{thread_id}.{nonce}.{_mac(settings.MAIL_TOKEN_KEYS[0], kind, str(thread_id), nonce)}"


def _verified(match: re.Match[str] | None) -> Token | None:
    if match is None:
        return None
    kind, thread_id, nonce, mac = match.groups()
    for key in settings.MAIL_TOKEN_KEYS:
        if hmac.compare_digest(_mac(key, kind, thread_id, nonce), mac):
            return Token(Kind(kind), int(thread_id))
    return None


def mint_message_id(kind: Kind, thread_id: int, domain: str, *, nonce: str = "") -> str:
    """A new Message-ID with angle brackets; with a `nonce` of 16 hex digits always the same one."""
    return f"<{_word(kind, thread_id, nonce)}@{domain}>"


def mint_address(kind: Kind, thread_id: int, address: str) -> str:
    """A reply address below `address`, such as shop+c.12.…@example.com."""
    local, _, domain = address.partition("@")
    return f"{local.split('+')[0]}+{_word(kind, thread_id)}@{domain}"


def read_message_id(message_id: str) -> Token | None:
    """The token in one of our Message-IDs; None for anything else."""
    return _verified(IN_MESSAGE_ID.match(message_id.strip().lower()))


def read_address(address: str) -> Token | None:
    """The token in one of our reply addresses; None for anything else."""
    return _verified(IN_ADDRESS.match(address.strip().lower()))


def marker_of(message_id: str) -> str:
    """What the HTML of a mail hides, so that an answer which lost its headers but quotes it finds its thread."""
    return MARKER + message_id.strip("<>").partition("@")[0]


def read_marker(word: str) -> Token | None:
    """The token in a marker, without its first word; None for anything else."""
    return _verified(IN_MARKER.match(word[:100].lower()))
