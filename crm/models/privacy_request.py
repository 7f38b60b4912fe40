"""What customers ask for under the law: a copy of their data, or that it is erased."""

from datetime import date, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agent
from crm.models.customer import Customer

ANSWER_WITHIN = timedelta(days=30)  # one month, by the GDPR


class PrivacyRequestQuerySet(models.QuerySet["PrivacyRequest"]):
    """Requests, in the desk's words."""

    def open(self) -> "PrivacyRequestQuerySet":
        """Not answered yet, the most urgent first."""
        return self.filter(done_at=None).order_by("received_on", "pk")

    def note(
        self, customer: Customer, kind: str, *, by: Agent | None, received_on: date, words: str = ""
    ) -> "PrivacyRequest":
        """Write a request down; `by` is None for what customers ask in their private area.

        Raises ValueError, with a sentence, for a day that has not come.
        """
        if received_on > timezone.localdate():
            raise ValueError(_("That day has not come yet."))
        return self.create(customer=customer, kind=kind, by=by, received_on=received_on, words=words.strip()[:255])


class PrivacyRequest(models.Model):
    """One request, with the day by which the law wants an answer."""

    class Kind(models.TextChoices):
        COPY = "copy", gettext_lazy("a copy of their data")
        ERASURE = "erasure", gettext_lazy("that their data is erased")

    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="privacy_requests")
    kind = models.CharField(max_length=8, choices=Kind)
    received_on = models.DateField(gettext_lazy("received"))
    words = models.CharField(gettext_lazy("where and how they asked"), max_length=255, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[PrivacyRequestQuerySet] = PrivacyRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-received_on", "-pk"]
        verbose_name = gettext_lazy("privacy request")
        indexes = [models.Index(fields=["done_at", "received_on"], name="privacy_requests_open")]

    def __str__(self) -> str:
        return f"{self.customer}: {self.get_kind_display()}"

    @property
    def due_on(self) -> date:
        """The last day to answer."""
        return self.received_on + ANSWER_WITHIN

    @property
    def is_late(self) -> bool:
        """The law's day has passed."""
        return self.done_at is None and self.due_on < timezone.localdate()

    @transaction.atomic
    def finish(self, *, by: Agent) -> None:
        """It is answered. Doing it twice changes nothing."""
        PrivacyRequest.objects.filter(pk=self.pk, done_at=None).update(done_at=timezone.now(), done_by=by)
