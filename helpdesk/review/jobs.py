"""Goes on with what takes longer than a page, by whichever worker's turn it is. See settings.PERIODIC_JOBS."""

import logging

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from helpdesk.models import (
    BulkFollowUp,
    Delegation,
    DeskSettings,
    FollowUpRow,
    RecipientState,
    ReviewStep,
    StepKind,
    Thread,
)
from helpdesk.review.proposals import Proposal, proposals

logger = logging.getLogger(__name__)

A_RUN = 200  # mails that one run writes, so that a long job does not keep the next one waiting
BATCH = 25


def go_on() -> int:
    """Hand out what was delegated and write the follow-ups that are due; how many. Again at once, it is none."""
    given = sum(one.go_on() for one in Delegation.objects.unfinished().select_related("to", "by"))
    return given + sum(_follow_up(job) for job in BulkFollowUp.objects.due())


def _follow_up(job: BulkFollowUp) -> int:
    """Killed in between, it goes on where it stopped: a row is settled in the transaction that queues its mail."""
    count = 0
    waiting = job.rows.filter(state=RecipientState.WAITING).order_by("pk")
    with override(job.by.language or DeskSettings.load().language):
        for _batch in range(A_RUN // BATCH):
            rows = list(waiting[:BATCH])
            if not rows:
                break
            count += _write_all(job, rows)
    return count


def _write_all(job: BulkFollowUp, rows: list[FollowUpRow]) -> int:
    threads = Thread.objects.visible_to(job.by).on_desk().filter(pk__in=[row.thread_id for row in rows])
    found = proposals(threads.select_related("contact", "customer", "order"), job.reply, job.bodies, by=job.by)
    by_thread = {one.thread.pk: one for one in found}
    return sum(_write(job, row, by_thread.get(row.thread_id)) for row in rows)


def _write(job: BulkFollowUp, row: FollowUpRow, proposal: Proposal | None) -> bool:
    try:
        with transaction.atomic():
            if reason := obstacle_of(proposal, job):
                row.settle(RecipientState.LEFT_OUT, reason)
                return False
            if proposal is None or not row.settle(RecipientState.WRITTEN):
                return False  # another worker was faster
            step = ReviewStep.objects.send(
                proposal.thread, proposal.html, by=job.by, week=job.week, reply=job.reply, form_key=f"fu-{row.pk}"
            )
            FollowUpRow.objects.filter(pk=row.pk).update(message=step.message)
    except OperationalError:  # the database is busy: the row waits, and the next run takes it
        raise
    except Exception as problem:
        logger.exception("Follow-up %s: nothing was written in thread %s.", job.pk, row.thread_id)
        row.settle(RecipientState.FAILED, str(problem))
        return False
    return True


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
