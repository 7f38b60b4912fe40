"""Why something is due when it is due: step by step, and in one sentence."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from helpdesk.hours.clock import Clock, Stop
from helpdesk.hours.opening import OpenHours

SHOWN = 40  # steps; a limit of months is no use as a list
GUARD = 800  # days


def worktime(seconds: int) -> str:
    """A length of working time: in hours, as a day of work has no fixed number of them."""
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}


@dataclass(frozen=True)
class Step:
    """From one moment to another: `counts` says whether these are business hours, `left` what remains afterwards."""

    begin: datetime
    end: datetime
    counts: bool
    seconds: int
    left: int
    name: str = ""  # of the holiday
    is_stop: bool = False  # the clock stood still, whoever was there

    @property
    def lasts(self) -> str:
        """How long it counts, in words."""
        return worktime(self.seconds)


@dataclass(frozen=True)
class Explanation:
    """When it began, how long is given, when it is due (None: never open, or stopped), and the steps between."""

    at: datetime
    seconds: int
    due: datetime | None
    steps: tuple[Step, ...]
    is_stopped: bool = False  # it stands still with time left

    @property
    def sentence(self) -> str:
        """Due then, because ..."""
        if self.due is None:
            if self.is_stopped:
                return _("The clock stands still: nothing is due until it goes on.")
            return _("Never due: these hours are never open.")
        given = worktime(self.seconds)
        words = {"due": _moment(self.due), "given": given, "at": _moment(self.at)}
        skipped = [one for one in self.steps if not one.counts]
        if not skipped:
            return _("Due %(due)s: %(given)s of working time after %(at)s.") % words
        words["closed"] = ", ".join(_closed(one) for one in skipped[:3]) + ("…" if len(skipped) > 3 else "")
        return _("Due %(due)s: %(given)s of working time after %(at)s, closed meanwhile: %(closed)s.") % words


def _moment(at: datetime) -> str:
    return f"{date_format(at, 'D')} {date_format(at, 'MONTH_DAY_FORMAT')}, {date_format(at, 'TIME_FORMAT')}"


def _closed(step: Step) -> str:
    if step.name:
        return step.name
    if step.is_stop:
        return _("the clock stood still")
    begin, end = step.begin, step.end
    if begin.date() == end.date():
        return f"{date_format(begin, 'D')} {date_format(begin, 'TIME_FORMAT')}–{date_format(end, 'TIME_FORMAT')}"
    return f"{date_format(begin, 'D')} {date_format(begin, 'TIME_FORMAT')} – {date_format(end, 'D')} " + (
        date_format(end, "TIME_FORMAT")
    )


def explained(hours: OpenHours, at: datetime, seconds: int, stops: tuple[Stop, ...] = ()) -> Explanation:
    """When so many business seconds after a moment are over, and what was counted on the way; a clock that stood
    still meanwhile counted nothing."""
    at = at.astimezone(hours.zone).replace(microsecond=0)
    clock = Clock(hours, at, stops)
    due = clock.due(seconds) if seconds else hours.after(at, 0)
    if due is None and not clock.is_stopped:
        return Explanation(at, seconds, None, ())
    due = due.astimezone(hours.zone) if due else None
    steps: list[Step] = []
    left, stood = seconds, None
    for starts, ends in clock.runs():
        begin, until = starts.astimezone(hours.zone), _until(ends, due, hours)
        if stood is not None:
            steps.append(Step(stood, begin, False, 0, left, is_stop=True))
        steps += _steps(hours, begin, until, left)
        left -= sum(one.seconds for one in steps if one.begin >= begin)
        if until == due:
            break
        stood = until
    return Explanation(at, seconds, due, tuple(steps[:SHOWN]), is_stopped=due is None)


def _until(end: datetime | None, due: datetime | None, hours: OpenHours) -> datetime:
    """Where a stretch of the clock ends: it stops, or it has run out."""
    ends = [one.astimezone(hours.zone) for one in (end, due) if one is not None]
    return min(ends, key=_instant)


def _steps(hours: OpenHours, at: datetime, until: datetime, left: int) -> list[Step]:
    """What was open and what was closed from one moment to another."""
    steps, now = [], at
    for begin, end in _open_between(hours, at, until):
        if _before(now, begin):
            steps += _pause(hours, now, begin, left)
        counted = int(end.timestamp() - begin.timestamp())
        left -= counted
        steps.append(Step(begin, end, True, counted, left))
        now = end
    if _before(now, until):
        steps += _pause(hours, now, until, left)
    return steps


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
