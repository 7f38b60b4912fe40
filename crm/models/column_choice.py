"""Which columns of a list an agent wants to see."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ColumnChoiceQuerySet(models.QuerySet["ColumnChoice"]):
    """Choices, and how they are remembered."""

    def of(self, agent: models.Model, table: str) -> set[str] | None:
        """The keys of the columns an agent chose; None if they never chose any."""
        kept = self.filter(agent=agent, table=table).values_list("columns", flat=True).first()
        return None if kept is None else set(kept)

    def remember(self, table: str, columns: Iterable[str], *, by: models.Model) -> None:
        """From now on these columns for this agent."""
        self.update_or_create(agent=by, table=table, defaults={"columns": sorted(set(columns))})

    def forget(self, table: str, *, by: models.Model) -> None:
        """Back to what everybody sees."""
        self.filter(agent=by, table=table).delete()


class ColumnChoice(models.Model):
    """The columns of one list that one agent sees; without a row, those that everybody sees."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    table = models.CharField(max_length=32)
    columns = models.JSONField(default=list)

    objects = ColumnChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice of columns")
        constraints = [models.UniqueConstraint(fields=["agent", "table"], name="one_choice_a_table")]

    def __str__(self) -> str:
        return self.table
