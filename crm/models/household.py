"""One account for several people: a wedding, a school class, a race."""

from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.models import HistoricalRecords

from accounts.models import Agent

if TYPE_CHECKING:
    from crm.models.customer import Customer


class HouseholdQuerySet(models.QuerySet["Household"]):
    """Shared accounts, in the desk's words."""

    @transaction.atomic
    def found(self, name: str, first: "Customer", *, by: Agent, note: str = "") -> "Household":
        """A new one with its first person. Raises ValueError, with a sentence, without a name."""
        if not name.strip():
            raise ValueError(_("Give it a name, such as “Wedding of Ana and Luis”."))
        household = self.model(name=name.strip()[:120], note=note.strip()[:255])
        household._history_user = by
        household.save()
        household.welcome(first, by=by)
        return household


class Household(models.Model):
    """One account for several people. Each comes in with a link or a password of their own, and sees their own
    messages only: what is asked for a customer is never asked for a household."""

    name = models.CharField(gettext_lazy("name"), max_length=120)
    note = models.CharField(gettext_lazy("what it is for"), max_length=255, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    history = HistoricalRecords()

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = gettext_lazy("shared account")

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def rename(self, name: str, *, by: Agent, note: str = "") -> None:
        """Another name or purpose. Raises ValueError, with a sentence, without a name."""
        if not name.strip():
            raise ValueError(_("Give it a name, such as “Wedding of Ana and Luis”."))
        self.name, self.note = name.strip()[:120], note.strip()[:255]
        self._history_user = by
        self.save()

    @transaction.atomic
    def welcome(self, customer: "Customer", *, by: Agent) -> None:
        """One more person. Raises ValueError, with a sentence, for somebody who is in another shared account."""
        customer.lock()
        if customer.household_id == self.pk:
            return
        if customer.household is not None:
            raise ValueError(
                _("%(name)s already belongs to “%(household)s”.") % {"name": customer, "household": customer.household}
            )
        customer.write(by=by, household=self)

    @transaction.atomic
    def part(self, customer: "Customer", *, by: Agent) -> None:
        """One person less; with the last one the shared account ends."""
        customer.lock()
        if customer.household_id != self.pk:
            return
        customer.write(by=by, household=None)
        if not self.people.exists():
            self._history_user = by
            self.delete()
