"""A file of customers that somebody brought: its lines stay here from the trial to the end of the import."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agent
from crm.models.customer import Customer

LEASE = timedelta(seconds=60)
KEPT_DAYS = 30


class CustomerFileQuerySet(models.QuerySet["CustomerFile"]):
    """Files, in the desk's words."""

    @transaction.atomic
    def add(
        self, name: str, headers: Sequence[str], columns: Sequence[str], lines: Any, *, by: Agent
    ) -> "CustomerFile":
        """A new file, to be tried first: what each header means, and the lines as pairs of number and cells."""
        file = self.create(name=name[:255], headers=list(headers), columns=list(columns), by=by)
        rows = [CustomerFileLine(file=file, number=number, cells=cells) for number, cells in lines]
        CustomerFileLine.objects.bulk_create(rows, batch_size=500)
        return file

    def claim(self) -> "CustomerFile | None":
        """A file with work to do that no other worker holds; it is this one's for a while."""
        now = timezone.now()
        free = models.Q(leased_until=None) | models.Q(leased_until__lt=now)
        for file in self.filter(free, state__in=CustomerFile.AT_WORK).order_by("pk"):
            if self.filter(free, pk=file.pk).update(leased_until=now + LEASE):
                return file
        return None

    def outdated(self) -> "CustomerFileQuerySet":
        """Older than files are kept."""
        return self.filter(created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))


class CustomerFile(models.Model):
    """A list of customers from a spreadsheet: tried, then imported line by line, each line once."""

    class State(models.TextChoices):
        TRYING = "trying", _("Being tried")
        TRIED = "tried", _("Tried, nothing saved")
        IMPORTING = "importing", _("Being imported")
        DONE = "done", _("Imported")

    AT_WORK = (State.TRYING, State.IMPORTING)

    name = models.CharField(_("name of the file"), max_length=255)
    headers = models.JSONField(default=list)
    columns = models.JSONField(default=list)  # the field that each header means, or an empty string
    state = models.CharField(max_length=10, choices=State, default=State.TRYING)
    by = models.ForeignKey(Agent, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)

    objects = CustomerFileQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("file of customers")

    def __str__(self) -> str:
        return self.name

    @property
    def is_at_work(self) -> bool:
        """A worker goes through its lines."""
        return self.state in self.AT_WORK

    @property
    def is_trial(self) -> bool:
        """Nothing is written yet."""
        return self.state in (self.State.TRYING, self.State.TRIED)

    def counts(self) -> dict[str, int]:
        """How many lines came to what: by outcome, and `all`, `seen`."""
        found = dict(self.lines.order_by().values_list("outcome").annotate(n=models.Count("pk")))
        counts = {str(one): found.get(one, 0) for one in CustomerFileLine.Outcome.values}
        whole = sum(counts.values())
        return counts | {"all": whole, "seen": whole - counts[CustomerFileLine.Outcome.WAITING]}

    def try_with(self, columns: Sequence[str]) -> None:
        """Try again, with other meanings for the headers. Raises ValueError once the import began."""
        self._begin(self.State.TRYING, allowed=(self.State.TRYING, self.State.TRIED), columns=list(columns))

    def begin(self) -> None:
        """Import in earnest. Raises ValueError unless the trial is over."""
        self._begin(self.State.IMPORTING, allowed=(self.State.TRIED,))

    @transaction.atomic
    def _begin(self, state: "CustomerFile.State", *, allowed: Sequence[str], **fields: Any) -> None:
        mine = CustomerFile.objects.filter(pk=self.pk, state__in=allowed)
        if not mine.update(state=state, leased_until=None, **fields):
            raise ValueError(_("This file is imported already, or is being imported."))
        self.lines.update(outcome=CustomerFileLine.Outcome.WAITING, problem="")
        self.refresh_from_db()

    def hold(self, columns: Sequence[str]) -> bool:
        """Stay the one who works at it; False if somebody began anew with it meanwhile."""
        mine = CustomerFile.objects.filter(pk=self.pk, state=self.state, columns=list(columns))
        return bool(mine.update(leased_until=timezone.now() + LEASE))


class CustomerFileLine(models.Model):
    """A line of the file, and what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CREATED = "created", _("New")
        CHANGED = "changed", _("Changed")
        UNCHANGED = "unchanged", _("Already here")
        REFUSED = "refused", _("With a problem")

    file = models.ForeignKey(CustomerFile, models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    cells = models.JSONField(default=list)
    email = models.CharField(
        max_length=255, blank=True, db_index=True
    )  # so that the line is found if it is to be erased
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    problem = models.TextField(blank=True)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["number"]
        verbose_name = _("line of a file")
        indexes = [models.Index(fields=["file", "outcome", "number"], name="lines_of_a_file")]

    def __str__(self) -> str:
        return f"{self.number}"
