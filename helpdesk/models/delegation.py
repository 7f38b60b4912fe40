"""Threads that a supervisor gives to an agent to follow up until a day: assigned one by one, told once."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agent
from helpdesk import notices, pings
from helpdesk.models.event import Event, EventKind
from helpdesk.models.moves import SKIPPED
from helpdesk.models.queue import ThreadQuerySet
from helpdesk.models.thread import Thread

MOST = 500  # threads of one delegation
BATCH = 25  # of them in one transaction, so that nobody waits long for a row
LONGEST = timedelta(days=366)


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Delegations, in the desk's words."""

    def visible_to(self, agent: Agent) -> "DelegationQuerySet":
        """All to a supervisor, else what was given to the agent."""
        return self.all() if agent.is_supervisor else self.filter(to=agent)

    def in_force(self) -> "DelegationQuerySet":
        """Those that nobody ended."""
        return self.filter(ended_at=None)

    def unfinished(self) -> "DelegationQuerySet":
        """Those whose threads were not all handed out yet."""
        return self.filter(told_at=None, ended_at=None)

    def give(
        self, threads: ThreadQuerySet, *, to: Agent, due_on: date, week: date, by: Agent, form_key: str, note: str = ""
    ) -> "Delegation":
        """Give these threads to an agent, at most MOST, in their order. The same form, sent twice, is one delegation.

        What cannot be done at once a job goes on with. Raises ValueError for no threads, or a day that has passed.
        """
        if not timezone.localdate() <= due_on <= timezone.localdate() + LONGEST:
            raise ValueError(_("Choose a day from today on, within a year."))
        ids = list(threads.filter(merged_into=None).values_list("pk", flat=True)[:MOST])
        if not ids:
            raise ValueError(_("Tick some threads first."))
        words: dict[str, Any] = {"to": to, "due_on": due_on, "week": week, "note": " ".join(note.split())[:300]}
        with transaction.atomic():
            made, is_new = self.get_or_create(by=by, form_key=form_key, defaults=words)
            if is_new:
                DelegatedThread.objects.bulk_create([DelegatedThread(delegation=made, thread_id=pk) for pk in ids])
        if is_new:
            made.go_on()
        return made


class Delegation(models.Model):
    """Who follows up what until when. Its rows say which threads, and which could not be given."""

    week = models.DateField()  # the Monday of the review
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="delegations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    due_on = models.DateField(gettext_lazy("to be done by"))
    note = models.CharField(gettext_lazy("note"), max_length=300, blank=True)
    form_key = models.CharField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True)  # all are handed out, and the agent knows
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    threads = models.ManyToManyField(Thread, through="DelegatedThread", related_name="delegations")

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = gettext_lazy("delegation")
        constraints = [models.UniqueConstraint(fields=["by", "form_key"], name="one_delegation_a_form")]
        indexes = [models.Index(fields=["to", "due_on"], name="delegations_of_an_agent")]

    def __str__(self) -> str:
        return f"{self.to}, {self.due_on:%F}"

    @property
    def is_late(self) -> bool:
        """Its day has passed."""
        return self.due_on < timezone.localdate()

    def go_on(self) -> int:
        """Hand out what waits, and tell the agent once all is. Returns how many threads; killed, it goes on later."""
        count = 0
        while rows := list(self.rows.filter(state=GiveState.WAITING).order_by("pk")[:BATCH]):
            with transaction.atomic():
                count += sum(row.hand_out(self) for row in rows)
        self._tell()
        return count

    @transaction.atomic
    def _tell(self) -> None:
        if not Delegation.objects.unfinished().filter(pk=self.pk).update(told_at=timezone.now()):
            return
        given = self.rows.filter(state=GiveState.GIVEN).select_related("thread__contact")
        if first := given.order_by("pk").first():
            notices.tell_delegated(self, first.thread, given.count())

    @transaction.atomic
    def end(self, *, by: Agent) -> bool:
        """Take it back: the threads stay with their assignee, the rest of the list is everybody's again; its agent is
        told, if they knew. Returns False if it was taken back already."""
        if not Delegation.objects.in_force().filter(pk=self.pk).update(ended_at=timezone.now(), ended_by=by):
            return False
        waiting = self.rows.filter(state=GiveState.WAITING)
        waiting.update(state=GiveState.LEFT_OUT, reason=_("It was taken back before."))
        given = list(Thread.objects.filter(delegated__in=self.rows.filter(state=GiveState.GIVEN)).order_by("pk"))
        facts: dict[str, Any] = {"to": str(self.to), "due": self.due_on.isoformat()}
        Event.objects.bulk_create([one.fact(EventKind.UNDELEGATED, by=by, **facts) for one in given])
        if given and Delegation.objects.filter(pk=self.pk, told_at__isnull=False).exists():
            notices.tell_taken_back(self, given[0], len(given), by=by)
        contacts = {one.contact_id for one in given}
        transaction.on_commit(lambda: pings.queues_changed(contacts))
        return True


class GiveState(models.TextChoices):
    """What became of one thread of a delegation."""

    WAITING = "waiting", gettext_lazy("Waiting")
    GIVEN = "given", gettext_lazy("Given")
    LEFT_OUT = "left_out", gettext_lazy("Left out")
    MOVED = "moved", gettext_lazy("Given to somebody else")


class DelegatedThread(models.Model):
    """One thread of a delegation."""

    delegation = models.ForeignKey(Delegation, models.CASCADE, related_name="rows")
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="delegated")
    state = models.CharField(max_length=8, choices=GiveState, default=GiveState.WAITING)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = gettext_lazy("delegated thread")
        constraints = [models.UniqueConstraint(fields=["delegation", "thread"], name="once_a_delegation")]
        indexes = [models.Index(fields=["delegation", "state"], name="delegated_by_state")]

    def __str__(self) -> str:
        return f"{self.delegation_id} → #{self.thread_id}"

    def hand_out(self, delegation: Delegation) -> bool:
        """Assign the thread. False if another worker was faster, or it cannot be. Call inside atomic()."""
        mine = DelegatedThread.objects.filter(pk=self.pk, state=GiveState.WAITING)
        if not mine.update(state=GiveState.GIVEN):
            return False
        thread = self.thread.lock()
        if not Thread.objects.visible_to(delegation.to).filter(pk=thread.pk).exists():
            DelegatedThread.objects.filter(pk=self.pk).update(
                state=GiveState.LEFT_OUT, reason=str(SKIPPED["not_member"])
            )
            return False
        others = DelegatedThread.objects.filter(thread=thread, state=GiveState.GIVEN).exclude(pk=self.pk)
        others.update(state=GiveState.MOVED)
        thread.assign(delegation.to, by=delegation.by, notice=False)
        thread.record(EventKind.DELEGATED, by=delegation.by, to=str(delegation.to), due=delegation.due_on.isoformat())
        thread.announce()
        return True
