"""The form of a mailbox. Passwords go in and never come out; what contradicts itself cannot be saved."""

import ipaddress
import re
import ssl
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.fields import Dressed
from mailgateway import providers
from mailgateway.grants import Grant, SignIn, SignInApp
from mailgateway.models import Afterwards, Incoming, IncomingState, Mailbox, Outcome, Security, WhenUnsure

SECRET = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"})
MAIN = ("name", "contact", "is_active", "creates_threads")
RECEIVING = ("imap_host", "imap_port", "imap_security", "sign_in", "username", "folder", "afterwards", "move_to")
TRUST = ("fingerprint", "ca_pem", "trusted_server")
SCREENING = ("believes_marks", "spam_score", "refuses_forged")
PLACE = {"imap_host", "imap_port", "imap_security", "username", "fingerprint", "ca_pem"}
SENDING_PLACE = {"smtp_host", "smtp_port", "smtp_security", "smtp_username"}
SENDING = ("smtp_host", "smtp_port", "smtp_security", "smtp_username", "when_unsure", "mails_a_minute", "sent_folder")


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine by itself, without asking any name server."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() in {"localhost", "ip6-localhost"}


class MailboxForm(Dressed, forms.ModelForm):
    """An IMAP account with its options and the SMTP account that sends for it."""

    password = forms.CharField(label=_("Password"), required=False, strip=False, max_length=500, widget=SECRET)
    smtp_password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=500,
        widget=SECRET,
        help_text=_("Empty: as for receiving, or the one that is stored."),
    )

    class Meta:
        model = Mailbox
        fields = [*MAIN, *RECEIVING, *TRUST, *SCREENING, *SENDING]
        help_texts = {
            "folder": _("New mail of this folder becomes threads."),
            "move_to": _("Only if mail is moved afterwards."),
            "afterwards": _("Happens once the mail is stored here, and to that mail only."),
            "smtp_host": _("Empty: this mailbox only receives."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if contact := self.fields.get("contact"):
            choices: Any = contact
            choices.queryset = choices.queryset.filter(archived_at=None)
            choices.empty_label = None
        if "sign_in" in self.fields:  # where a provider signs in, its own server is known
            self.fields["imap_host"].required = self.fields["sign_in"].required = False
        for name in ("imap_port", "smtp_port"):
            self.fields[name] = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535)
        for name in {"when_unsure", "mails_a_minute"} & set(self.fields):
            self.fields[name].required = False
        if "spam_score" in self.fields:
            self.fields["spam_score"] = forms.FloatField(
                label=self.fields["spam_score"].label,
                help_text=self.fields["spam_score"].help_text,
                min_value=0.1,
                max_value=1000,
                required=False,
            )
        self.fields["smtp_port"].required = self.fields["smtp_security"].required = False
        stored = bool(self.instance.password_locked)
        self.fields["password"].help_text = (
            _("Stored encrypted, never shown. Empty: keep it.") if stored else _("Stored encrypted, never shown.")
        )
        if "fingerprint" in self.fields:  # room for the colons and blanks it is usually written with
            self.fields["fingerprint"] = forms.CharField(
                label=self.fields["fingerprint"].label,
                help_text=self.fields["fingerprint"].help_text,
                max_length=200,
                required=False,
            )
        self.dress()

    def clean_fingerprint(self) -> str:
        """64 hexadecimal digits, whatever stands between them. Raises ValidationError for anything else."""
        typed: str = self.cleaned_data["fingerprint"]
        digits = re.sub(r"[\s:.-]", "", typed.lower().removeprefix("sha256").lstrip(":= "))
        if digits and not re.fullmatch(r"[0-9a-f]{64}", digits):
            raise ValidationError(_("A SHA-256 fingerprint has 64 digits from 0 to 9 and a to f."))
        return digits

    def clean_trusted_server(self) -> str:
        """A server's name in lower case. Raises ValidationError for anything that is no name."""
        name: str = self.cleaned_data["trusted_server"].strip().lower().rstrip(".;")
        if name and not re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?", name):
            raise ValidationError(_("Enter the name of one server, as in mx.example.com."))
        return name

    def clean_ca_pem(self) -> str:
        """A certificate that OpenSSL can read. Raises ValidationError for anything else."""
        pem: str = self.cleaned_data["ca_pem"].strip()
        try:
            ssl.create_default_context(cadata=pem or None)
        except (ssl.SSLError, TypeError, ValueError) as error:  # TypeError for letters that are not ASCII
            raise ValidationError(
                _("This is no certificate in PEM form. It begins with -----BEGIN CERTIFICATE-----.")
            ) from error
        return pem

    def clean(self) -> dict[str, Any]:
        """No clear text but on this machine, no option without what it needs, no password for another server."""
        data = super().clean() or self.cleaned_data
        data["sign_in"] = data.get("sign_in") or SignIn.PASSWORD
        self._servers(data)
        self._protected("imap")
        self._afterwards(data)
        if data.get("fingerprint") and data.get("ca_pem"):
            self.add_error("ca_pem", _("Pin the certificate or name an authority, not both."))
        self._password(data)
        if data.get("smtp_host"):
            self._protected("smtp")
        if data.get("refuses_forged") and not data.get("trusted_server") and "trusted_server" not in self.errors:
            self.add_error("trusted_server", _("Name the server whose word on forged senders counts."))
        data["when_unsure"] = data.get("when_unsure") or WhenUnsure.AGAIN
        data["mails_a_minute"] = data.get("mails_a_minute") or 0
        data["smtp_port"] = data.get("smtp_port") or 587
        data["smtp_security"] = data.get("smtp_security") or Security.STARTTLS
        return data

    def _servers(self, data: dict[str, Any]) -> None:
        """A provider's token is for its own servers, always with TLS."""
        provider = providers.provider_of(data["sign_in"])
        if provider is None:
            if not data.get("imap_host") and "imap_host" not in self.errors:
                self.add_error("imap_host", _("Enter the name of the server."))
            return
        data["imap_host"] = data.get("imap_host") or provider.imap_hosts[0]
        if Security.NONE in {data.get("imap_security"), data.get("smtp_security") if data.get("smtp_host") else ""}:
            self.add_error("sign_in", _("Signing in this way needs TLS or STARTTLS."))
        own = {"imap_host": provider.imap_hosts}
        if not data.get("smtp_password") and not self._keeps_smtp_password(data):
            own["smtp_host"] = provider.smtp_hosts
        for name, hosts in own.items():
            if data.get(name) and data[name].lower() not in hosts:
                self.add_error(name, _("Signed in this way, the server is %(host)s.") % {"host": hosts[0]})

    def _keeps_smtp_password(self, data: dict[str, Any]) -> bool:
        return bool(self.instance.smtp_password_locked) and not self._signs_in_otherwise

    @property
    def _signs_in_otherwise(self) -> bool:
        return bool(self.initial.get("sign_in", SignIn.PASSWORD) != self.cleaned_data["sign_in"])

    def _protected(self, kind: str) -> None:
        host, security = self.cleaned_data.get(f"{kind}_host", ""), self.cleaned_data.get(f"{kind}_security")
        if security == Security.NONE and host and not is_loopback(host):
            self.add_error(
                f"{kind}_security",
                _("Without TLS the password and the mail could be read on the way. Only for a server on this machine."),
            )

    def _afterwards(self, data: dict[str, Any]) -> None:
        if data.get("afterwards") != Afterwards.MOVE:
            data["move_to"] = ""
        elif not data.get("move_to"):
            self.add_error("move_to", _("Name the folder that the mail is moved to."))
        elif data["move_to"] == data.get("folder"):
            self.add_error("move_to", _("This is the folder that the mail comes from. Name another one."))

    def _password(self, data: dict[str, Any]) -> None:
        """A stored password is for the server it was entered for; another server does not get it."""
        again = _("The server or the user name is another one: enter the password again.")
        changed, typed = set(self.changed_data), data.get("password")
        if data["sign_in"] != SignIn.PASSWORD:
            return
        if not typed and not self.instance.password_locked:
            self.add_error("password", _("Enter the password of the mailbox."))
        elif not typed and changed & PLACE:
            self.add_error("password", again)
        elif not typed and not data.get("smtp_password") and data.get("smtp_host") and changed & SENDING_PLACE:
            self.add_error("smtp_password" if "smtp_password" in self.fields else "password", again)

    def secret(self) -> str:
        """The IMAP password to use now: the typed one, else the stored. Raises ValueError if no key opens that."""
        if self.instance.sign_in != SignIn.PASSWORD:
            return ""
        return self.cleaned_data["password"] or self.instance.password

    def smtp_secret(self) -> str:
        """The SMTP password to use now. Raises ValueError as above."""
        typed: str = self.cleaned_data.get("smtp_password", "")
        return typed or (self.instance.smtp_password if self.instance.smtp_password_locked else self.secret())

    def save(self, commit: bool = True) -> Mailbox:
        """Save; passwords only if some were typed. What another way to sign in, or another account, had goes."""
        if self._signs_in_otherwise:
            self.instance.password_locked = self.instance.smtp_password_locked = ""
        if self.instance.sign_in == SignIn.PASSWORD and self.cleaned_data["password"]:
            self.instance.set_password(self.cleaned_data["password"])
        if self.cleaned_data.get("smtp_password"):
            self.instance.set_smtp_password(self.cleaned_data["smtp_password"])
        saved: Mailbox = super().save(commit)
        if self._signs_in_otherwise or "username" in self.changed_data:
            Grant.objects.filter(mailbox=saved).delete()
        return saved


class SignInAppForm(Dressed, forms.ModelForm):
    """Mostrador's registration with a provider. The secret goes in and never comes out."""

    secret = forms.CharField(label=_("Client secret"), required=False, strip=True, max_length=500, widget=SECRET)

    class Meta:
        model = SignInApp
        fields = ["client_id", "tenant"]
        help_texts = {"tenant": _("“common”, or the ID of your organisation.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = bool(self.instance.secret_locked)
        self.fields["secret"].help_text = (
            _("Stored encrypted, never shown. Empty: keep it.") if stored else _("Stored encrypted, never shown.")
        )
        if self.instance.provider != SignIn.MICROSOFT:
            del self.fields["tenant"]
        self.dress()

    def clean_tenant(self) -> str:
        """A word that may stand in an address. Raises ValidationError for anything else."""
        typed: str = self.cleaned_data["tenant"].strip() or "common"
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{0,79}", typed):
            raise ValidationError(_("Enter “common”, a domain or the ID of your organisation."))
        return typed

    def save(self, commit: bool = True) -> SignInApp:
        """Save; the secret only if one was typed."""
        if self.cleaned_data["secret"]:
            self.instance.set_secret(self.cleaned_data["secret"])
        saved: SignInApp = super().save(commit)
        return saved


class IncomingFilter(Dressed, forms.Form):
    """What the list of raw mail is narrowed to."""

    state = forms.ChoiceField(choices=[("", _("Any state")), *IncomingState.choices], required=False, label=_("State"))
    outcome = forms.ChoiceField(choices=[("", _("Any outcome")), *Outcome.choices], required=False, label=_("Outcome"))
    mailbox = forms.ModelChoiceField(
        Mailbox.objects.all(), required=False, label=_("Mailbox"), empty_label=_("All mailboxes")
    )

    def found(self) -> Any:
        """The raw mails that fit, newest first; a filter that makes no sense is left out."""
        rows = Incoming.objects.select_related("mailbox", "contact")
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return rows.filter(**chosen).order_by("-pk")
