"""One change of many threads at once, and how it is taken back."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agent
from helpdesk.models.moves import MOVES, SKIPPED, Move, MoveKind, Skipped
from helpdesk.models.queue import ThreadQuerySet
from helpdesk.models.thread import Thread

UNDO_FOR = timedelta(days=30)
MOST = 500  # threads that one change takes
BATCH = 25  # of them in one transaction, so that nobody waits long for a row


class ThreadChangeQuerySet(models.QuerySet["ThreadChange"]):
    """Changes, in the desk's words."""

    def visible_to(self, agent: Agent) -> "ThreadChangeQuerySet":
        """One's own; a supervisor's all."""
        return self.all() if agent.is_supervisor else self.filter(by=agent)

    def recent(self) -> "ThreadChangeQuerySet":
        """Those that may still be undone, as far as time goes."""
        return self.filter(at__gt=timezone.now() - UNDO_FOR).select_related("by")

    def make(self, threads: ThreadQuerySet, move: Move, *, by: Agent) -> "ThreadChange":
        """Do it to these threads, in their order, at most MOST of them; to each by its own verb, with its own event.

        What is done is kept with every batch: whatever happens in between, that much can be undone.
        """
        ids = list(threads.filter(merged_into=None).values_list("pk", flat=True)[:MOST])
        change = self.create(kind=move.kind, to=move.to, name=move.name[:255], by=by)
        changed: list[Thread] = []
        for batch in _batches(ids):
            changed += change._take(batch, move, by=by)
        move.finish(changed, by=by)
        return change


class ThreadChange(models.Model):
    """What was done to many threads, with all that undoing it needs: facts by thread."""

    kind = models.CharField(max_length=12, choices=MoveKind)
    to = models.JSONField(null=True)
    name = models.CharField(max_length=255, blank=True)
    facts = models.JSONField(default=dict)
    skipped = models.JSONField(default=dict)  # how many were left out, by reason
    count = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ThreadChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = gettext_lazy("change of many threads")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.count})"

    @property
    def may_be_undone(self) -> bool:
        """Once, within 30 days, if anything was changed at all."""
        return self.count > 0 and self.undone_at is None and timezone.now() - self.at < UNDO_FOR

    @property
    def reasons(self) -> list[tuple[int, Any]]:
        """How many were left out, each time with why."""
        return [(number, SKIPPED.get(key, key)) for key, number in self.skipped.items()]

    @transaction.atomic
    def _take(self, ids: list[int], move: Move, *, by: Agent) -> list[Thread]:
        """Do it to these; returns those that it changed."""
        changed, skipped = [], Counter(self.skipped)
        for thread in _locked(ids):
            try:
                facts = move.do(thread, by=by)
            except Skipped as reason:
                skipped[str(reason)] += 1
                continue
            if facts:
                self.facts[str(thread.pk)] = facts
                changed.append(thread)
        self.skipped, self.count = dict(skipped), len(self.facts)
        self.save(update_fields=["facts", "skipped", "count"])
        return changed

    def undo(self, *, by: Agent) -> int:
        """Make the threads as they were, but those that somebody changed since; how many. Raises ValueError if late."""
        with transaction.atomic():
            change = ThreadChange.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if not change.may_be_undone:
                raise ValueError(_("This cannot be undone any more."))
            self.undone_at = change.undone_at = timezone.now()
            change.save(update_fields=["undone_at"])
        move = MOVES[change.kind](change.to)
        return sum(change._give_back(batch, move, by=by) for batch in _batches([int(pk) for pk in change.facts]))

    @transaction.atomic
    def _give_back(self, ids: list[int], move: Move, *, by: Agent) -> int:
        return sum(move.undo(thread, self.facts[str(thread.pk)], by=by) for thread in _locked(ids))


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _locked(ids: list[int]) -> ThreadQuerySet:
    """The threads as they are now, held until the transaction ends."""
    threads = Thread.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    return threads.select_related("contact", "customer", "assignee").prefetch_related("tags")
