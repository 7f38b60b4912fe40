"""A thread's life as facts that can be counted: who asked, who answered after how long, when it was closed. Pure.

What counts: a customer's messages but not what a machine answered, replies that were not taken back, changes of
status. Notes, forwards, confirmations of receipt and merges are no answers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from helpdesk.hours import OpenHours
from helpdesk.models.desk import Holder, Status
from helpdesk.models.figures import FactKind


@dataclass(frozen=True)
class Said:
    """A public message: the customer's, or ours with who wrote it and the predefined replies that are in it."""

    at: datetime
    is_ours: bool
    agent: int | None = None
    is_automatic: bool = False
    replies: tuple[int, ...] = ()


@dataclass(frozen=True)
class Turned:
    """A change of status: to which, who has the ball in it, who did it and why."""

    at: datetime
    to: str
    holder: str
    agent: int | None = None
    reason: str = ""


@dataclass
class Found:
    """One thing that counts. `number` is the exchange it belongs to, or how many there were."""

    kind: FactKind
    at: datetime
    agent: int | None = None
    until: datetime | None = None
    seconds: int | None = None
    work_seconds: int | None = None
    number: int = 0
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Life:
    """Reads a thread from its beginning. `tell` it everything in order, then look at `facts`."""

    begun: datetime
    hours: OpenHours
    by: int | None = None
    facts: list[Found] = field(default_factory=list)
    exchanges: int = 0
    replies: int = 0
    messages: int = 0
    closings: int = 0
    status: str = Status.OPEN
    _turn: Found | None = None
    _turns: int = 0
    _stretch: Found = field(init=False)
    _status_holder: str = Holder.US
    _ours_last: bool = False
    _held: dict[str, int] = field(default_factory=dict)
    _held_since: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._stretch = self._add(FactKind.NEW, self.begun, self.by)
        self._held_since = self.begun

    @classmethod
    def of(cls, begun: datetime, story: Iterable[Said | Turned], hours: OpenHours, *, by: int | None = None) -> "Life":
        """The life of a thread that began then, whose story is in any order."""
        life = cls(begun, hours, by)
        for one in sorted(story, key=lambda part: part.at):
            life.tell(one)
        return life

    @property
    def holder(self) -> str:
        """Who has to act: as the status says, and in an open thread whoever did not speak last."""
        if self.status != Status.OPEN:
            return self._status_holder
        return Holder.CUSTOMER if self._ours_last and self._turn is None else Holder.US

    def tell(self, part: Said | Turned) -> None:
        """What happened next."""
        at = max(part.at, self.begun)
        self._hold(at)
        if isinstance(part, Turned):
            self._turned(part, at)
        elif part.is_ours:
            self._answered(part, at)
        elif not part.is_automatic:
            self._asked(at)

    def _asked(self, at: datetime) -> None:
        self.messages += 1
        self._ours_last = False
        if self._turn is None:
            self._turns += 1
            self._turn = self._add(FactKind.ASKED, at, number=self._turns)
        self._add(FactKind.RECEIVED, at, number=self._turns)

    def _answered(self, said: Said, at: datetime) -> None:
        data: dict[str, Any] = {"replies": list(said.replies)} if said.replies else {}
        self.messages += 1
        if self._turn is None:
            self._add(FactKind.MORE, at, said.agent, number=self.exchanges, data=data)
        else:
            self.exchanges += 1
            is_first = self._turns == 1 and not self.replies
            kind = FactKind.FIRST if is_first else FactKind.NEXT
            self._add(kind, at, said.agent, number=self._turns, data=data, since=self._turn.at)
            self._turn.until, self._turn = at, None
        self.replies += 1
        self._ours_last = True

    def _turned(self, turned: Turned, at: datetime) -> None:
        was_closed, is_closed = self.status == Status.CLOSED, turned.to == Status.CLOSED
        self.status, self._status_holder = turned.to, turned.holder
        if is_closed and not was_closed:
            self._closed(turned, at)
        elif was_closed and not is_closed:
            self._stretch = self._add(FactKind.REOPENED, at, turned.agent, number=self.closings)
            self._held = {}

    def _closed(self, turned: Turned, at: datetime) -> None:
        """A question that is left then was settled without an answer."""
        if self._turn is not None:
            self._turn.until, self._turn = at, None
        self.closings += 1
        data: dict[str, Any] = {"held": self._held, "messages": self.messages}
        if self.closings == 1 and self.replies == 1:
            data["touch"] = 1  # until it is opened again
        if turned.reason:
            data["reason"] = turned.reason
        begun = self._stretch.at
        self._add(FactKind.CLOSED, at, turned.agent, number=self.exchanges, data=data, since=begun)
        self._stretch.until = at

    def _hold(self, at: datetime) -> None:
        """The time until now was spent waiting for whoever had the ball."""
        if self.status != Status.CLOSED:
            passed = int((at - self._held_since).total_seconds())
            self._held[self.holder] = self._held.get(self.holder, 0) + max(0, passed)
        self._held_since = at

    def _add(
        self,
        kind: FactKind,
        at: datetime,
        agent: int | None = None,
        *,
        number: int = 0,
        data: dict[str, Any] | None = None,
        since: datetime | None = None,
    ) -> Found:
        found = Found(kind, at, agent, number=number, data=data or {})
        if kind == FactKind.REOPENED:
            for one in self.facts:
                one.data.pop("touch", None)
        if since is not None:
            found.seconds = int((at - since).total_seconds())
            found.work_seconds = self.hours.seconds_between(since, at)
        self.facts.append(found)
        return found
