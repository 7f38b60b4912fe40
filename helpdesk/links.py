"""Absolute links that go into mails, and the customer's private link."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.urls import reverse

if TYPE_CHECKING:
    from helpdesk.models.delegation import Delegation
    from helpdesk.models.thread import Thread

PORTAL_DAYS = 90
SIGNER = signing.TimestampSigner(salt="portal-thread")
PROVEN = ".p"  # behind the secret


def thread_url(thread: "Thread") -> str:
    """The thread's page for agents."""
    return settings.SITE_URL + reverse("helpdesk:thread", args=[thread.pk])


def review_url() -> str:
    """What nobody followed up."""
    return settings.SITE_URL + reverse("helpdesk:review")


def delegation_url(delegation: "Delegation") -> str:
    """The threads that an agent was given to follow up."""
    return f"{review_url()}?of={delegation.pk}"


def portal_token(thread: "Thread", *, proven: bool) -> str:
    """What opens the customer's page of a thread for 90 days; giving the thread a new secret revokes it.

    `proven`: it goes to the thread's own address, or to somebody signed in. One that is shown to whoever typed that
    address opens the conversation and nothing that the shop knows besides.
    """
    return SIGNER.sign(thread.secret + (PROVEN if proven else ""))


def portal_url(thread: "Thread") -> str:
    """The customer's page of a thread, for a mail to them."""
    return settings.SITE_URL + reverse("portal:thread", args=[portal_token(thread, proven=True)])


def rating_urls(thread: "Thread") -> list[tuple[int, str]]:
    """The scores from 1 to 5, each with its link; it only preselects."""
    page = settings.SITE_URL + reverse("portal:rating", args=[portal_token(thread, proven=True)])
    return [(score, f"{page}?score={score}") for score in range(1, 6)]


def area_url(page: str, token: str) -> str:
    """A page of the customers' private area that a mailed link leads to; `page` is a URL name of the portal."""
    return settings.SITE_URL + reverse(f"portal:{page}", args=[token])


def secret_in(token: str) -> str:
    """The thread's secret in a token. Raises signing.SignatureExpired or signing.BadSignature."""
    return SIGNER.unsign(token, max_age=PORTAL_DAYS * 86_400).removesuffix(PROVEN)


def is_proven(token: str) -> bool:
    """Whether a token of ours went to the thread's own address, or to somebody signed in."""
    try:
        return SIGNER.unsign(token, max_age=PORTAL_DAYS * 86_400).endswith(PROVEN)
    except signing.BadSignature:
        return False


def expired_secret_in(token: str) -> str:
    """The secret in a token of ours whatever its age. Raises signing.BadSignature."""
    return SIGNER.unsign(token).removesuffix(PROVEN)


def expires_at(token: str) -> datetime:
    """Until when a token works. Raises signing.BadSignature."""
    signed = signing.Signer(salt=SIGNER.salt).unsign(token)
    made = signing.b62_decode(signed.rpartition(SIGNER.sep)[2])
    return datetime.fromtimestamp(made, tz=UTC) + timedelta(days=PORTAL_DAYS)
