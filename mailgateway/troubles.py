"""Outages: from the first error of a mailbox to its next success, in the server's own words, and whom we told."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

TELL_AFTER = timedelta(minutes=10)  # shorter ones mend themselves
KEEP = timedelta(days=90)


class Side(models.TextChoices):
    """What does not work."""

    RECEIVING = "in", _("Receiving")
    SENDING = "out", _("Sending")


class TroubleQuerySet(models.QuerySet["Trouble"]):
    """Outages, in the gateway's words."""

    def going_on(self) -> "TroubleQuerySet":
        """Not over yet, of mailboxes in use."""
        return self.filter(ended_at=None, mailbox__is_active=True)

    def lasting(self) -> "TroubleQuerySet":
        """Those that do not seem to mend themselves: people have to know."""
        return self.going_on().filter(began_at__lte=timezone.now() - TELL_AFTER)

    def untold(self) -> "TroubleQuerySet":
        """Lasting ones that nobody was told of."""
        return self.lasting().filter(told_at=None)

    def mended(self) -> "TroubleQuerySet":
        """Over, and people who were told of the trouble do not know it yet."""
        return self.filter(ended_at__isnull=False, told_at__isnull=False, mended_told_at=None)

    def note(self, mailbox_id: int, side: Side, words: str) -> None:
        """One more failure: of the outage that goes on, or the first of a new one."""
        now, words = timezone.now(), words[:500]
        going_on = self.filter(mailbox=mailbox_id, side=side, ended_at=None)
        if not going_on.update(words=words, last_at=now, times=models.F("times") + 1):
            self.create(mailbox_id=mailbox_id, side=side, words=words, began_at=now, last_at=now)

    def end(self, mailbox_id: int, side: Side) -> None:
        """It works again."""
        self.filter(mailbox=mailbox_id, side=side, ended_at=None).update(ended_at=timezone.now())

    def purge(self) -> None:
        """Forget what has long been over."""
        self.filter(ended_at__lt=timezone.now() - KEEP).delete()


class Trouble(models.Model):
    """One outage of one direction of a mailbox."""

    mailbox = models.ForeignKey("mailgateway.Mailbox", models.CASCADE, related_name="troubles")
    side = models.CharField(max_length=3, choices=Side)
    words = models.CharField(max_length=500)  # the server's own, of the last time
    began_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    times = models.PositiveIntegerField(default=1)
    ended_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    mended_told_at = models.DateTimeField(null=True, blank=True)

    objects = TroubleQuerySet.as_manager()

    class Meta:
        ordering = ["-began_at", "-pk"]
        verbose_name = _("outage")
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "side"], condition=models.Q(ended_at=None), name="one_outage_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["mailbox", "-began_at"], name="troubles_of_a_mailbox")]

    def __str__(self) -> str:
        return f"{self.mailbox_id} {self.get_side_display()}: {self.words}"

    @property
    def is_lasting(self) -> bool:
        """It does not seem to mend itself."""
        return self.began_at <= timezone.now() - TELL_AFTER

    def claim(self, column: str) -> bool:
        """Whether it is this caller who tells people; true once, whoever asks at the same time."""
        rows = type(self).objects.filter(pk=self.pk, **{column: None})
        return bool(rows.update(**{column: timezone.now()}))
