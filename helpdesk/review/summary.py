"""What came of a week's review, in a few lines for its mail and its page."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.utils.functional import Promise

from accounts.models import Agent
from helpdesk.models import ReviewStep, StepKind
from helpdesk.models.review import why_of


@dataclass(frozen=True)
class Line:
    """How many threads one thing was done with; `reasons` say why, where they were skipped, the commonest first."""

    label: str | Promise
    count: int
    reasons: tuple[tuple[str | Promise, int], ...] = ()


def summary_of(week: date, viewer: Agent) -> list[Line]:
    """Each thing that was done in the review of a week (its Monday), in threads that the viewer may see. One query."""
    steps = ReviewStep.objects.in_force().visible_to(viewer).filter(week=week).order_by()
    counted: dict[str, int] = {}
    skipped: dict[str, int] = {}
    for kind, reason, n in steps.values_list("kind", "reason").annotate(n=Count("pk")):
        counted[kind] = counted.get(kind, 0) + n
        if kind == StepKind.SKIPPED:
            skipped[reason] = skipped.get(reason, 0) + n
    sums = sorted(skipped.items(), key=lambda one: (-one[1], one[0]))
    reasons = tuple((why_of(StepKind.SKIPPED, reason), n) for reason, n in sums)
    return [
        Line(kind.label, counted[kind], reasons if kind == StepKind.SKIPPED else ())
        for kind in StepKind
        if kind in counted
    ]
