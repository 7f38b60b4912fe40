"""Mailboxes, and every raw mail that came through them."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts import vault
from accounts.models import Agent
from helpdesk import leases
from mailgateway import reasons
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


TRIES = 3  # after so many a mail that stops us lies aside, for people to look at
NOT_FETCHED = reasons.NOT_FETCHED


class IncomingState(models.TextChoices):
    """How far a raw mail has come."""

    STORED = "stored", _("Stored")
    DONE = "done", _("Done")
    FAILED = "failed", _("Set aside")


class Outcome(models.TextChoices):
    """What became of a mail."""

    CREATED = "created", _("New thread")
    APPENDED = "appended", _("Added to a thread")
    DUPLICATE = "duplicate", _("Seen before")
    IGNORED = "ignored", _("Ignored")
    BOUNCE = "bounce", _("Delivery report")
    REJECTED = "rejected", _("Not understood")
    DISCARDED = "discarded", _("Put away by hand")


class IncomingQuerySet(models.QuerySet["Incoming"]):
    """Raw mails, in the gateway's words."""

    def unfinished(self) -> "IncomingQuerySet":
        """Stored, but something stopped us before we knew what they are."""
        return self.filter(state=IncomingState.STORED).order_by("pk")

    def set_aside(self) -> "IncomingQuerySet":
        """Nothing could be made of them: people have to look."""
        return self.filter(state=IncomingState.FAILED).order_by("-pk")

    def unacknowledged(self, mailbox: Mailbox) -> "IncomingQuerySet":
        """Those whose copy on the server still has to be marked, moved or deleted."""
        rows = self.filter(mailbox=mailbox, uidvalidity=mailbox.uidvalidity, acknowledged_at=None)
        return rows.exclude(reason=NOT_FETCHED).order_by("uid")

    def not_fetched(self, mailbox: Mailbox) -> "IncomingQuerySet":
        """Those the server would not hand out, and may the next time."""
        rows = self.filter(mailbox=mailbox, uidvalidity=mailbox.uidvalidity, reason=NOT_FETCHED)
        return rows.filter(attempts__lt=TRIES).order_by("uid")


class Incoming(models.Model):
    """One raw mail as it came: stored and committed before it is understood, before the server's copy is touched."""

    mailbox = models.ForeignKey(Mailbox, models.SET_NULL, null=True, blank=True, related_name="incoming")
    contact = models.ForeignKey("helpdesk.Contact", models.SET_NULL, null=True, blank=True, related_name="+")
    uidvalidity = models.BigIntegerField(null=True, blank=True)
    uid = models.BigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    raw_path = models.CharField(max_length=160)  # below RAW_MAIL_ROOT
    is_whole = models.BooleanField(default=True)  # False: over the size limit, only its beginning was fetched
    received_at = models.DateTimeField(default=timezone.now)
    server_at = models.DateTimeField(null=True, blank=True)  # INTERNALDATE: when the server got it
    state = models.CharField(max_length=8, choices=IncomingState, default=IncomingState.STORED)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    reason = models.CharField(max_length=24, blank=True)
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    acknowledged_at = models.DateTimeField(null=True, blank=True)  # when the server's copy was marked, moved or deleted
    sender = models.CharField(max_length=255, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    thread = models.ForeignKey("helpdesk.Thread", models.SET_NULL, null=True, blank=True, related_name="+")
    message = models.ForeignKey("helpdesk.Message", models.SET_NULL, null=True, blank=True, related_name="incoming")

    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    FOUND_OUT = (
        *("state", "outcome", "reason", "error", "attempts", "sender", "subject", "thread", "message", "handled_by"),
    )

    objects = IncomingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("incoming mail")
        constraints = [models.UniqueConstraint("mailbox", "uidvalidity", "uid", name="one_row_a_mail_on_the_server")]
        indexes = [
            models.Index(fields=["mailbox", "state"], name="incoming_by_state"),
            models.Index(fields=["sha256"], name="incoming_by_content"),
            models.Index(fields=["-id"], condition=models.Q(state="failed"), name="incoming_set_aside"),
            models.Index(fields=["mailbox", "uid"], condition=models.Q(acknowledged_at=None), name="incoming_to_mark"),
        ]

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"

    def settle(self, outcome: str, reason: str, *, thread_id: int, message_id: int) -> None:
        """Write down what became of it."""
        self.state, self.outcome, self.reason, self.error = IncomingState.DONE, outcome, reason[:24], ""
        self.thread_id, self.message_id = thread_id or None, message_id or None
        self.save(update_fields=self.FOUND_OUT)

    def fail(self, reason: str, error: str) -> None:
        """Nothing could be made of it; its bytes stay for another try."""
        self.state, self.outcome = IncomingState.FAILED, Outcome.REJECTED
        self.reason, self.error = reason[:24], error[:500]
        self.save(update_fields=self.FOUND_OUT)

    @property
    def why(self) -> str:
        """Its reason as a sentence; the reason itself where there is none."""
        return reasons.sentence(self.reason)

    def settle_by_hand(self, *, thread_id: int, message_id: int, by: Agent) -> None:
        """Somebody made a thread of it."""
        self.handled_by = by
        self.settle(Outcome.CREATED, reasons.BY_HAND, thread_id=thread_id, message_id=message_id)

    def discard(self, *, by: Agent) -> None:
        """Somebody has seen that it needs nothing; bytes and reason stay."""
        self.state, self.outcome, self.handled_by = IncomingState.DONE, Outcome.DISCARDED, by
        self.save(update_fields=self.FOUND_OUT)

    def spare(self) -> None:
        """Take a counted try back: it failed for no fault of the mail."""
        type(self).objects.filter(pk=self.pk, attempts__gt=0).update(attempts=models.F("attempts") - 1)

    def acknowledge(self) -> None:
        """The server's copy needs nothing more."""
        self.acknowledged_at = timezone.now()
        type(self).objects.filter(pk=self.pk).update(acknowledged_at=self.acknowledged_at)


class Beat(models.Model):
    """How one loop of the gateway does; the newest word of each."""

    name = models.CharField(max_length=80, primary_key=True)
    state = models.CharField(max_length=12)  # starting, up, waiting (after a fault), done (once a day)
    at = models.DateTimeField(default=timezone.now)
    restarts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)  # when it tries again

    class Meta:
        verbose_name = _("beat")

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"
