"""Mailboxes: where mail is fetched and how it is sent, and how both are going."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts import vault
from helpdesk import leases
from helpdesk.mail import Marks
from mailgateway.grants import SignIn
from mailgateway.troubles import Side, Trouble


class Security(models.TextChoices):
    """How the connection is protected; "none" is accepted for loopback only."""

    TLS = "tls", _("TLS from the start")
    STARTTLS = "starttls", _("STARTTLS, refused if the server has none")
    NONE = "none", _("None (this machine only)")


class Afterwards(models.TextChoices):
    """What happens to the server's copy once the mail is stored here."""

    SEEN = "seen", _("Mark as read")
    KEEP = "keep", _("Leave it as it is")
    MOVE = "move", _("Move to a folder")
    DELETE = "delete", _("Delete")


class WhenUnsure(models.TextChoices):
    """What to do when a server took a mail, and was gone before it said so."""

    AGAIN = "again", _("Send it once more: it may arrive twice")
    ASK = "ask", _("Ask the agent: it may not have arrived")


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    """Mailboxes, in the gateway's words."""

    def active(self) -> "MailboxQuerySet":
        """Those that are fetched."""
        return self.filter(is_active=True)

    def for_contact(self, contact_id: int | None) -> "Mailbox | None":
        """Whose SMTP sends for a contact: its own mailbox, else the first that can send."""
        senders = self.active().exclude(smtp_host="")
        return senders.filter(contact=contact_id).order_by("pk").first() or senders.order_by("pk").first()


