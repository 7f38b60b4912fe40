"""Signed links that go to customers: one that opens a cart again in the shop, one that ends our advertising."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

RESTORE_DAYS = 14
RESTORE = signing.TimestampSigner(salt="cart-restore")


def restore_url(cart_id: int) -> str:
    """What opens a cart again in the shop, for 14 days from now."""
    return settings.SITE_URL + reverse("portal:restore_cart", args=[RESTORE.sign(str(cart_id))])


def restore_ends_at() -> datetime:
    """Until when a link made now works."""
    return datetime.now(tz=UTC) + timedelta(days=RESTORE_DAYS)


def cart_in(token: str) -> int:
    """The id of the cart in a token. Raises signing.SignatureExpired or signing.BadSignature."""
    return int(RESTORE.unsign(token, max_age=timedelta(days=RESTORE_DAYS)))
