"""Mails that agents get by the clock: each ends by one click at its foot, without signing in."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent


@dataclass(frozen=True)
class Regular:
    """One kind of them: its name in links, what its page is called, and how an agent ends it."""

    salt: str
    view: str
    title: str | Promise
    field: str  # of the agent: whether it is wanted
    stop: Callable[[Agent], None]

    def is_off(self, agent: Agent) -> bool:
        """Not wanted any more."""
        return not getattr(agent, self.field)

    def off_url(self, agent: Agent) -> str:
        """The link at its foot."""
        return settings.SITE_URL + reverse(self.view, args=[signing.Signer(salt=self.salt).sign(str(agent.pk))])

    def reader_in(self, token: str) -> Agent:
        """Whose link it is. Raises signing.BadSignature, or Agent.DoesNotExist."""
        return Agent.objects.get(pk=int(signing.Signer(salt=self.salt).unsign(token)))


WEEK = Regular("weekly-mail", "helpdesk:week_mail_off", _("The week by mail"), "weekly_mail", Agent.stop_weekly_mail)
DIGEST = Regular("digest", "helpdesk:digest_off", _("What is overdue, by mail"), "digest_mail", Agent.stop_digest)
