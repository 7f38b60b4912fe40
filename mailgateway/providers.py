"""Google's and Microsoft's doors (OAuth 2.0 with PKCE, RFC 6749 and 7636): permission, then tokens for IMAP and SMTP.

The addresses are the installation's own (settings.MAIL_PROVIDERS), never a stranger's; redirects are not followed.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.typed import number
from mailgateway.grants import Grant, SignIn, SignInApp, Tokens
from mailgateway.tls import Refused

if TYPE_CHECKING:
    from mailgateway.models import Mailbox

TIMEOUT = 15.0
SHORTEST, LONGEST = 60, 24 * 3600  # seconds that a token is believed to last


@dataclass(frozen=True)
class Provider:
    """Where a provider is asked, and which of its mail servers may get what it gives."""

    authorize: str
    token: str
    scope: str
    imap_hosts: tuple[str, ...]
    smtp_hosts: tuple[str, ...]
    extra: dict[str, str]  # what its page of permission wants besides


def provider_of(sign_in: str) -> Provider | None:
    """The provider of a way to sign in; None for passwords."""
    known = settings.MAIL_PROVIDERS.get(sign_in)
    return Provider(**known) if known else None


@dataclass(frozen=True)
class Asked:
    """One walk to a provider's page: where to, and what has to come back."""

    url: str
    state: str
    verifier: str


def ask(app: SignInApp, *, username: str, back_to: str) -> Asked:
    """Begin: the address of the provider's page, with a state and a verifier to keep in the session."""
    provider, state, verifier = _provider(app), secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "client_id": app.client_id,
        "redirect_uri": back_to,
        "response_type": "code",
        "scope": provider.scope,
        "state": state,
        "login_hint": username,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        **provider.extra,
    }
    return Asked(f"{_for_tenant(provider.authorize, app)}?{urlencode(query)}", state, verifier)


def exchange(app: SignInApp, code: str, *, verifier: str, back_to: str) -> Tokens:
    """Tokens for the code that came back. Raises Refused with the provider's words."""
    found = _post(
        app, {"grant_type": "authorization_code", "code": code, "redirect_uri": back_to, "code_verifier": verifier}
    )
    if not found.refresh:
        raise Refused(
            _("The provider gave no lasting permission. Take Mostrador off your account there and try again.")
        )
    return found


def token_for(mailbox_id: int, sign_in: str) -> str:
    """An access token that is good now, fetched anew if need be. Raises Refused with what to do."""
    grant = Grant.objects.filter(mailbox=mailbox_id, provider=sign_in).first()
    app = SignInApp.objects.filter(provider=sign_in).first()
    if grant is None or app is None:
        raise Refused(_("Nobody has signed in to %(provider)s yet.") % {"provider": SignIn(sign_in).label})
    if good := grant.access:
        return good
    try:
        found = _post(app, {"grant_type": "refresh_token", "refresh_token": grant.refresh})
    except Withdrawn as error:
        grant.refuse(str(error))
        raise
    grant.renew(found)
    return found.access


def sasl_words(username: str) -> Callable[[str], bytes]:
    """What XOAUTH2 says with a token."""
    return lambda token: f"user={username}\x01auth=Bearer {token}\x01\x01".encode()


def with_token(mailbox: "Mailbox", host: str, attempt: Callable[[str], object], *, refusals: type[Exception]) -> None:
    """Sign in at one of the provider's own servers; a token that it refuses is replaced by a new one, once.

    Raises Refused for any other server, before anything secret is sent, and what `attempt` raises the second time.
    """
    provider = provider_of(mailbox.sign_in)
    if provider is None or host.lower() not in {*provider.imap_hosts, *provider.smtp_hosts}:
        raise Refused(_("%(host)s is no mail server of this provider: it gets no token.") % {"host": host})
    try:
        attempt(token_for(mailbox.pk, mailbox.sign_in))
    except refusals:
        Grant.objects.get(mailbox=mailbox.pk).forget_access()
        attempt(token_for(mailbox.pk, mailbox.sign_in))


class Withdrawn(Refused):
    """The provider does not honour the permission any more: waiting will not help."""


def _post(app: SignInApp, fields: dict[str, str]) -> Tokens:
    fields = {**fields, "client_id": app.client_id, "scope": _provider(app).scope}
    if secret := app.secret:
        fields["client_secret"] = secret
    if fields["grant_type"] == "authorization_code":
        del fields["scope"]
    try:
        answer = requests.post(
            _for_tenant(_provider(app).token, app),
            data=fields,
            headers={"Accept": "application/json"},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
        said = answer.json()
    except (requests.RequestException, ValueError) as error:  # never its text: that may hold what was sent
        raise Refused(
            _("%(provider)s does not answer (%(error)s).") % {"provider": app, "error": type(error).__name__}
        ) from None
    return _tokens(app, said if isinstance(said, dict) else {}, answer.status_code)


def _tokens(app: SignInApp, said: dict[str, Any], status: int) -> Tokens:
    access = said.get("access_token")
    if status == requests.codes.ok and isinstance(access, str) and access:
        seconds = said.get("expires_in")
        lasts = number(str(seconds)) if str(seconds).isdecimal() else 3600
        refresh = said.get("refresh_token")
        known = min(max(lasts, SHORTEST), LONGEST)
        return Tokens(access, seconds=known, refresh=refresh if isinstance(refresh, str) else "")
    words = " ".join(str(said.get(name) or "") for name in ("error", "error_description")).strip() or str(status)
    told = _("%(provider)s says: %(words)s") % {"provider": app, "words": " ".join(words.split())[:250]}
    if said.get("error") == "invalid_grant":
        raise Withdrawn(told + " " + _("Sign in again on the mailbox's page."))
    raise Refused(told)


def _provider(app: SignInApp) -> Provider:
    found = provider_of(app.provider)
    if found is None:
        raise Refused(_("This installation knows no such provider."))
    return found


def _for_tenant(address: str, app: SignInApp) -> str:
    return address.replace("{tenant}", app.tenant or "common")
