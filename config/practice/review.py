"""The week's review, half done: some skipped, some handed over, and a part that a colleague has until Friday."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Agent
from helpdesk.forms_review import coming_friday
from helpdesk.models import Delegation, FollowUp, ReviewStep, Thread
from helpdesk.review.texts import reply_for

SKIPPED = ("supplier", "phone", "carrier")
GIVEN = 6


def look_through(team: dict[str, Agent]) -> None:
    """What the supervisor did this morning; nobody is told by mail."""
    today, by = timezone.localdate(), team["ines"]
    week = today - timedelta(days=today.weekday())
    for follow_up in FollowUp:
        reply_for(follow_up)
    waiting = Thread.objects.open().unanswered().filter(contact__slug="service").order_by("waiting_since", "pk")
    first, given = list(waiting[: len(SKIPPED) + 2]), waiting[len(SKIPPED) + 2 :][:GIVEN]
    for thread, reason in zip(first, SKIPPED, strict=False):
        ReviewStep.objects.skip(thread, reason, by=by, week=week)
    for thread in first[len(SKIPPED) :]:
        ReviewStep.objects.hand_over(thread, team["jordi"], by=by, week=week)
    Delegation.objects.give(
        Thread.objects.filter(pk__in=[one.pk for one in given]),
        to=team["nerea"],
        due_on=coming_friday(today),
        week=week,
        by=by,
        note="Antes de la feria",
        form_key="practice",
    )
