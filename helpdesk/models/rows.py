"""What one text to many is made of: a row for each, written once, whoever works on it and however often killed."""

import logging
from collections.abc import Callable, Iterator
from typing import Any, Self

from django.db import OperationalError, models, transaction
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)


class RecipientState(models.TextChoices):
    """How far one letter came."""

    WAITING = "waiting", _("Waiting")
    WRITTEN = "written", _("Written")
    LEFT_OUT = "left_out", _("Left out")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped")


class RowQuerySet(models.QuerySet[Any]):
    """The rows of one job, or of several."""

    def waiting(self) -> Self:
        """Those that are still to be written, in their order."""
        return self.filter(state=RecipientState.WAITING).order_by("pk")

    def batches(self, size: int, *, most: int) -> Iterator[list[Any]]:
        """What waits, some at a time, until nothing does or about so many were handed out: a long job does not keep the
        next one waiting. Whoever takes a batch settles its rows before the next one."""
        for _batch in range(most // size):
            if not (rows := list(self.waiting()[:size])):
                return
            yield rows

    def progress(self) -> dict[str, int]:
        """How many are in each state."""
        counted = self.order_by().values_list("state").annotate(n=models.Count("pk"))
        return {**dict.fromkeys(RecipientState.values, 0), **dict(counted)}

    def stop(self, *, also: tuple[str, ...] = ()) -> int:
        """Whoever waits, or is in one of those states, gets nothing any more. Returns how many."""
        over = (RecipientState.WAITING, *also)
        return self.filter(state__in=over).update(state=RecipientState.STOPPED, reason="")

    def retry(self) -> int:
        """Let those wait again that failed. Returns how many."""
        return self.filter(state=RecipientState.FAILED).update(state=RecipientState.WAITING, reason="")


class Row(models.Model):
    """One of many: how far it came, and why it came no further."""

    state = models.CharField(max_length=10, choices=RecipientState, default=RecipientState.WAITING)
    reason = models.CharField(max_length=200, blank=True)

    objects = RowQuerySet.as_manager()

    class Meta:
        abstract = True

    def settle(self, state: RecipientState, reason: str = "") -> bool:
        """Take this row out of those that wait; False if another worker was faster. The caller's transaction holds
        it, so that a mail is written with it or not at all."""
        mine = type(self)._default_manager.filter(pk=self.pk, state=RecipientState.WAITING)
        return bool(mine.update(state=state, reason=reason[:200]))

    def carry_out(self, write: Callable[[], None], *, obstacle: str = "") -> bool:
        """Write it and settle it, in one transaction, unless there is an `obstacle`. Whether it was written now.

        What `write` raises is kept as the reason why it failed.
        """
        if obstacle:
            self.settle(RecipientState.LEFT_OUT, obstacle)
            return False
        try:
            with transaction.atomic():
                if not self.settle(RecipientState.WRITTEN):
                    return False
                write()
        except OperationalError:  # the database is busy: the row waits, and the next run takes it
            raise
        except Exception as problem:
            logger.exception("%s %s: nothing was written.", type(self).__name__, self)
            self.settle(RecipientState.FAILED, str(problem))
            return False
        return True
