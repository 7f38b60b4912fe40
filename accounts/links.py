"""One-time links: signed, dated, and void as soon as the agent signs in or gets another password."""

from datetime import timedelta
from enum import Enum

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import Agent


class Purpose(Enum):
    """What a link is for, and how long it works."""

    SIGN_IN = timedelta(minutes=15)
    PASSWORD = timedelta(days=7)


def _salt(purpose: Purpose) -> str:
    return f"accounts.links.{purpose.name.lower()}"


def _state(agent: Agent) -> str:
    """Changes with each sign-in and each password, so that a link works once."""
    seen = agent.last_login.isoformat() if agent.last_login else ""
    return salted_hmac("accounts.links", f"{agent.pk}|{agent.password}|{seen}|{agent.email}").hexdigest()[:32]


def mint(purpose: Purpose, agent: Agent) -> str:
    """The token of a new link."""
    return signing.dumps([agent.pk, _state(agent)], salt=_salt(purpose))


def agent_of(purpose: Purpose, token: str, *, lock: bool = False) -> Agent | None:
    """Whose link it is; None if it was used, is too old, or was never ours. With `lock`, call inside atomic()."""
    try:
        pk, state = signing.loads(token, salt=_salt(purpose), max_age=purpose.value)
    except (signing.BadSignature, ValueError):
        return None
    agents = Agent.objects.active()
    agent = (agents.select_for_update() if lock else agents).filter(pk=pk).first()
    return agent if agent is not None and constant_time_compare(state, _state(agent)) else None


def sign_in_url(agent: Agent) -> str:
    """A link that signs the agent in."""
    return settings.SITE_URL + reverse("accounts:enter_by_link", args=[mint(Purpose.SIGN_IN, agent)])


def password_url(agent: Agent) -> str:
    """A link with which the agent chooses a password."""
    return settings.SITE_URL + reverse("accounts:choose_password", args=[mint(Purpose.PASSWORD, agent)])
