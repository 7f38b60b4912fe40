"""Goes on with what takes longer than a page, by whichever worker's turn it is. See settings.PERIODIC_JOBS."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from helpdesk.models import (
    BulkFollowUp,
    Delegation,
    DeskSettings,
    FollowUpRow,
    ReviewStep,
    StepKind,
    Thread,
)
from helpdesk.review.proposals import Proposal, proposals

A_RUN = 200  # mails that one run writes, so that a long job does not keep the next one waiting
BATCH = 25


def go_on() -> int:
    """Hand out what was delegated and write the follow-ups that are due; how many. Again at once, it is none."""
    given = sum(one.go_on() for one in Delegation.objects.unfinished().select_related("to", "by"))
    return given + sum(_follow_up(job) for job in BulkFollowUp.objects.due())


def _follow_up(job: BulkFollowUp) -> int:
    """Killed in between, it goes on where it stopped: a row is settled in the transaction that queues its mail."""
    with override(job.by.language or DeskSettings.load().language):
        return sum(_write_all(job, rows) for rows in job.rows.batches(BATCH, most=A_RUN))


def _write_all(job: BulkFollowUp, rows: list[FollowUpRow]) -> int:
    threads = Thread.objects.visible_to(job.by).on_desk().filter(pk__in=[row.thread_id for row in rows])
    found = proposals(threads.select_related("contact", "customer", "order"), job.reply, job.bodies, by=job.by)
    by_thread = {one.thread.pk: one for one in found}
    return sum(_write(job, row, by_thread.get(row.thread_id)) for row in rows)


def _write(job: BulkFollowUp, row: FollowUpRow, proposal: Proposal | None) -> bool:
    def write() -> None:
        if proposal is not None:
            how: dict[str, Any] = {"by": job.by, "week": job.week, "reply": job.reply, "form_key": f"fu-{row.pk}"}
            step = ReviewStep.objects.send(proposal.thread, proposal.html, **how)
            FollowUpRow.objects.filter(pk=row.pk).update(message=step.message)

    return row.carry_out(write, obstacle=obstacle_of(proposal, job))


def obstacle_of(proposal: Proposal | None, job: BulkFollowUp) -> str:
    """Why nothing is sent in a thread; empty where it is."""
    if proposal is None:
        return _("The thread is not on the desk any more")
    return proposal.obstacle or followed_up_already(proposal.thread, job)


def followed_up_already(thread: Thread, job: BulkFollowUp) -> str:
    """Whether somebody wrote in it in this week's review, and the customer has said nothing since."""
    sent = ReviewStep.objects.in_force().filter(thread=thread, week=job.week, kind=StepKind.SENT)
    step = sent.filter(at__gte=thread.inbound_at or thread.created_at).select_related("by").first()
    if step is None:
        return ""
    words = {"who": str(step.by or ""), "day": date_format(timezone.localtime(step.at), "SHORT_DATE_FORMAT")}
    return _("%(who)s followed it up on %(day)s") % words
