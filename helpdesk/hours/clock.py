"""A clock that counts business hours, stands still now and then, and runs out. Pure, no database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from helpdesk.hours.opening import OpenHours

Stop = tuple[datetime, datetime | None]  # from, to; without an end it stands still


@dataclass(frozen=True)
class Clock:
    """When it began, when it stood still (in order), and by which hours it counts."""

    hours: OpenHours
    began: datetime
    stops: tuple[Stop, ...] = ()

    @property
    def is_stopped(self) -> bool:
        """It stands still now."""
        return bool(self.stops) and self.stops[-1][1] is None

    def runs(self) -> Iterator[tuple[datetime, datetime | None]]:
        """The stretches in which it runs; the last has no end unless it stands still."""
        begin = self.began
        for stop, start in self.stops:
            if stop > begin:
                yield begin, stop
            if start is None:
                return
            begin = max(begin, start)
        yield begin, None

    def used(self, until: datetime) -> int:
        """Business seconds that it has run before a moment."""
        return sum(self.hours.seconds_between(begin, min(end or until, until)) for begin, end in self.runs())

    def due(self, seconds: int) -> datetime | None:
        """When it has run so many business seconds; None if it stands still before that, or never opens."""
        left = max(1, seconds)
        for begin, end in self.runs():
            if end is None:
                return self.hours.after(begin, left)
            run = self.hours.seconds_between(begin, end)
            if run >= left:
                return self.hours.after(begin, left)
            left -= run
        return None
