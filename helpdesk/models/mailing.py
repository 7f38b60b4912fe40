"""One text to several customers: a job of rows, each of which becomes a mail and a thread of its own, once."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from helpdesk.models.attachment import Attachment
from helpdesk.models.contact import Contact
from helpdesk.models.desk import DeskSettings
from helpdesk.models.letter_draft import write_again
from helpdesk.models.outgoing import OutgoingMail, OutgoingState
from helpdesk.models.rows import RecipientState, Row
from helpdesk.models.sending import Sending

BATCH = 1000


def leaves_at(send_at: datetime | None) -> datetime:
    """When the first mail leaves: at the time that was asked for, and never before the time to undo is over."""
    soon = timezone.now() + timedelta(seconds=DeskSettings.load().undo_seconds)
    return max(soon, send_at or soon)


class Stage(models.TextChoices):
    """What a mailing waits for."""

    CHECKING = "checking", _("Being checked")
    ASKING = "asking", _("Waits for your word")
    GOING = "going", _("On its way")


class MailingQuerySet(models.QuerySet["Mailing"]):
    """Mailings, in the desk's words."""

    def visible_to(self, agent: Agent) -> "MailingQuerySet":
        """All to a supervisor, else those of the agent's contacts."""
        if agent.is_supervisor:
            return self.all()
        return self.filter(contact__in=Contact.members.through.objects.filter(agent=agent).values("contact"))

    def due(self) -> "MailingQuerySet":
        """Those that somebody still waits for, and whose time to undo is over."""
        going = self.filter(waiting_rows(), stage=Stage.GOING, not_before__lte=timezone.now())
        return going.select_related("by", "contact").prefetch_related("attachments")

    def to_check(self) -> "MailingQuerySet":
        """Those to so many that what each would read is looked at before anybody is asked whether to send."""
        return self.filter(stage=Stage.CHECKING).select_related("by", "contact")

    def with_waiting(self) -> "MailingQuerySet":
        """Each with `is_waiting`: somebody has not been written to yet."""
        return self.annotate(is_waiting=waiting_rows())

    @transaction.atomic
    def write(
        self,
        customers: Iterable[int],
        *,
        by: Agent,
        contact: Contact,
        subject: str,
        html: str,
        form_key: str,
        left_out: Mapping[int, str] | None = None,
        files: Iterable[Attachment] = (),
        send_at: datetime | None = None,
        is_checked: bool = True,
        **beside: Any,
    ) -> "Mailing":
        """Begin to send this to these customers (ids): at `send_at`, or after the time to undo.

        `left_out` are others (ids) with the reason why they get nothing. Unless `is_checked`, all of them are looked at
        first, by a job, and nothing leaves until confirm(). `beside` are columns of Sending. The same form, sent twice,
        is one mailing.
        """
        mailing, is_new = self.get_or_create(
            form_key=form_key,
            by=by,
            defaults={
                "contact": contact,
                "subject": subject,
                "html": html,
                "send_at": send_at,
                "not_before": leaves_at(send_at),
                "stage": Stage.GOING if is_checked else Stage.CHECKING,
                **beside,
            },
        )
        if is_new:
            mailing.attachments.set(files)
            gone = (left_out or {}).items()
            rows = [MailingRecipient(mailing=mailing, customer_id=one) for one in customers]
            rows += [
                MailingRecipient(mailing=mailing, customer_id=one, state=RecipientState.LEFT_OUT, reason=why[:200])
                for one, why in gone
            ]
            MailingRecipient.objects.bulk_create(rows, batch_size=BATCH)
        return mailing


class Mailing(Sending):
    """What was written, and from where. Its rows say who gets it and how far that came."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="mailings")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="mailings", verbose_name=_("contact"))
    subject = models.CharField(_("subject"), max_length=255)
    html = models.TextField(_("message"))
    form_key = models.CharField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now)
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.GOING)
    checked_to = models.BigIntegerField(default=0)  # the last row that was looked at
    send_at = models.DateTimeField(null=True, blank=True)  # when it should leave
    not_before = models.DateTimeField(default=timezone.now)  # when it may
    attachments = models.ManyToManyField(Attachment, blank=True, related_name="+")

    objects = MailingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("mailing")
        constraints = [models.UniqueConstraint(fields=["by", "form_key"], name="one_mailing_a_form")]
        indexes = [models.Index(fields=["stage", "not_before"], name="mailings_due")]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_checking(self) -> bool:
        """A job looks at what each would read."""
        return self.stage == Stage.CHECKING

    @property
    def is_asking(self) -> bool:
        """Everybody was looked at, and nothing leaves before somebody says so."""
        return self.stage == Stage.ASKING

    @property
    def is_later(self) -> bool:
        """A time was asked for, and it is still to come."""
        return self.send_at is not None and self.not_before > timezone.now()

    def confirm(self) -> bool:
        """Send it to those who are left after the check. Returns False if it was not asked about."""
        mine = Mailing.objects.filter(pk=self.pk, stage=Stage.ASKING)
        return bool(mine.update(stage=Stage.GOING, not_before=leaves_at(self.send_at)))

    @transaction.atomic
    def stop(self, *, by: Agent) -> int:
        """Whoever waits gets nothing any more, and the text is a draft again. Returns how many.

        Who was written to stays so. Before confirm() those count too who would have been left out.
        """
        n = self.recipients.stop(also=() if self.stage == Stage.GOING else (RecipientState.LEFT_OUT,))
        Mailing.objects.filter(pk=self.pk).update(stage=Stage.GOING)
        if n:
            later = self.send_at if self.is_later else None
            words = {"contact": self.contact, "subject": self.subject, "html": self.html, **self.on_sending}
            write_again([("again", str(self.pk))], by=by, files=self.attachments.all(), send_at=later, **words)
        return n

    def retry(self) -> int:
        """Try those once more that failed. Returns how many."""
        return self.recipients.retry()

    def progress(self) -> dict[str, int]:
        """How many rows are in each state, and `undelivered`: written, but the mail came to nothing."""
        return {**self.recipients.progress(), "undelivered": self.undelivered().count()}

    def undelivered(self) -> models.QuerySet[OutgoingMail]:
        """The mails of this mailing that were refused or came back."""
        threads = self.recipients.exclude(thread=None).values("thread")
        return OutgoingMail.objects.filter(
            thread__in=threads, state__in=(OutgoingState.FAILED, OutgoingState.UNCERTAIN)
        )


def waiting_rows() -> models.Exists:
    """Whether somebody of a mailing waits."""
    return models.Exists(MailingRecipient.objects.waiting().filter(mailing=models.OuterRef("pk")))


class MailingRecipient(Row):
    """One customer of a mailing."""

    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="recipients")
    customer = models.ForeignKey("crm.Customer", models.CASCADE, related_name="+")
    thread = models.ForeignKey("helpdesk.Thread", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name = _("recipient")
        constraints = [models.UniqueConstraint(fields=["mailing", "customer"], name="one_mail_a_customer")]
        indexes = [models.Index(fields=["mailing", "state"], name="recipients_by_state")]

    def __str__(self) -> str:
        return f"{self.mailing_id} → {self.customer_id}"
