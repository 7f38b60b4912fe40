"""Twenty threads of a week in March 2025 (daylight saving begins on its Sunday), played by the verbs.

What each is for stands beside it; tests/helpdesk/test_statistics.py has the numbers, worked out by hand.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from config.practice.clock import Clock
from helpdesk import intake
from helpdesk.models import Status, Thread
from helpdesk.statistics import counting
from helpdesk.statistics.periods import Period
from helpdesk.statistics.reports import Report, report
from tests import make
from tests.conftest import make_world

MADRID = ZoneInfo("Europe/Madrid")
MONDAY = datetime(2025, 3, 24, tzinfo=MADRID)
WEEK = Period(MONDAY.date(), MONDAY.date() + timedelta(days=6), MADRID)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "next")


class Exact(Clock):
    """What happens in one step happens at one moment, however long the machine took."""

    def told(self, real: datetime) -> datetime:
        told = super().told(real)
        return max(one for one in self.wanted if one <= told) if told not in self.wanted else told


@dataclass
class Stage:
    """Plays steps such as ("mon 10:00", "customer") one after another; "-mon" is a week earlier."""

    world: SimpleNamespace
    clock: Exact = field(default_factory=Exact)

    def at(self, when: str) -> None:
        day, _, hour = when.lstrip("-").partition(" ")
        hours, minutes = map(int, hour.split(":"))
        date = (MONDAY + timedelta(days=DAYS.index(day) - (7 if when.startswith("-") else 0))).date()
        self.clock.at(datetime(date.year, date.month, date.day, hours, minutes, tzinfo=MADRID))

    def begins(self, when: str, *, where: str = "service") -> Thread:
        self.at(when)
        return make.thread(getattr(self.world, where))

    def writes(self, when: str, thread: Thread, *, automatic: str = "") -> None:
        self.at(when)
        thread.refresh_from_db()
        intake.deliver_to(thread, make.mail("More", automatic=automatic))
        thread.refresh_from_db()

    def replies(self, when: str, thread: Thread, who: str, then: str = Status.PENDING_1):
        self.at(when)
        return thread.reply("Hello", by=getattr(self.world, who), then=then)

    def play(self) -> dict[int, Thread]:
        """All twenty, and the job has counted them; the dictionary holds those that go on being looked at."""
        bob, alice, closed, t = self.world.bob, self.world.alice, Status.CLOSED, {}
        t[11] = self.begins("-thu 10:00")  # answered and closed in the week, after four days
        t[12] = self.begins("-mon 9:00")  # closed a week ago, opened again on Monday, still waits
        self.replies("-mon 10:00", t[12], "bob", closed)
        t[13] = self.begins("-tue 9:00")  # closed without an answer
        self.at("-wed 9:00")
        t[13].close(by=bob)

        t[1] = self.begins("mon 10:00")  # one touch
        self.replies("mon 11:00", t[1], "bob", closed)
        t[2] = self.begins("mon 10:00")
        self.replies("mon 12:00", t[2], "bob")
        t[3] = self.begins("mon 10:00")  # a forward and a note are no answers
        self.at("mon 12:00")
        t[3].forward("carrier@example.net", by=bob, note="Where is it?")
        t[3].note("Called them", by=bob)
        self.replies("tue 16:00", t[3], "bob")
        t[4] = self.begins("tue 9:00")  # nobody has answered
        t[5] = self.begins("tue 20:00")  # after hours, closed, opened again, closed again
        self.replies("wed 9:30", t[5], "alice", closed)
        self.writes("wed 9:31", t[5], automatic="auto-reply")
        self.writes("thu 10:00", t[5])
        self.replies("thu 10:20", t[5], "alice", closed)
        t[6] = self.begins("wed 10:00", where="accounting")  # two exchanges
        self.replies("wed 10:30", t[6], "alice")
        self.writes("wed 12:00", t[6])
        self.writes("wed 12:10", t[6])
        self.replies("wed 13:00", t[6], "alice", closed)
        t[7] = self.begins("fri 17:00")  # answered on Monday of the next week
        self.replies("next 9:30", t[7], "bob")
        t[8] = self.begins("mon 10:00")  # spam
        t[8].mark_spam(by=bob)
        t[9] = self.begins("mon 10:00")  # in the bin
        self.replies("mon 10:05", t[9], "bob", closed)
        t[9].trash(by=bob)
        t[10] = self.begins("tue 9:15")  # a part of the fourth
        t[10].merge_into(Thread.objects.get(pk=t[4].pk), by=bob)
        self.replies("mon 10:00", t[11], "bob", closed)
        self.writes("mon 12:00", t[12])
        self.at("thu 9:00")  # we began it
        t[14] = Thread.objects.open_by_agent(
            by=alice,
            contact=self.world.service,
            email="eva@example.com",
            subject="Your order",
            text="Late",
            then="pending1",
        )
        self.writes("thu 11:00", t[14])
        self.replies("thu 11:30", t[14], "alice", closed)
        t[15] = self.begins("thu 9:00")  # sent and closed, then taken back
        reply = self.replies("thu 9:05", t[15], "bob", closed)
        assert t[15].recall(reply, by=bob)
        self.replies("thu 9:45", t[15], "bob")
        t[16] = self.begins("fri 9:00", where="accounting")
        self.replies("fri 9:10", t[16], "alice", closed)
        t[17] = self.begins("sun 1:30")  # an hour is left out at two
        self.replies("sun 3:30", t[17], "bob")
        t[18] = self.begins("mon 8:00")  # closed without an answer, then asked again
        self.at("mon 9:00")
        t[18].close(by=bob)
        self.writes("tue 10:00", t[18])
        self.replies("tue 10:30", t[18], "bob", closed)
        t[19] = self.begins("wed 9:00")  # two replies to one question
        self.replies("wed 9:15", t[19], "bob", "pending2")
        self.replies("wed 9:20", t[19], "bob", "pending2")
        t[20] = self.begins("wed 15:00")  # moved to accounting
        self.at("wed 15:10")
        t[20].move_to(self.world.accounting, by=bob)
        self.replies("wed 16:00", t[20], "alice", closed)
        self.clock.set_back()
        counting.keep()
        return t


def make_played() -> SimpleNamespace:
    """The world after that week, with its `threads`."""
    world = make_world()
    world.threads = Stage(world).play()
    return world


def told(world: SimpleNamespace, *contacts: str) -> Report:
    """As pages show it once the job has run, which it does every second."""
    counting.keep()
    return report(WEEK, [getattr(world, name).pk for name in contacts or ("service", "accounting")])


def present(world: SimpleNamespace) -> Report:
    """The present week of one contact, as far as the job has counted."""
    return report(Period.read("", "", WEEK.zone), [world.service.pk])
