"""Who was given what of a review, and how far it came."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.models import Agent
from helpdesk.models import DelegatedThread, Delegation, GiveState, ReviewStep, StepKind, Thread
from helpdesk.review.groups import any_of, conditions
from helpdesk.review.lists import Asked


@dataclass(frozen=True)
class Part:
    """A delegation, and how far it came."""

    delegation: Delegation
    given: int
    left: int

    @property
    def done(self) -> int:
        """How many need nothing any more."""
        return self.given - self.left

    @property
    def is_done(self) -> bool:
        """All of them."""
        return self.left == 0

    @property
    def is_late(self) -> bool:
        """Its day has passed, and something is left."""
        return self.left > 0 and self.delegation.is_late


def parts_of(viewer: Agent, asked: Asked) -> list[Part]:
    """The delegations of a week that the viewer may see, and earlier ones of which something is left."""
    found = Delegation.objects.visible_to(viewer).in_force().filter(week__lte=asked.week)
    counted = found.select_related("to", "by").order_by("-due_on", "-pk")[:50]
    left = left_in([one.pk for one in counted], asked)
    parts = [Part(one, *left.get(one.pk, (0, 0))) for one in counted]
    return [one for one in parts if one.given and (one.delegation.week == asked.week or one.left)]


def part_of(delegation: Delegation, asked: Asked) -> Part:
    """One delegation, and how far it came."""
    return Part(delegation, *left_in([delegation.pk], asked).get(delegation.pk, (0, 0)))


def left_in(delegations: list[int], asked: Asked) -> dict[int, tuple[int, int]]:
    """How many threads each of these delegations (ids) has, and how many are left. Two queries."""
    steps = ReviewStep.objects.in_force().exclude(kind=StepKind.HANDED)
    steps = steps.filter(thread=OuterRef("pk"), at__gte=Coalesce(OuterRef("inbound_at"), OuterRef("created_at")))
    steps = steps.filter(week__gte=asked.week)
    rows = DelegatedThread.objects.filter(delegation__in=delegations, state=GiveState.GIVEN)
    awake = Q(wake_at=None) | Q(wake_at__lte=asked.at)
    due = any_of(conditions(asked.at, asked.days))
    open_ones = Thread.objects.active().filter(due, awake, ~Exists(steps), pk__in=rows.values("thread"))
    left = set(open_ones.values_list("pk", flat=True))
    counted: dict[int, tuple[int, int]] = {}
    for delegation, thread in rows.values_list("delegation", "thread"):
        given, waiting = counted.get(delegation, (0, 0))
        counted[delegation] = (given + 1, waiting + (thread in left))
    return counted
