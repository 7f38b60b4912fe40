"""A week of business hours as a drawing and in words."""

from dataclasses import dataclass
from datetime import time

from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from helpdesk.hours.opening import DAY, OpenHours, Span

LEFT, WIDTH, ROW = 80, 600, 25


@dataclass(frozen=True)
class Row:
    """A weekday: its name, where its bar stands, and its open parts as (x, width)."""

    name: str
    y: int
    parts: list[tuple[float, float]]


@dataclass(frozen=True)
class Drawing:
    """Bars of seven days over the hours that any of them uses."""

    rows: list[Row]
    ticks: list[tuple[float, int]]  # x, hour
    width: int = LEFT + WIDTH + 4
    height: int = 20 + 7 * ROW


def week_drawing(hours: OpenHours) -> Drawing:
    """From an hour before the first opening to an hour after the last closing."""
    spans = [span for day in range(7) for span in hours.week.get(day, ())] or [(9 * 60, 18 * 60)]
    first = max(0, min(begin for begin, _end in spans) // 60 - 1)
    last = min(24, -(-max(end for _begin, end in spans) // 60) + 1)
    scale = WIDTH / ((last - first) * 60)

    def x(minute: int) -> float:
        return round(LEFT + (minute - first * 60) * scale, 1)

    rows = [
        Row(
            str(WEEKDAYS[day]).capitalize(),
            20 + day * ROW,
            [(x(begin), round((end - begin) * scale, 1)) for begin, end in hours.week.get(day, ())],
        )
        for day in range(7)
    ]
    return Drawing(rows, [(x(hour * 60), hour) for hour in range(first + first % 2, last + 1, 2)])


def week_in_words(hours: OpenHours) -> list[str]:
    """“Monday to Thursday, 9:00–14:00 and 15:30–18:00”: days that are alike stand together."""
    said: list[str] = []
    day = 0
    while day < 7:
        last = day
        while last < 6 and hours.week.get(last + 1, ()) == hours.week.get(day, ()):
            last += 1
        said.append(_("%(days)s: %(times)s") % {"days": _days(day, last), "times": _times(hours.week.get(day, ()))})
        day = last + 1
    return said


def _days(first: int, last: int) -> str:
    names = str(WEEKDAYS[first]).capitalize(), str(WEEKDAYS[last])
    if first == last:
        return names[0]
    return _("%(first)s to %(last)s") % {"first": names[0], "last": names[1]}


def _times(spans: tuple[Span, ...]) -> str:
    if not spans:
        return _("closed")
    return ", ".join(f"{_clock(begin)}–{_clock(end)}" for begin, end in spans)


def _clock(minutes: int) -> str:
    return "24:00" if minutes == DAY else time_format(time(minutes // 60, minutes % 60), "TIME_FORMAT")
