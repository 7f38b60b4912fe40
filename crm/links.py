"""Signed links that go to customers: one that opens a cart again in the shop, one that ends our advertising."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

RESTORE_DAYS = 14
UNSUBSCRIBE = signing.Signer(salt="unsubscribe")
RESTORE = signing.TimestampSigner(salt="cart-restore")


def restore_url(cart_id: int) -> str:
    """What opens a cart again in the shop, for 14 days from now."""
    return settings.SITE_URL + reverse("portal:restore_cart", args=[RESTORE.sign(str(cart_id))])


def unsubscribe_url(customer_id: int) -> str:
    """What ends our advertising to a customer, for ever: mails are read late."""
    return settings.SITE_URL + reverse("portal:unsubscribe", args=[UNSUBSCRIBE.sign(str(customer_id))])


def customer_in(token: str) -> int:
    """The id of the customer in a token. Raises signing.BadSignature."""
    return int(UNSUBSCRIBE.unsign(token))


def restore_ends_at() -> datetime:
    """Until when a link made now works."""
    return datetime.now(tz=UTC) + timedelta(days=RESTORE_DAYS)


def cart_in(token: str) -> int:
    """The id of the cart in a token. Raises signing.SignatureExpired or signing.BadSignature."""
    return int(RESTORE.unsign(token, max_age=timedelta(days=RESTORE_DAYS)))
