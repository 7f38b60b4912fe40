"""The numbers of a period beside those of the one before, for some contacts."""

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, Sum

from helpdesk.models.figures import DayFigures, FactKind
from helpdesk.statistics import deflections
from helpdesk.statistics.counting import is_behind
from helpdesk.statistics.days import Line, Sums
from helpdesk.statistics.periods import Period
from helpdesk.statistics.rollups import Moves, Part, no_messages, parts, together

ENOUGH = 5  # below that a median says nothing yet


@dataclass(frozen=True)
class Spread:
    """Times in seconds: the one in the middle, and the one that nine of ten stay below or at."""

    count: int
    median: float | None
    p90: float | None

    @classmethod
    def of(cls, seconds: Iterable[int]) -> "Spread":
        """The middle of an even number is half way between two; P90 is the nearest rank."""
        ordered = sorted(seconds)
        if not ordered:
            return cls(0, None, None)
        return cls(len(ordered), statistics.median(ordered), ordered[math.ceil(len(ordered) * 0.9) - 1])

    @property
    def is_thin(self) -> bool:
        """Too few to say anything."""
        return self.count < ENOUGH


@dataclass(frozen=True)
class Attained:
    """How often a target was met and missed, and how much working time it took where it was done."""

    met: int = 0
    late: int = 0
    seconds: int = 0
    timed: int = 0

    @classmethod
    def of(cls, levels: Mapping[str, int], metric: str) -> "Attained":
        """From the sums of days."""
        return cls(*(levels.get(f"{metric}:{name}", 0) for name in ("met", "late", "seconds", "timed")))

    @property
    def total(self) -> int:
        """Both together."""
        return self.met + self.late

    @property
    def share(self) -> float | None:
        """How much of it was met."""
        return self.met / self.total if self.total else None

    @property
    def average(self) -> float | None:
        """Working seconds."""
        return self.seconds / self.timed if self.timed else None


@dataclass
class Half:
    """One of the two periods that are compared."""

    period: Period
    start: int = 0  # threads not closed when it began
    start_unanswered: int = 0
    sums: Sums = field(default_factory=Sums)
    days: dict[date, Moves] = field(default_factory=dict)
    heat: list[list[int]] = field(default_factory=no_messages)  # messages received by weekday (Monday first) and hour
    by_contact: dict[int, Sums] = field(default_factory=lambda: defaultdict(Sums))
    deflected: dict[int, int] = field(default_factory=dict)  # by contact
    spreads: dict[tuple[str, bool], Spread] = field(default_factory=dict)  # a page asks for each of them often

    def take(self, part: Part) -> None:
        """More days of a contact. Their sum is made when all are there."""
        self.by_contact[part.contact].add(part.sums)
        for day, moves in part.days.items():
            self.days[day] = self.days[day].plus(moves) if day in self.days else moves
        self.heat = together(self.heat, part.heat)

    def add_up(self) -> None:
        """All contacts together, their times in order."""
        for sums in self.by_contact.values():
            self.sums.add(sums)
        for seconds in (*self.sums.work.values(), *self.sums.clock.values()):
            seconds.sort()

    @property
    def new(self) -> int:
        """Threads that began."""
        return self.sums.counts[FactKind.NEW]

    @property
    def closed(self) -> int:
        """Closings."""
        return self.sums.counts[FactKind.CLOSED]

    @property
    def reopened(self) -> int:
        """Openings of what had been closed."""
        return self.sums.counts[FactKind.REOPENED]

    @property
    def received(self) -> int:
        """Messages of customers."""
        return self.sums.counts[FactKind.RECEIVED]

    @property
    def answers(self) -> int:
        """Answers to customers who waited."""
        return self.sums.answers

    @property
    def backlog(self) -> int:
        """Threads not closed at the end: start + new + reopened - closed."""
        return self.start + self.new + self.reopened - self.closed

    @property
    def unanswered(self) -> int:
        """Threads whose customer waits for an answer at the end."""
        return self.start_unanswered + self.sums.counts[FactKind.ASKED] - self.sums.settled

    def times(self, what: str, *, work: bool = True) -> Spread:
        """Of "first", "next" or "closed", in business hours or by the clock."""
        if (what, work) not in self.spreads:
            self.spreads[what, work] = Spread.of((self.sums.work if work else self.sums.clock).get(what, ()))
        return self.spreads[what, work]

    def attained(self, metric: str) -> Attained:
        """Of "first", "next" or "resolution"."""
        return Attained.of(self.sums.levels, metric)

    @property
    def one_touch(self) -> float | None:
        """Share of closings that took one answer."""
        return self.sums.touches / self.closed if self.closed else None

    @property
    def exchanges(self) -> float | None:
        """Exchanges a closing took, on average."""
        total = sum(int(number) * times for number, times in self.sums.exchanges.items())
        return total / self.closed if self.closed else None

    @property
    def messages(self) -> float | None:
        """Messages a closed thread had, on average."""
        total = sum(int(number) * times for number, times in self.sums.messages.items())
        return total / self.closed if self.closed else None

    @property
    def satisfaction(self) -> float | None:
        """The average rating, 1 to 5."""
        return average(self.sums.scores)

    @property
    def response_rate(self) -> float | None:
        """Share of those asked to rate who did."""
        asked = self.sums.counts[FactKind.INVITED]
        return self.sums.counts[FactKind.RATED] / asked if asked else None

    @property
    def answered_by_form(self) -> int:
        """Questions that needed no thread."""
        return sum(self.deflected.values())

    @property
    def wrote_all_the_same(self) -> int:
        """Letters of people whom the form had shown their order."""
        return self.sums.counts[FactKind.SHOWN]

    @property
    def backlog_by_day(self) -> list[int]:
        """At the beginning, then at the end of each day."""
        level = [self.start]
        for day in self.period.days:
            moves = self.days.get(day, Moves())
            level.append(level[-1] + moves.new + moves.reopened - moves.closed)
        return level

    @property
    def agents(self) -> dict[int, Line]:
        """What each agent did."""
        return {int(pk): line for pk, line in self.sums.agents.items()}