class Mailbox(models.Model):
    """An IMAP account that feeds one contact, and the SMTP account that sends for it."""

    name = models.CharField(_("name"), max_length=120)
    contact = models.ForeignKey("helpdesk.Contact", models.PROTECT, related_name="mailboxes", verbose_name=_("contact"))
    is_active = models.BooleanField(_("in use"), default=True)
    imap_host = models.CharField(_("IMAP server"), max_length=255)
    imap_port = models.PositiveIntegerField(_("port"), default=993)
    imap_security = models.CharField(_("security"), max_length=8, choices=Security, default=Security.TLS)
    sign_in = models.CharField(_("sign in with"), max_length=12, choices=SignIn, default=SignIn.PASSWORD)
    username = models.CharField(_("user name"), max_length=255)
    password_locked = models.TextField(blank=True, editable=False)
    folder = models.CharField(_("folder"), max_length=255, default="INBOX")
    afterwards = models.CharField(_("after fetching"), max_length=8, choices=Afterwards, default=Afterwards.SEEN)
    move_to = models.CharField(_("folder to move to"), max_length=255, blank=True)
    creates_threads = models.BooleanField(
        _("make new threads"),
        default=True,
        help_text=_("Off: only answers are taken; other mail is kept under “not imported”."),
    )
    fingerprint = models.CharField(
        _("pinned certificate"), max_length=95, blank=True, help_text=_("SHA-256 of a self-signed certificate.")
    )
    ca_pem = models.TextField(_("own certificate authority"), blank=True, help_text=_("PEM."))
    trusted_server = models.CharField(
        _("server that vouches for senders"),
        max_length=255,
        blank=True,
        help_text=_(
            "The name that your mail server writes first into “Authentication-Results”, as in mx.example.com."
            " Only what it vouches for is taken as an agent's answer; empty: nothing is."
        ),
    )
    believes_marks = models.BooleanField(
        _("believe the spam marks of other filters"),
        default=True,
        help_text=_("What “X-Spam-Flag”, “X-Spam-Status” and their like call spam goes to the spam folder."),
    )
    spam_score = models.FloatField(
        _("spam from this score on"),
        null=True,
        blank=True,
        help_text=_("The number in “X-Spam-Status” or “X-Spam-Score”, often 5. Empty: only what is marked."),
    )
    refuses_forged = models.BooleanField(
        _("put forged senders into the spam folder"),
        default=False,
        help_text=_("Mail that fails DMARC, as the server says that vouches for senders."),
    )
    smtp_host = models.CharField(_("SMTP server"), max_length=255, blank=True)
    smtp_port = models.PositiveIntegerField(_("port"), default=587)
    smtp_security = models.CharField(_("security"), max_length=8, choices=Security, default=Security.STARTTLS)
    smtp_username = models.CharField(_("user name"), max_length=255, blank=True, help_text=_("Empty: as for IMAP."))
    smtp_password_locked = models.TextField(blank=True, editable=False)
    when_unsure = models.CharField(
        _("if the server does not say whether it took a mail"),
        max_length=8,
        choices=WhenUnsure,
        default=WhenUnsure.AGAIN,
        help_text=_("Happens when a connection breaks at the very end. Most programs recognise a second copy."),
    )
    mails_a_minute = models.PositiveIntegerField(
        _("mails a minute at most"), default=0, help_text=_("What your provider allows. 0: no limit.")
    )
    sent_folder = models.CharField(
        _("folder for copies of sent mail"),
        max_length=255,
        blank=True,
        help_text=_("Such as “Sent”. Empty: no copies, or your provider keeps them by itself."),
    )
    # The ledger's place in the folder, and how the connection does; written by update(), without history.
    place = models.CharField(max_length=64, blank=True, editable=False)  # which folder of which account it is
    uidvalidity = models.BigIntegerField(default=0, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    lease_token = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_success_at = models.DateTimeField(null=True, blank=True, editable=False)
    backlog = models.PositiveIntegerField(default=0, editable=False)  # mails on the server that wait to be taken
    renumbered_at = models.DateTimeField(null=True, blank=True, editable=False)  # the server began to count anew
    announces = models.BooleanField(null=True, editable=False)  # the server tells of new mail by itself (IDLE)
    protection = models.CharField(max_length=16, blank=True, editable=False)  # such as TLSv1.3
    last_error = models.CharField(max_length=500, blank=True, editable=False)
    last_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    smtp_error = models.CharField(max_length=500, blank=True, editable=False)
    smtp_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_send_at = models.DateTimeField(null=True, blank=True, editable=False)  # by mails_a_minute
    history = HistoricalRecords(
        excluded_fields=[
            *("password_locked", "smtp_password_locked", "place", "uidvalidity", "last_uid"),
            *(
                "lease_token",
                "lease_until",
                "last_success_at",
                "backlog",
                "renumbered_at",
                "announces",
                "protection",
                "last_error",
                "last_error_at",
                "smtp_error",
                "smtp_error_at",
                "next_send_at",
            ),
        ]
    )

    objects = MailboxQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return self.name

    @property
    def password(self) -> str:
        """The IMAP password. Raises ValueError if no key opens it."""
        return vault.unlock(self.password_locked)

    @property
    def smtp_password(self) -> str:
        """The SMTP password; the IMAP one where none was given."""
        return vault.unlock(self.smtp_password_locked) or self.password

    @property
    def sends_by_token(self) -> bool:
        """Whether its SMTP server, too, gets a token: unless it has a password of its own."""
        return self.sign_in != SignIn.PASSWORD and not self.smtp_password_locked

    def spam_reason(self, marks: Marks) -> str:
        """Why a mail with these marks is spam here; empty if it is not."""
        if marks.spam and self.believes_marks:
            return marks.spam
        if self.spam_score is not None and marks.score is not None and marks.score >= self.spam_score:
            return f"score {marks.score:g}"
        is_forged = bool(marks.failed_by) and marks.failed_by == self.trusted_server
        return "dmarc=fail" if is_forged and self.refuses_forged else ""

    def set_password(self, password: str) -> None:
        """Encrypt and keep; call save() afterwards."""
        self.password_locked = vault.lock(password)

    def set_smtp_password(self, password: str) -> None:
        """Encrypt and keep; call save() afterwards."""
        self.smtp_password_locked = vault.lock(password)

    def set_active(self, active: bool) -> None:
        """Begin or stop fetching and sending."""
        self.is_active = active
        self.save(update_fields=["is_active"])

    def note_success(self, **found: object) -> None:
        """The folder was looked at without an error; `found` are columns that say how, such as its protection."""
        changes = {"last_success_at": timezone.now(), "last_error": "", "last_error_at": None, "backlog": 0, **found}
        type(self).objects.filter(pk=self.pk).update(**changes)
        Trouble.objects.end(self.pk, Side.RECEIVING)

    def note_error(self, reason: str) -> None:
        """Show the server's own words on the mailbox until the next success."""
        type(self).objects.filter(pk=self.pk).update(last_error=reason[:500], last_error_at=timezone.now())
        Trouble.objects.note(self.pk, Side.RECEIVING, reason)

    def note_backlog(self, waiting: int) -> None:
        """How many mails on the server wait to be taken."""
        if waiting != self.backlog:
            self.backlog = waiting
            type(self).objects.filter(pk=self.pk).update(backlog=waiting)

    def note_sending(self, trouble: str = "") -> None:
        """Show what the SMTP server said; no words: it took a mail."""
        at = timezone.now() if trouble else None
        type(self).objects.filter(pk=self.pk).update(smtp_error=trouble[:500], smtp_error_at=at)
        if trouble:
            Trouble.objects.note(self.pk, Side.SENDING, trouble)
        else:
            Trouble.objects.end(self.pk, Side.SENDING)

    def turn_to_send(self) -> float:
        """Take the right to send one mail now, and return 0; or the seconds until there may be one."""
        if not self.mails_a_minute:
            return 0.0
        rows, now = type(self).objects.filter(pk=self.pk), timezone.now()
        at, step = rows.values_list("next_send_at", flat=True).first(), timedelta(minutes=1) / self.mails_a_minute
        if at is not None and now < at <= now + step:  # farther away: the clock was set back since
            return (at - now).total_seconds()
        taken = rows.filter(next_send_at=at).update(next_send_at=now + step)
        return 0.0 if taken else step.total_seconds()

    def lease(self, token: str, *, seconds: float) -> bool:
        """Take or renew the right to fetch here, so that two workers never do; False while another holds it.

        Nobody waits for the lease of a process that is gone.
        """
        rows, length = type(self).objects.active().filter(pk=self.pk), timedelta(seconds=seconds)
        free = leases.is_over("lease_until", length) | models.Q(lease_token=token)
        if rows.filter(free).update(lease_token=token, lease_until=leases.until(length)):
            return True
        holder = rows.values_list("lease_token", flat=True).first()
        if holder is None or not leases.is_gone(holder):
            return False
        return bool(rows.filter(lease_token=holder).update(lease_token=token, lease_until=leases.until(length)))

    def release(self, token: str) -> None:
        """Let others fetch here at once."""
        type(self).objects.filter(pk=self.pk, lease_token=token).update(lease_token="", lease_until=None)

    def begin_epoch(self, place: str, uidvalidity: int) -> None:
        """Start counting anew if this is another folder, or the server has renumbered it; see `last_uid`."""
        if (self.place, self.uidvalidity) != (place, uidvalidity):
            if self.place == place and self.uidvalidity:
                type(self).objects.filter(pk=self.pk).update(renumbered_at=timezone.now())
            self.place, self.uidvalidity, self.last_uid = place, uidvalidity, 0
            self.save_place()

    def reached(self, uid: int, *, lease: str = "") -> bool:
        """Every mail up to this one is stored here. False if the lease is somebody else's by now: nothing changed."""
        last = max(self.last_uid, uid)
        rows = type(self).objects.filter(pk=self.pk, **({"lease_token": lease} if lease else {}))
        if not rows.update(place=self.place, uidvalidity=self.uidvalidity, last_uid=last):
            return False
        self.last_uid = last
        return True

    def save_place(self) -> None:
        """Write the ledger's place, without a version in the history."""
        changes = {"place": self.place, "uidvalidity": self.uidvalidity, "last_uid": self.last_uid}
        type(self).objects.filter(pk=self.pk).update(**changes)
