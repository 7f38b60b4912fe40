"""Why something is due when it is due: step by step, and in one sentence."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.pieces import duration
from helpdesk.hours.opening import OpenHours

SHOWN = 40  # steps; a limit of months is no use as a list
GUARD = 800  # days


@dataclass(frozen=True)
class Step:
    """From one moment to another: `counts` says whether these are business hours, `left` what remains afterwards."""

    begin: datetime
    end: datetime
    counts: bool
    seconds: int
    left: int
    name: str = ""  # of the holiday

    @property
    def lasts(self) -> str:
        """How long it counts, in words."""
        return duration(timedelta(seconds=self.seconds))


@dataclass(frozen=True)
class Explanation:
    """When it began, how long is given, when it is due (None: never open), and the steps between."""

    at: datetime
    seconds: int
    due: datetime | None
    steps: tuple[Step, ...]

    @property
    def sentence(self) -> str:
        """Due then, because ..."""
        if self.due is None:
            return _("Never due: these hours are never open.")
        given = duration(timedelta(seconds=self.seconds))
        words = {"due": _moment(self.due), "given": given, "at": _moment(self.at)}
        skipped = [one for one in self.steps if not one.counts]
        if not skipped:
            return _("Due %(due)s: %(given)s of working time after %(at)s.") % words
        words["closed"] = ", ".join(_closed(one) for one in skipped[:3]) + ("…" if len(skipped) > 3 else "")
        return _("Due %(due)s: %(given)s of working time after %(at)s, closed meanwhile: %(closed)s.") % words


def _moment(at: datetime) -> str:
    return f"{date_format(at, 'D j M')}, {date_format(at, 'TIME_FORMAT')}"


def _closed(step: Step) -> str:
    if step.name:
        return step.name
    begin, end = step.begin, step.end
    if begin.date() == end.date():
        return f"{date_format(begin, 'D')} {date_format(begin, 'TIME_FORMAT')}–{date_format(end, 'TIME_FORMAT')}"
    return f"{date_format(begin, 'D')} {date_format(begin, 'TIME_FORMAT')} – {date_format(end, 'D')} " + (
        date_format(end, "TIME_FORMAT")
    )


def explained(hours: OpenHours, at: datetime, seconds: int) -> Explanation:
    """When so many business seconds after a moment are over, and what was counted on the way."""
    at = at.astimezone(hours.zone).replace(microsecond=0)
    due = hours.after(at, seconds)
    if due is None:
        return Explanation(at, seconds, None, ())
    due = due.astimezone(hours.zone)
    steps: list[Step] = []
    left, now = seconds, at
    for begin, end in _open_between(hours, at, due):
        if _before(now, begin):
            steps += _pause(hours, now, begin, left)
        counted = int(end.timestamp() - begin.timestamp())
        left -= counted
        steps.append(Step(begin, end, True, counted, left))
        now = end
    return Explanation(at, seconds, due, tuple(steps[:SHOWN]))


def _open_between(hours: OpenHours, at: datetime, due: datetime) -> list[tuple[datetime, datetime]]:
    """The openings from one moment to another, cut at both ends."""
    found, day = [], at.date()
    for _day in range(GUARD):
        for opens, closes in hours.openings(day):
            begin, end = max(opens, at, key=_instant), min(closes, due, key=_instant)
            if _before(begin, end):
                found.append((begin, end))
        day += timedelta(days=1)
        if day > due.date():
            break
    return found


def _pause(hours: OpenHours, begin: datetime, end: datetime, left: int) -> list[Step]:
    """Closed from one moment to another; whole holidays on the way are steps of their own."""
    named = [day for day in sorted(hours.names) if begin.date() < day < end.date()]
    named += [day for day in {begin.date(), end.date()} if day in hours.names]
    names = ", ".join(hours.names[day] for day in sorted(set(named)))
    return [Step(begin, end, False, 0, left, names)]


def _instant(at: datetime) -> datetime:
    """Compared as moments: two times of one zone are compared by the clock on the wall."""
    return at.astimezone(UTC)


def _before(one: datetime, other: datetime) -> bool:
    return _instant(one) < _instant(other)
