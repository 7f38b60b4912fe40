"""Signed words that stand in for cookies and sessions: a form's token, who the shop vouches for, what was sent."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import constant_time_compare

FORM_SALT = "portal-form"
VOUCHED_FOR = 86_400  # seconds; a form that was left open longer says nothing more of orders
SENT = signing.Signer(salt="portal-sent")


@dataclass(frozen=True)
class Person:
    """A customer whom the shop vouches for, or who is signed in here: then `customer` is their number.

    Or who came with the private link of a thread: then `order` is the only one of theirs that they are shown.
    """

    email: str
    name: str = ""
    shop_id: str = ""
    customer: int = 0
    order: int | None = None


@dataclass(frozen=True)
class FormToken:
    """What a form knows of the moment it was drawn. It stays the same when the form comes back with errors."""

    key: str  # makes the message of this form one message, however often it is sent
    started: float
    page: str = ""
    privacy: int = 0  # version of the privacy text that was shown
    person: Person | None = None

    @classmethod
    def new(cls, *, page: str = "", privacy: int = 0, person: Person | None = None) -> "FormToken":
        """A token for a form that is drawn now."""
        return cls(secrets.token_hex(16), time.time(), page[:500], privacy, person)

    @classmethod
    def read(cls, word: str) -> "FormToken | None":
        """The token in a posted form; None if it is missing or not ours. It never expires: people take their time."""
        try:
            facts = signing.loads(word, salt=FORM_SALT)
        except signing.BadSignature:
            return None
        person = facts.pop("person", None)
        return cls(**facts, person=Person(**person) if person else None)

    @property
    def word(self) -> str:
        """The token as it stands in the form."""
        return signing.dumps(asdict(self), salt=FORM_SALT, compress=True)

    @property
    def may_see_orders(self) -> bool:
        """Somebody is proven, and was so a short while ago."""
        return self.person is not None and self.age < VOUCHED_FOR

    @property
    def age(self) -> float:
        """Seconds since the form was drawn."""
        return time.time() - self.started


def person_in(word: str) -> Person | None:
    """Whom the shop's token names: `base64url(JSON).base64url(HMAC-SHA256 of the first part)`.

    The JSON has `email`, `expires` (Unix seconds) and perhaps `name` and `customer` (the shop's id). None for
    a token that is tampered with, expired or malformed.
    """
    body, _, mac = word.partition(".")
    if not body or not any(constant_time_compare(_mac(body, key), mac.rstrip("=")) for key in settings.SHOP_TOKEN_KEYS):
        return None
    try:
        facts = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return _person(facts)
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error, ValidationError):
        return None


def _person(facts: dict[str, Any]) -> Person | None:
    if float(facts["expires"]) < time.time():
        return None
    email = str(facts["email"]).strip().lower()
    validate_email(email)
    return Person(
        email, " ".join(str(facts.get("name", "")).split())[:255], str(facts.get("customer", "")).replace("\0", "")[:64]
    )


def _mac(body: str, key: str) -> str:
    digest = hmac.new(key.encode(), body.encode("utf-8", "replace"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def sent_word(**facts: str | int) -> str:
    """What the confirmation page's address says; the same facts always make the same address."""
    return SENT.sign_object(facts)


def read_sent(word: str) -> dict[str, Any]:
    """The facts in a confirmation page's address. Raises signing.BadSignature."""
    return dict(SENT.unsign_object(word))