def average(scores: dict[str, int]) -> float | None:
    """Of ratings by score."""
    rated = sum(scores.values())
    return sum(int(score) * times for score, times in scores.items()) / rated if rated else None


@dataclass
class Report:
    """A period and the one before. `is_counted` is False while the job has something of longer ago to count."""

    now: Half
    before: Half
    is_counted: bool = True

    @property
    def period(self) -> Period:
        """What is reported on."""
        return self.now.period


def report(period: Period, contacts: Iterable[int]) -> Report:
    """The report on these contacts (ids), as far as the job has counted."""
    mine = list(contacts)
    found, is_fresh = _read(period, mine)
    deflections.count(found.now, found.before, mine)
    found.is_counted = is_fresh and not is_behind()
    return found


def _read(period: Period, contacts: list[int]) -> tuple[Report, bool]:
    """What is kept, and whether none of the days waits for being added up again."""
    now, before = Half(period), Half(period.before)
    is_fresh = _begin(before, contacts)
    for part in parts([(half.period.first, half.period.last) for half in (before, now)], contacts):
        (now if part.first >= period.first else before).take(part)
        is_fresh = is_fresh and not part.is_stale
    for half in (before, now):
        half.add_up()
    now.start, now.start_unanswered = before.backlog, before.unanswered
    return Report(now, before), is_fresh


def _begin(half: Half, contacts: list[int]) -> bool:
    """Backlog and unanswered threads when a period begins: all that came before, added up; whether that is fresh."""
    earlier = DayFigures.objects.filter(contact__in=contacts, day__lt=half.period.first)
    columns = ("new", "reopened", "closed", "asked", "settled")
    sums = {name: Sum(name) for name in columns}
    asked = earlier.aggregate(**sums, stale=Count("pk", filter=Q(is_stale=True)))
    told = {name: number or 0 for name, number in asked.items()}
    half.start = told["new"] + told["reopened"] - told["closed"]
    half.start_unanswered = told["asked"] - told["settled"]
    return not told["stale"]
