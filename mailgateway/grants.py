"""Signing in to Google and Microsoft without a password (XOAUTH2): what was permitted, and to whom."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import vault

if TYPE_CHECKING:
    from accounts.models import Agent


class SignIn(models.TextChoices):
    """How a mailbox signs in to its servers."""

    PASSWORD = "password", _("User name and password")
    GOOGLE = "google", _("Google (Gmail, Workspace)")
    MICROSOFT = "microsoft", _("Microsoft (Outlook, Microsoft 365)")


class SignInApp(models.Model):
    """Mostrador as a provider knows it: one registration for all mailboxes there. The secret never comes out again."""

    provider = models.CharField(max_length=12, choices=SignIn, primary_key=True)
    client_id = models.CharField(_("client ID"), max_length=255)
    secret_locked = models.TextField(blank=True, editable=False)
    tenant = models.CharField(_("tenant"), max_length=80, blank=True, default="common")

    class Meta:
        verbose_name = _("registration with a provider")

    def __str__(self) -> str:
        return str(SignIn(self.provider).label)

    @property
    def secret(self) -> str:
        """The client secret; empty for a public client. Raises ValueError if no key opens it."""
        return vault.unlock(self.secret_locked)

    def set_secret(self, secret: str) -> None:
        """Encrypt and keep; call save() afterwards."""
        self.secret_locked = vault.lock(secret)


class Grant(models.Model):
    """What a provider permitted for one mailbox. Tokens are stored encrypted, shown and logged nowhere."""

    mailbox = models.OneToOneField("mailgateway.Mailbox", models.CASCADE, primary_key=True, related_name="grant")
    provider = models.CharField(max_length=12, choices=SignIn)
    refresh_locked = models.TextField(editable=False)
    access_locked = models.TextField(blank=True, editable=False)
    access_until = models.DateTimeField(null=True, blank=True, editable=False)
    granted_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    refused = models.CharField(max_length=300, blank=True)  # the provider's words, when it took the permission back

    class Meta:
        verbose_name = _("permission of a provider")

    def __str__(self) -> str:
        return f"{self.get_provider_display()}: {self.mailbox_id}"

    @classmethod
    def give(cls, mailbox_id: int, provider: str, tokens: "Tokens", *, by: "Agent") -> "Grant":
        """Keep what the provider gave, in place of what there was."""
        fields = {"provider": provider, "granted_at": timezone.now(), "granted_by": by, "refused": ""}
        fields |= {"refresh_locked": vault.lock(tokens.refresh), **_access(tokens)}
        return cls.objects.update_or_create(mailbox_id=mailbox_id, defaults=fields)[0]

    @property
    def refresh(self) -> str:
        """The word that fetches new tokens. Raises ValueError if no key opens it."""
        return vault.unlock(self.refresh_locked)

    @property
    def access(self) -> str:
        """A token that is still good for a minute; empty if there is none."""
        is_good = self.access_until is not None and self.access_until > timezone.now() + timedelta(minutes=1)
        return vault.unlock(self.access_locked) if is_good else ""

    def renew(self, tokens: "Tokens") -> None:
        """Keep new tokens; a provider that hands out another refresh token means it to replace the old one."""
        changes: dict[str, object] = {**_access(tokens), "refused": ""}
        if tokens.refresh:
            changes["refresh_locked"] = vault.lock(tokens.refresh)
        self._change(changes)

    def forget_access(self) -> None:
        """The server would not take the token: the next one is fetched anew."""
        self._change({"access_locked": "", "access_until": None})

    def refuse(self, words: str) -> None:
        """The provider took the permission back: somebody has to sign in again."""
        self._change({"refused": words[:300], "access_locked": "", "access_until": None})

    def _change(self, changes: dict[str, object]) -> None:
        for name, value in changes.items():
            setattr(self, name, value)
        type(self).objects.filter(pk=self.pk).update(**changes)


class Tokens:
    """What a provider answered; never printed, so that nothing of it lands in a log."""

    def __init__(self, access: str, *, seconds: int, refresh: str = "") -> None:
        self.access, self.seconds, self.refresh = access, seconds, refresh

    def __repr__(self) -> str:
        return "Tokens(…)"


def _access(tokens: Tokens) -> dict[str, object]:
    return {
        "access_locked": vault.lock(tokens.access),
        "access_until": timezone.now() + timedelta(seconds=tokens.seconds),
    }
