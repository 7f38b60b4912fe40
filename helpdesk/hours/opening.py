"""When it is open, as numbers: a week of intervals, holidays that differ, a time zone. Pure, no database."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

DAY = 24 * 60  # minutes
LONGEST_CLOSED = 2  # years without an hour: then it never opens

Span = tuple[int, int]  # minutes after midnight by the clock on the wall: from, to (up to DAY)


@lru_cache(maxsize=50_000)
def moment_at(day: date, minutes: int, zone: ZoneInfo, *, last: bool = False) -> int:
    """When the clock on the wall shows so many minutes after midnight, in seconds since 1970.

    A time that comes twice is meant the first time, or the `last`; one that is left out is the moment of the leap.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    early, late = (int(one.timestamp()) for one in (first, second))
    if early <= late:
        return late if last else early
    # Left out: the zone's clock leaps somewhere between the two readings.
    after = second.utcoffset()
    while early - late > 1:
        middle = (early + late) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == after:
            early = middle
        else:
            late = middle
    return early


@dataclass(frozen=True)
class Year:
    """All openings of a year in seconds since 1970, with what was open before each."""

    begins: list[int]
    ends: list[int]
    before: list[int]  # one longer: the last is the whole year

    @property
    def total(self) -> int:
        """Seconds open in this year."""
        return self.before[-1]

    def until(self, moment: int) -> int:
        """Seconds open in this year before a moment."""
        passed = bisect_right(self.begins, moment)
        if not passed:
            return 0
        return self.before[passed - 1] + min(moment, self.ends[passed - 1]) - self.begins[passed - 1]

    def reached(self, seconds: int) -> int:
        """The moment at which so many seconds of this year were open; 0 < seconds <= total."""
        place = bisect_left(self.before, seconds) - 1
        return self.begins[place] + seconds - self.before[place]


@dataclass(frozen=True)
class OpenHours:
    """A calendar: the spans of each weekday (Monday is 0), the days that differ, and whose clock it is."""

    zone: ZoneInfo
    week: Mapping[int, tuple[Span, ...]]
    holidays: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    names: Mapping[date, str] = field(default_factory=dict)
    _years: dict[int, Year] = field(default_factory=dict, repr=False, compare=False)

    def spans(self, day: date) -> tuple[Span, ...]:
        """When it is open on a day, by the clock on the wall."""
        return self.holidays[day] if day in self.holidays else self.week.get(day.weekday(), ())

    def openings(self, day: date) -> list[tuple[datetime, datetime]]:
        """The same as moments."""
        return [
            (datetime.fromtimestamp(begin, self.zone), datetime.fromtimestamp(end, self.zone))
            for begin, end in self._openings(day)
        ]

    def _openings(self, day: date) -> Iterator[tuple[int, int]]:
        for begin, end in self.spans(day):
            opens = moment_at(day, begin, self.zone)
            closes = moment_at(day, end, self.zone, last=True)
            if closes > opens:
                yield opens, closes

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there."""
        moment, day = int(at.timestamp()), at.astimezone(self.zone).date()
        return any(begin <= moment < end for begin, end in self._openings(day))

    def seconds_between(self, begin: datetime, end: datetime) -> int:
        """Business seconds from one moment to a later one; 0 if it is not later."""
        first, last = int(begin.timestamp()), int(end.timestamp())
        if last <= first:
            return 0
        years = range(begin.astimezone(self.zone).year, end.astimezone(self.zone).year + 1)
        whole = sum(self._year(year).total for year in years[:-1])
        return whole + self._year(years[-1]).until(last) - self._year(years[0]).until(first)

    def after(self, begin: datetime, seconds: int) -> datetime | None:
        """The moment at which so many business seconds have passed; None if it does not open for two years.

        With 0 seconds: `begin` itself, or the next opening.
        """
        start = begin.astimezone(self.zone).year
        wanted = max(1, seconds) + self._year(start).until(int(begin.timestamp()))
        year, empty = start, 0
        while empty < LONGEST_CLOSED:
            held = self._year(year)
            if wanted <= held.total:
                found = held.reached(wanted) - (0 if seconds > 0 else 1)
                return datetime.fromtimestamp(max(found, int(begin.timestamp())), UTC)
            wanted, empty, year = wanted - held.total, 0 if held.total else empty + 1, year + 1
        return None

    def next_opening(self, at: datetime) -> datetime | None:
        """This moment if it is open, else when it opens next; None if it does not."""
        return self.after(at, 0)

    def _year(self, number: int) -> Year:
        if number not in self._years:
            day = date(number, 1, 1)
            pairs: list[tuple[int, int]] = []
            while day.year == number:
                pairs += self._openings(day)
                day += timedelta(days=1)
            before = list(accumulate((end - begin for begin, end in pairs), initial=0))
            self._years[number] = Year([one for one, _ in pairs], [one for _, one in pairs], before)
        return self._years[number]


ALWAYS = OpenHours(ZoneInfo("UTC"), dict.fromkeys(range(7), ((0, DAY),)))
