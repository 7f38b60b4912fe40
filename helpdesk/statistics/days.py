"""What the facts of one day and one contact add up to, and how days are added up further."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from helpdesk.models.figures import ANSWERS, REPLIES, TARGETS, DayFigures, FactKind

TIMED = {FactKind.FIRST: "first", FactKind.NEXT: "next", FactKind.CLOSED: "closed"}


def begin_of(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins."""
    return datetime.combine(day, time(), zone)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """On which day it was."""
    return at.astimezone(zone).date()


@dataclass
class Line:
    """What one agent (or contact) did: counted, and the business seconds of first answers."""

    received: int = 0
    replies: int = 0
    answers: int = 0
    closed: int = 0
    new: int = 0
    reopened: int = 0
    met: int = 0
    late: int = 0
    first: list[int] = field(default_factory=list)
    scores: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Line") -> None:
        """Both together."""
        for name in ("received", "replies", "answers", "closed", "new", "reopened", "met", "late"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.first += other.first
        self.scores.update(other.scores)


@dataclass
class Sums:
    """Everything that days are added up to. Lists of seconds are (clock, business) pairs in two lists."""

    counts: Counter[str] = field(default_factory=Counter)  # by kind of fact
    settled: int = 0
    clock: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # by first, next, closed
    work: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    exchanges: Counter[str] = field(default_factory=Counter)  # closings by number of exchanges
    messages: Counter[str] = field(default_factory=Counter)  # closings by number of messages
    touches: int = 0
    held: Counter[str] = field(default_factory=Counter)  # seconds by holder, of what was closed
    reasons: Counter[str] = field(default_factory=Counter)
    replies: Counter[str] = field(default_factory=Counter)  # uses by id of the predefined reply
    scores: Counter[str] = field(default_factory=Counter)
    levels: Counter[str] = field(default_factory=Counter)  # targets: METRIC:met, :late, :timed, :seconds
    hours: list[int] = field(default_factory=lambda: [0] * 24)  # messages received
    agents: dict[str, Line] = field(default_factory=lambda: defaultdict(Line))

    COUNTERS = ("counts", "exchanges", "messages", "held", "reasons", "replies", "scores", "levels")

    def add(self, other: "Sums") -> None:
        """Both together."""
        for name in self.COUNTERS:
            getattr(self, name).update(getattr(other, name))
        self.settled += other.settled
        self.touches += other.touches
        for key in other.clock:
            self.clock[key] += other.clock[key]
            self.work[key] += other.work[key]
        self.hours = [one + more for one, more in zip(self.hours, other.hours, strict=True)]
        for agent, line in other.agents.items():
            self.agents[agent].add(line)

    @property
    def answers(self) -> int:
        """Answers to customers who waited."""
        return sum(self.counts[kind] for kind in ANSWERS)

    @property
    def sent(self) -> int:
        """All replies, those that nobody waited for too."""
        return sum(self.counts[kind] for kind in REPLIES)


def sums_of(facts: Iterable[Any], zone: ZoneInfo) -> Sums:
    """Of facts, in any order."""
    sums = Sums()
    for one in facts:
        sums.counts[one.kind] += 1
        _by_kind(sums, one, zone)
        if one.agent_id is not None and one.kind in AGENTS:
            _by_agent(sums.agents[str(one.agent_id)], one)
    return sums


AGENTS = {*REPLIES, *TARGETS, FactKind.CLOSED, FactKind.RATED}


def _by_kind(sums: Sums, one: Any, zone: ZoneInfo) -> None:
    if key := TIMED.get(one.kind):
        sums.clock[key].append(one.seconds)
        sums.work[key].append(one.work_seconds)
    if one.kind == FactKind.RECEIVED:
        sums.hours[one.at.astimezone(zone).hour] += 1
    elif one.kind == FactKind.RATED:
        sums.scores[str(one.number)] += 1
    elif one.kind == FactKind.CLOSED:
        _add_closing(sums, one)
    elif one.kind in TARGETS:
        _add_level(sums.levels, one)
    for reply in one.data.get("replies", ()):
        sums.replies[str(reply)] += 1


def _add_level(levels: Counter[str], one: Any) -> None:
    metric = one.data["metric"]
    levels[f"{metric}:{one.kind}"] += 1
    if one.work_seconds is not None:
        levels[f"{metric}:timed"] += 1
        levels[f"{metric}:seconds"] += one.work_seconds


def _add_closing(sums: Sums, one: Any) -> None:
    sums.exchanges[str(one.number)] += 1
    sums.messages[str(one.data.get("messages", 0))] += 1
    sums.touches += one.data.get("touch", 0)
    sums.held.update(one.data.get("held", {}))
    if reason := one.data.get("reason"):
        sums.reasons[reason] += 1


def _by_agent(line: Line, one: Any) -> None:
    line.replies += one.kind in REPLIES
    line.answers += one.kind in ANSWERS
    line.closed += one.kind == FactKind.CLOSED
    line.met += one.kind == FactKind.MET
    line.late += one.kind == FactKind.LATE
    if one.kind == FactKind.FIRST:
        line.first.append(one.work_seconds)
    elif one.kind == FactKind.RATED:
        line.scores[str(one.number)] += 1


# -- as rows --------------------------------------------------------------------------------------


def write(row: DayFigures, sums: Sums) -> None:
    """Put the sums of its facts into a row."""
    row.new, row.closed = sums.counts[FactKind.NEW], sums.counts[FactKind.CLOSED]
    row.reopened, row.asked, row.settled = sums.counts[FactKind.REOPENED], sums.counts[FactKind.ASKED], sums.settled
    row.is_stale = False
    row.data = written(sums)


def written(sums: Sums) -> dict[str, Any]:
    """As JSON, without what has a column of its own."""
    return {
        **{name: dict(getattr(sums, name)) for name in Sums.COUNTERS},
        "touches": sums.touches,
        "clock": {key: sorted(values) for key, values in sums.clock.items()},
        "work": {key: sorted(values) for key, values in sums.work.items()},
        "hours": sums.hours,
        "agents": {agent: _line(line) for agent, line in sums.agents.items()},
    }


def _line(line: Line) -> list[Any]:
    """Without targets as before there were any."""
    told = [line.replies, line.answers, line.closed, sorted(line.first), dict(line.scores)]
    return [*told, line.met, line.late] if line.met or line.late else told


def read(data: Mapping[str, Any], *, settled: int) -> Sums:
    """The other way round; of a day that was never added up, nothing."""
    sums = Sums(settled=settled)
    if not data:
        return sums
    for name in Sums.COUNTERS:
        setattr(sums, name, Counter(data.get(name, {})))
    sums.touches, sums.hours = data["touches"], data["hours"]
    sums.clock, sums.work = defaultdict(list, data["clock"]), defaultdict(list, data["work"])
    for agent, (replies, answers, closed, first, scores, *targets) in data["agents"].items():
        met, late = targets or (0, 0)
        sums.agents[agent] = Line(
            replies=replies,
            answers=answers,
            closed=closed,
            first=list(first),
            scores=Counter(scores),
            met=met,
            late=late,
        )
    return sums


def days_between(first: date, last: date) -> list[date]:
    """Both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
