"""One thread of the review as its page shows it: what was said, what is proposed, whom it could go to."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from typing import Any

from django.db.models import Count
from django.utils import timezone

from accounts.models import Agent
from helpdesk import html as markup
from helpdesk.absences import people_of
from helpdesk.composer import signature_of
from helpdesk.forms_pending import quick_choices
from helpdesk.models import (
    CloseReason,
    DeskSettings,
    Message,
    PredefinedReply,
    ReviewStep,
    SkipReason,
    Thread,
)
from helpdesk.review.groups import Group, groups_of, reason_of
from helpdesk.review.lists import Asked, Review
from helpdesk.review.proposals import Proposal, proposal_for

LAST = 3  # messages that are shown
LIBRARY = 30
SECONDS_EACH = 40  # that one thread takes, by experience, until this agent's own pace is known
PACED_FROM = 3
SHORTEST = 1  # a second: what a job did in one go is nobody's pace
LONGEST_PAUSE = 300  # seconds between two steps that still belong together


@dataclass(frozen=True)
class Sheet:
    """All that a page asks of one thread, when it asks for it."""

    thread: Thread
    viewer: Agent
    asked: Asked
    reply: int = 0

    @cached_property
    def review(self) -> Review:
        """The list it stands in."""
        return Review(self.viewer, self.asked)

    @cached_property
    def groups(self) -> list[Group]:
        """Why it is here; empty where it is not (any more)."""
        return groups_of(self.review.flags_of(self.thread.pk))

    @property
    def why(self) -> str:
        """The most pressing reason, in a sentence."""
        return reason_of(self.thread, self.groups[0]) if self.groups else ""

    @cached_property
    def messages(self) -> list[Message]:
        """The last that was said, the newest at the end."""
        said = self.thread.messages.current().select_related("author").prefetch_related("attachments")
        return list(said.order_by("-created_at", "-pk")[:LAST])[::-1]

    @cached_property
    def seen(self) -> int:
        """The newest message."""
        return max((one.pk for one in self.messages), default=0)

    @cached_property
    def proposal(self) -> Proposal:
        """What is proposed to send."""
        return proposal_for(self.thread, by=self.viewer, chosen=self.reply)

    @property
    def body(self) -> Any:
        """It as the customer reads it; what is missing is marked."""
        return markup.mark_placeholders(self.proposal.html)

    @property
    def digest(self) -> str:
        """What was shown: a form sends it back, so that nothing else leaves."""
        return sha256(self.proposal.html.encode()).hexdigest()[:16]

    @property
    def signature(self) -> str:
        """What stands below it."""
        return signature_of(self.thread, self.viewer, DeskSettings.load())

    @property
    def library(self) -> Any:
        """What else could be sent."""
        return PredefinedReply.objects.fitting(self.thread.contact, self.thread.status)[:LIBRARY]

    @cached_property
    def people(self) -> list[Agent]:
        """Whom it could go to, each with `absence` and `open_count`."""
        people = [one for one in people_of(self.thread.contact) if one.pk != self.viewer.pk]
        busy = Thread.objects.open().filter(assignee__in=people).order_by().values_list("assignee")
        counted = dict(busy.annotate(n=Count("pk")))
        for one in people:
            one.open_count = counted.get(one.pk, 0)  # type: ignore[attr-defined]
        return people

    @property
    def times(self) -> Any:
        """Until when it can be put off with one click."""
        return quick_choices(timezone.localtime())

    @property
    def reasons(self) -> list[CloseReason]:
        """Those of which closing asks for one."""
        return CloseReason.asked_for()

    @property
    def skips(self) -> list[tuple[str, Any]]:
        """Why nothing has to be done, but for the reason that is typed."""
        return [(one.value, one.label) for one in SkipReason if one != SkipReason.OTHER]

    @cached_property
    def earlier(self) -> int:
        """How often it was followed up before."""
        return ReviewStep.objects.in_force().filter(thread=self.thread, message__isnull=False).count()

    # -- where it stands --------------------------------------------------------------------------

    @property
    def is_left(self) -> bool:
        """It is still to be done."""
        return self.thread.pk in self.review.order

    @property
    def next(self) -> int | None:
        """What comes behind it."""
        return self.review.after(self.thread.pk)

    @property
    def previous(self) -> int | None:
        """What comes in front of it."""
        return self.review.before(self.thread.pk)

    @property
    def total(self) -> int:
        """What was done and what is left."""
        return len(self.review.done) + self.review.left_count

    @property
    def minutes(self) -> int:
        """What the rest will take, at this agent's own pace."""
        return round(self.review.left_count * pace(self.review, self.viewer) / 60)


def pace(review: Review, agent: Agent) -> float:
    """Seconds from step to step, where this agent has done some one after the other."""
    at = [row.step.at for row in review.done if row.step and row.step.by_id == agent.pk]
    gaps = [(late - early).total_seconds() for early, late in pairwise(at)]
    gaps = [gap for gap in gaps if SHORTEST <= gap <= LONGEST_PAUSE]
    return sum(gaps) / len(gaps) if len(gaps) + 1 >= PACED_FROM else SECONDS_EACH
