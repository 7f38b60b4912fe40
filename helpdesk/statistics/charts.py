"""Charts as shapes with their places, for templates to draw as SVG; beside each stand the same numbers as rows."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from helpdesk.statistics.days import days_between
from helpdesk.statistics.periods import Period
from helpdesk.statistics.reports import Half
from helpdesk.statistics.rollups import Moves

MOST_BARS = 14


@dataclass(frozen=True)
class Tick:
    """A line across the chart with its number."""

    y: str
    label: int


@dataclass(frozen=True)
class Group:
    """What stands side by side over one word: numbers and their bars as (x, y, width, height)."""

    label: str
    x: str
    values: tuple[int, ...]
    bars: tuple[tuple[str, str, str, str], ...]
    url: str = ""


@dataclass(frozen=True)
class Bars:
    """A bar chart."""

    groups: list[Group]
    ticks: list[Tick]


def _at(number: float) -> str:
    """A place as SVG reads it, in every language."""
    return f"{number:.1f}"


def ceiling(most: int) -> int:
    """A round number above, with a round half."""
    step = 4
    while step < most:
        step = step * 5 // 2 if str(step).startswith("4") else step * 2
    return step


def stretches(period: Period) -> list[tuple[date, date]]:
    """The period in days, or in as many pieces as a chart has room for."""
    size = -(-period.length // MOST_BARS)
    size = size if size == 1 else -(-size // 7) * 7
    days = range(0, period.length, size)
    return [
        (period.first + timedelta(days=n), min(period.last, period.first + timedelta(days=n + size - 1))) for n in days
    ]


def day_bars(half: Half) -> Bars:
    """New threads, answers and closings, day by day or in longer pieces."""
    pieces = stretches(half.period)
    rows = [_moves(half, first, last)[:3] for first, last in pieces]
    top = ceiling(max((max(row) for row in rows), default=0))
    width, foot, head = 610 / len(pieces), 228, 26
    scale = (foot - head) / top
    bar = min(20.0, width / 4)
    groups = []
    for n, ((first, last), row) in enumerate(zip(pieces, rows, strict=True)):
        middle = 30 + width * (n + 0.5)
        bars = tuple(
            (_at(middle + (place - 1.5) * (bar + 3)), _at(foot - value * scale), _at(bar), _at(value * scale))
            for place, value in enumerate(row)
        )
        groups.append(Group(_piece(first, last), _at(middle), row, bars))
    return Bars(groups, [Tick(_at(foot - part * scale), part) for part in (0, top // 2, top)])


def _moves(half: Half, first: date, last: date) -> Moves:
    told = [half.days[day] for day in days_between(first, last) if day in half.days]
    return reduce(Moves.plus, told, Moves())


def _piece(first: date, last: date) -> str:
    return date_format(first, "D j") if first == last else date_format(first, "MONTH_DAY_FORMAT")


@dataclass(frozen=True)
class Lines:
    """The backlog of this period and of the one before, as paths."""

    now: str
    area: str
    before: str
    ticks: list[Tick]
    labels: list[tuple[str, str]]
    end: tuple[str, str, int]
    end_before: tuple[str, str, int]


def backlog_lines(now: Half, before: Half, *, until: date) -> Lines:
    """Levels at the beginning and after each day; days to come are not drawn."""
    shown = now.backlog_by_day[: max(1, (min(until, now.period.last) - now.period.first).days + 1) + 1]
    earlier = before.backlog_by_day
    top = ceiling(max([*shown, *earlier]))
    foot, head, left, right = 178.0, 14.0, 34.0, 382.0
    step = (right - left) / (len(earlier) - 1)

    def place(n: int, value: int) -> tuple[str, str]:
        return _at(left + n * step), _at(foot - (foot - head) * value / top)

    def path(values: list[int]) -> str:
        return "M" + "L".join(" ".join(place(n, value)) for n, value in enumerate(values))

    last = len(shown) - 1
    area = f"{path(shown)}L{place(last, 0)[0]} {foot}L{left} {foot}Z"
    jump = -(-len(earlier) // 8)
    names = [
        _("start"),
        *(date_format(day, "D" if now.period.length <= 7 else "MONTH_DAY_FORMAT") for day in now.period.days),
    ]
    labels = [(place(n, 0)[0], name) for n, name in enumerate(names) if n % jump == 0]
    ends = (*place(last, shown[-1]), shown[-1]), (*place(len(earlier) - 1, earlier[-1]), earlier[-1])
    ticks = [Tick(place(0, part)[1], part) for part in (0, top // 2, top)]
    return Lines(path(shown), area, path(earlier), ticks, labels, *ends)


HOUR, DAY = 3600, 86400
ANSWER_EDGES = (1800, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, DAY)
SOLVED_EDGES = (HOUR, 4 * HOUR, 8 * HOUR, DAY, 2 * DAY, 4 * DAY)


@dataclass(frozen=True)
class Spreading:
    """How times are spread: a bar for each stretch of time, and where median and P90 stand."""

    groups: list[Group]
    marks: list[tuple[str, str, str, str]]  # x, label, on which side of it the label stands, and how far


def spread_bars(seconds: list[int], edges: tuple[int, ...], marks: list[tuple[float | None, str]]) -> Spreading:
    """Seven bars; `seconds` are in order, `marks` are moments with their words."""
    cuts = [0, *(bisect_left(seconds, edge) for edge in edges), len(seconds)]
    numbers = [end - begin for begin, end in pairwise(cuts)]
    width, foot, head = 388 / len(numbers), 178.0, 42.0
    scale = (foot - head) / max([*numbers, 1])
    groups = []
    for n, number in enumerate(numbers):
        x = 6 + n * width
        bar = (_at(x + 3), _at(foot - number * scale), _at(width - 6), _at(number * scale))
        groups.append(Group(_stretch(edges, n), _at(x + width / 2), (number,), (bar,)))
    placed = [(_place(value, edges, width), words) for value, words in marks if value is not None]
    return Spreading(groups, [(_at(x), words, *_side(x)) for x, words in placed])


def _side(x: float) -> tuple[str, str]:
    """Labels stay inside of the chart."""
    if x > 290:
        return "end", "-4"
    return ("start", "4") if x < 110 else ("middle", "0")


def _place(value: float, edges: tuple[int, ...], width: float) -> float:
    """Where a time stands among the bars; inside of one by its share."""
    n = bisect_right(edges, value)
    low = edges[n - 1] if n else 0
    high = edges[n] if n < len(edges) else max(value, edges[-1] * 2)
    return 6 + (n + min(1.0, (value - low) / (high - low))) * width


def bounds(edges: tuple[int, ...], n: int) -> str:
    """A bar's stretch in seconds, as `from-to`."""
    return f"{edges[n - 1] if n else 0}-{edges[n] if n < len(edges) else ''}"


def _stretch(edges: tuple[int, ...], n: int) -> str:
    if n == 0:
        return f"<{_short(edges[0])}"
    return f">{_short(edges[-1])}" if n == len(edges) else f"–{_short(edges[n])}"


def _short(seconds: int) -> str:
    if seconds < HOUR:
        return _("%(n)d m") % {"n": seconds // 60}
    return _("%(n)d h") % {"n": seconds // HOUR} if seconds <= DAY else _("%(n)d d") % {"n": seconds // DAY}
