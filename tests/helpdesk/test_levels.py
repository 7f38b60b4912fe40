"""Targets and due times, worked out by hand: weekends, holidays, daylight saving, stops, reopening."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache

from crm.models import CustomerGroup
from helpdesk import intake, jobs
from helpdesk.models import (
    Calendar,
    Deadline,
    EventKind,
    Holiday,
    Message,
    Metric,
    Priority,
    Status,
    Target,
    Thread,
    ThreadChange,
)
from helpdesk.statistics import checking, counting
from tests import make

MADRID = ZoneInfo("Europe/Madrid")
# Monday to Thursday 9-14 and 15:30-18, Friday 9-15: 7.5 hours and 6 hours. The 16th of November is a Monday.
WEEK = {**{str(day): [[540, 840], [930, 1080]] for day in range(4)}, "4": [[540, 900]], "5": [], "6": []}


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=MADRID)


class Stage:
    """Says when the next thing happens; the thread is read anew each time."""

    def __init__(self, world: SimpleNamespace, clock: Any) -> None:
        self.world, self.clock, self.thread = world, clock, Thread()

    def to(self, when: datetime) -> "Stage":
        self.clock.move_to(when)
        cache.clear()
        return self

    def begins(self, **fields: Any) -> Thread:
        self.thread = make.thread(self.world.service, **fields)
        return self.thread

    def writes(self) -> None:
        intake.deliver_to(self.fresh(), make.mail("More"))

    def replies(self, then: str = Status.PENDING_1) -> Message:
        return self.fresh().reply("Hello", by=self.world.bob, then=then)

    def fresh(self) -> Thread:
        self.thread = Thread.objects.get(pk=self.thread.pk)
        return self.thread

    def due(self) -> tuple[str, datetime | None]:
        thread = self.fresh()
        return thread.due_metric, thread.due_at

    def told(self) -> list[str]:
        return [kind for kind in self.thread.events.values_list("kind", flat=True) if "due" in kind]


@pytest.fixture
def stage(world):
    Calendar.objects.create(name="Workshop", week=WEEK, time_zone="Europe/Madrid")
    with time_machine.travel(at(16, 8), tick=False) as clock:
        yield Stage(world, clock)


def aim(**fields: Any) -> Target:
    return Target.objects.create(**fields)


def test_with_no_target_nothing_is_due_and_nothing_is_kept(stage, client):
    stage.to(at(20, 12, 20)).begins()
    stage.replies()
    assert stage.due() == ("", None)
    assert not Deadline.objects.exists()
    assert (jobs.look_at_deadlines(), jobs.follow_targets()) == (0, 0)
    client.force_login(stage.world.bob)
    html = client.get("/").content.decode()
    assert "due=overdue" not in html
    assert 'value="due"' not in html
    assert "/due/" not in client.get(f"/threads/{stage.thread.pk}/").content.decode()


@pytest.mark.parametrize(
    ("begins", "minutes", "due"),
    [
        (at(20, 12, 20), 240, at(23, 10, 20)),  # Friday: 2 h 40 until three, the rest on Monday
        (at(21, 11), 60, at(23, 10)),  # Saturday
        (at(16, 13, 30), 60, at(16, 16)),  # half an hour before lunch, half an hour after
        (at(7, 17, month=12), 120, at(9, 10, month=12)),  # the 8th is a holiday
        (at(24, 10, month=12), 300, at(28, 10, month=12)),  # half a day, then Christmas on a Friday
        # 1 h on Friday, the clock goes forward on Sunday, 7.5 h on each of three days, 0.5 h on Thursday: 24.
        (at(27, 14, month=3), 1440, at(2, 9, 30, month=4)),
        (at(23, 14, 30, month=10), 31, at(26, 9, 1, month=10)),  # the clock goes back on Sunday the 25th
    ],
)
def test_a_first_answer_is_due_by_working_hours(stage, begins, minutes, due):
    calendar = Calendar.first()
    Holiday.objects.create(calendar=calendar, day=date(2026, 12, 8), name="Immaculate")
    Holiday.objects.create(calendar=calendar, day=date(2026, 12, 24), name="Christmas Eve", spans=[[540, 840]])
    Holiday.objects.create(calendar=calendar, day=date(2026, 12, 25), name="Christmas")
    aim(first=minutes)
    stage.to(begins).begins()
    assert stage.due() == ("first", due)


def test_the_clock_stands_still_while_the_customer_is_waited_for(stage):
    """8 h to solve it. Friday 9:00 to 11:00 are 2 h, then it waits for the customer until Monday 12:00; answered at
    13:00 that makes 3 h, and 5 h are left when it goes on, on Tuesday at 10:00."""
    aim(first=120, next=60, resolution=480)
    stage.to(at(20, 9)).begins()
    assert stage.due() == ("first", at(20, 11))
    stage.to(at(20, 11)).replies()
    assert stage.due() == ("", None)
    stage.to(at(23, 12)).writes()
    assert stage.due() == ("next", at(23, 13))
    stage.to(at(23, 13)).replies()
    assert stage.due() == ("", None)
    stage.to(at(24, 10)).fresh().reopen(by=stage.world.bob)
    assert stage.due() == ("resolution", at(24, 16, 30))  # 4 h until two, an hour after lunch
    stage.to(at(24, 16)).replies(Status.CLOSED)
    assert stage.due() == ("", None)
    assert {one.metric: (one.used, one.missed_at, one.agent) for one in Deadline.objects.all()} == {
        "first": (7200, None, stage.world.bob),  # to the second
        "next": (3600, None, stage.world.bob),
        "resolution": (7.5 * 3600, None, stage.world.bob),
    }


def test_pending_on_somebody_else_goes_on_unless_the_team_says_so(stage):
    aim(resolution=480)
    stage.to(at(16, 9)).begins()
    stage.to(at(16, 10)).fresh().set_status(Status.PENDING_2, by=stage.world.bob)
    assert stage.due() == ("resolution", at(17, 9, 30))
    Target.set_rules(warn_minutes=60, clock_stops=["pending1", "pending2"])
    assert jobs.follow_targets() == 1
    assert stage.due() == ("", None)
    stage.to(at(16, 16)).fresh().reopen(by=stage.world.bob)
    assert stage.due() == ("resolution", at(17, 14))  # 1 h, 2 h until six, 5 h on Tuesday


def test_opened_again_it_begins_anew_and_the_answer_is_a_later_one(stage):
    aim(first=60, next=120, resolution=240)
    stage.to(at(16, 9)).begins()
    stage.to(at(16, 10)).replies(Status.CLOSED)
    stage.to(at(18, 16)).writes()
    assert stage.due() == ("next", at(18, 18))
    stage.to(at(18, 17)).replies(Status.OPEN)
    assert stage.due() == ("resolution", at(19, 11))  # 2 h on Wednesday, 2 h on Thursday
    stage.fresh().close(by=None, by_name="John")
    found = Deadline.objects.order_by("began_at", "metric").values_list("metric", "number", "used", "missed_at")
    assert list(found) == [
        ("first", 0, 3600, None),
        ("resolution", 0, 3600, None),
        ("next", 0, 3600, None),
        ("resolution", 1, 3600, None),
    ]
    assert list(Deadline.objects.filter(agent=None).values_list("metric", "number")) == [("resolution", 1)]


def test_what_is_taken_back_never_happened(stage):
    """A reply that closes, recalled within its ten seconds; a closing undone from the queue."""
    aim(first=60, resolution=480)
    stage.to(at(16, 9)).begins()
    message = stage.to(at(16, 9, 30)).replies(Status.CLOSED)
    assert stage.due() == ("", None)
    assert stage.fresh().recall(message, by=stage.world.bob)
    assert stage.due() == ("first", at(16, 10))
    assert (stage.thread.reopened_count, stage.thread.closed_at) == (0, None)
    assert not Deadline.objects.exclude(settled_at=None).exists()
    facts = stage.thread.status_facts()
    stage.thread.close(by=stage.world.bob)
    assert stage.due() == ("", None)
    assert stage.fresh().take_back_status(facts, by=stage.world.bob)
    assert stage.due() == ("first", at(16, 10))
    assert Deadline.objects.get(metric=Metric.RESOLUTION).due_at == at(17, 9, 30)


def test_the_most_special_target_counts_and_what_it_leaves_open_the_more_general_says(stage):
    world, vip, john = stage.world, CustomerGroup.objects.create(name="VIP"), stage.world.john
    john.groups.add(vip)
    aim(first=480, resolution=960)
    aim(contact=world.service, first=240)
    aim(contact=world.accounting, first=360)
    aim(group=vip, first=120)
    aim(priority=Priority.URGENT, first=30)
    stage.to(at(16, 9)).begins(sender="nobody@example.com")
    assert stage.due() == ("first", at(16, 13))
    stage.thread.move_to(world.accounting, by=world.bob)
    assert stage.due() == ("first", at(16, 16, 30))
    stage.thread.link(by=world.bob, customer=john)
    assert stage.due() == ("first", at(16, 11))
    stage.thread.set_priority("urgent", by=world.bob)
    assert stage.due() == ("first", at(16, 9, 30))
    assert Deadline.objects.get(metric=Metric.RESOLUTION).seconds == 960 * 60
    assert [str(one) for one in Target.objects.all()][-2:] == ["All contacts · VIP", "All contacts · Urgent"]


def test_spam_and_the_bin_stop_the_clock_and_a_merge_ends_it(stage):
    world = stage.world
    aim(first=120)
    stage.to(at(16, 9)).begins()
    other = make.thread(world.service, sender="other@example.com")
    stage.to(at(16, 10)).fresh().mark_spam(by=world.bob)
    assert stage.due() == ("", None)
    stage.to(at(16, 13)).fresh().mark_not_spam(by=world.bob)
    assert stage.due() == ("first", at(16, 14))  # an hour was left
    Thread.objects.get(pk=other.pk).merge_into(stage.fresh(), by=world.bob)
    assert Deadline.objects.values_list("thread", flat=True).get() == stage.thread.pk
    assert stage.due() == ("first", at(16, 14))


def test_it_warns_and_says_that_it_is_overdue_once_and_tells_whoever_has_it(stage):
    world = stage.world
    aim(first=240)
    stage.to(at(20, 12, 20)).begins()  # due on Monday at 10:20, warned of at 9:20
    stage.thread.assign(world.bob, by=world.alice)
    assert jobs.look_at_deadlines() == 0
    stage.to(at(23, 9, 19))
    assert jobs.look_at_deadlines() == 0
    stage.to(at(23, 9, 21))
    assert [jobs.look_at_deadlines(), jobs.look_at_deadlines()] == [1, 0]
    assert stage.told() == ["due_soon"]
    stage.to(at(23, 10, 21))
    assert [jobs.look_at_deadlines(), jobs.look_at_deadlines()] == [1, 0]
    assert stage.told() == ["due_soon", "overdue"]
    notices = list(world.bob.notices.order_by("pk").values_list("kind", flat=True))
    assert notices == ["assigned", "due_soon", "overdue"]
    event = stage.thread.events.get(kind=EventKind.OVERDUE)
    assert event.at == at(23, 10, 20)
    assert "The first answer was due" in event.sentence
    stage.to(at(23, 11)).replies()
    row = Deadline.objects.get()
    assert (row.missed_at, row.used, row.agent) == (at(23, 10, 20), 280 * 60, world.bob)
    assert stage.told() == ["due_soon", "overdue"]


def test_an_answer_before_the_job_looks_is_late_all_the_same(stage):
    aim(first=60)
    stage.to(at(16, 9)).begins()
    stage.to(at(16, 10, 1)).replies()
    assert stage.told() == ["overdue"]
    assert Deadline.objects.get().missed_at == at(16, 10)


def test_a_new_target_counts_from_the_beginning_with_what_the_events_tell(stage):
    """Since Monday at nine, with a stop from ten to twelve; the target comes on Tuesday."""
    stage.to(at(16, 9)).begins()
    stage.to(at(16, 10)).fresh().set_status(Status.PENDING_1, by=stage.world.bob)
    stage.to(at(16, 12)).fresh().reopen(by=stage.world.bob)
    stage.to(at(17, 9))
    target = aim(first=60, resolution=480)
    assert [jobs.follow_targets(), jobs.follow_targets()] == [1, 0]
    row = Deadline.objects.get(metric=Metric.RESOLUTION)
    assert row.due_at == at(17, 11, 30)  # 1 h, 2 h until two, 2.5 h until six, 2.5 h on Tuesday
    assert stage.due() == ("first", at(16, 10))  # long over: shown, but nobody could have met it
    assert jobs.look_at_deadlines() == 0
    assert stage.told() == []
    Holiday.objects.create(calendar=Calendar.first(), day=date(2026, 11, 17), name="Fair")
    assert jobs.follow_targets() == 1
    row.refresh_from_db()
    assert row.due_at == at(18, 11, 30)
    target.remove()
    assert jobs.follow_targets() == 1
    assert stage.due() == ("", None)


def test_it_is_explained_step_by_step(stage, client):
    aim(contact=stage.world.service, resolution=480)
    stage.to(at(16, 9)).begins()
    stage.to(at(16, 10)).fresh().set_status(Status.PENDING_1, by=stage.world.bob)
    stage.to(at(16, 16)).fresh().reopen(by=stage.world.bob)
    client.force_login(stage.world.bob)
    html = client.get(f"/threads/{stage.thread.pk}/due/").content.decode()
    for words in ("Mon 09:00 – Mon 10:00", "The clock stood still", "Tue 09:00 – Tue 14:00", "Tue 17 Nov, 14:00"):
        assert words in html
    assert ">Service<" in html
    found = client.get(f"/api/threads/{stage.thread.pk}/due/").json()
    assert [(one["metric"], one["due_at"], one["is_stopped"]) for one in found] == [
        ("resolution", "2026-11-17T14:00:00+01:00", False)
    ]
    assert [(one["counts"], one["is_stop"], one["seconds"]) for one in found[0]["steps"]][:2] == [
        (True, False, 3600),
        (False, True, 0),
    ]
    assert [one["resolution"] for one in client.get("/api/targets/").json()] == [480]
    client.force_login(stage.world.charlie)
    assert client.get(f"/api/threads/{stage.thread.pk}/due/").status_code == 404
    assert client.get(f"/threads/{stage.thread.pk}/due/").status_code == 404


def test_the_queue_sorts_filters_and_counts_what_is_due(stage, client, django_assert_max_num_queries):
    world = stage.world
    aim(first=60, resolution=960)
    stage.to(at(16, 9))
    late = make.thread(world.service, subject="Late", sender="a@example.com")
    stage.to(at(16, 9, 45))
    soon = make.thread(world.service, subject="Soon", sender="b@example.com")
    make.thread(world.service, subject="Answered", sender="c@example.com").reply("Hello", by=world.bob)
    stage.to(at(16, 10, 20))
    client.force_login(world.bob)
    with django_assert_max_num_queries(12):
        html = client.get("/?sort=due").content.decode()
    assert html.index(">Late<") < html.index(">Soon<") < html.index(">Answered<")
    for words in ("Overdue 20 min", "25 min left", "Waiting for the customer"):
        assert words in html
    for due, found in (("overdue", [late]), ("today", [soon])):
        page = client.get(f"/?due={due}")
        assert page.context["page"].threads == found
        assert page.context["navigation"].by_key[due].total == 1
    assert client.get("/?due=never").context["filters"].problems
    following = client.get(f"/threads/{late.pk}/next/?sort=due")
    assert following.headers["Location"].startswith(f"/threads/{soon.pk}/")
    page = client.get(f"/threads/{late.pk}/").content.decode()
    assert "Overdue 20 min" in page
    assert f"/threads/{late.pk}/due/" in page
    found = client.get("/api/threads/?due=overdue&ordering=due_at").json()["results"]
    assert [(one["id"], one["due_metric"], one["priority"]) for one in found] == [(late.pk, "first", "normal")]


def test_priority_is_set_on_the_page_and_in_bulk_and_stands_in_the_timeline(stage, client):
    world = stage.world
    one, two = (make.thread(world.service, sender=f"p{n}@example.com") for n in range(2))
    client.force_login(world.bob)
    assert "Urgent" in client.get(f"/threads/{one.pk}/choices/priority/").content.decode()
    assert client.post(f"/threads/{one.pk}/priority/", {"priority": "urgent"}).status_code == 303
    assert client.post(f"/threads/{one.pk}/priority/", {"priority": "soon"}).status_code == 400
    assert "Bob Agent: priority Normal → Urgent" in client.get(f"/threads/{one.pk}/").content.decode()
    assert client.get("/?priority=urgent&priority=high").context["page"].threads == [one]
    assert "tag--bad" in client.get("/").content.decode()
    client.post("/changes/", {"ids": [one.pk, two.pk], "do": "priority:low"})
    assert set(Thread.objects.values_list("priority", flat=True)) == {"low"}
    client.post(f"/changes/{ThreadChange.objects.get().pk}/undo/")
    assert set(Thread.objects.values_list("priority", flat=True)) == {"urgent", "normal"}
    client.force_login(world.charlie)
    assert client.post(f"/threads/{one.pk}/priority/", {"priority": "high"}).status_code == 404


def test_a_supervisor_sets_targets_and_sees_what_is_wrong(stage, client):
    world, path = stage.world, "/settings/targets/"
    client.force_login(world.bob)
    assert client.get(path).status_code in {403, 404}
    client.force_login(world.alice)
    assert client.get(path).status_code == 200
    base = {"line-TOTAL_FORMS": "1", "line-INITIAL_FORMS": "0", "warn_minutes": "30", "clock_stops": ["pending2"]}
    wrong = client.post(path, base | {"line-0-first": "soon", "line-0-contact": world.service.pk}).content.decode()
    assert "Write working hours" in wrong
    assert 'value="soon"' in wrong
    assert "Write at least one time" in client.post(path, base | {"line-0-contact": world.service.pk}).content.decode()
    good = base | {"line-0-contact": world.service.pk, "line-0-first": "4", "line-0-resolution": "1 h 30 min"}
    assert client.post(path, good).status_code == 302
    target = Target.objects.get()
    assert (target.contact, target.first, target.next, target.resolution) == (world.service, 240, None, 90)
    assert target.history.get().history_user == world.alice
    thread = stage.begins()
    html = client.get(f"{path}?thread=%23{thread.pk}").content.decode()
    assert 'value="1 h 30 min"' in html
    assert "The clock starts" in html
    assert "no thread with this number" in client.get(f"{path}?thread=999").content.decode()
    twice = base | {"line-TOTAL_FORMS": "2", "line-INITIAL_FORMS": "1", "line-0-id": target.pk}
    twice |= {"line-0-first": "4 h"}
    same = {"line-1-contact": world.service.pk, "line-1-first": "2 h"}
    assert "already" in client.post(path, twice | same).content.decode()
    client.post(path, twice | {"line-0-DELETE": "on"})
    assert not Target.objects.exists()


def test_the_week_counts_what_was_met_and_missed_and_every_number_opens_its_threads(stage, client):
    """First answers after 30 min (met), 90 min (missed, when nobody had the thread), never (missed by Bob); solutions
    after 30 and 90 min (met), and one that is due at one o'clock and never comes (missed by Bob)."""
    world, base = stage.world, "from=2026-11-16&to=2026-11-22"
    aim(first=60, resolution=240)
    stage.to(at(16, 9))
    threads = [make.thread(world.service, sender=f"p{n}@example.com") for n in range(3)]
    threads[2].assign(world.bob, by=world.alice)
    for minutes, n in ((30, 0), (90, 1)):
        stage.to(at(16, 9 + minutes // 60, minutes % 60))
        Thread.objects.get(pk=threads[n].pk).reply("Hello", by=world.bob, then=Status.CLOSED)
    stage.to(at(16, 14))
    jobs.look_at_deadlines()
    counting.keep()
    assert not list(checking.differences())
    client.force_login(world.alice)
    page = client.get(f"/statistics/?{base}")
    rows = {str(row.name): row for row in page.context["page"].targets}
    told = {name: (row.met, row.late, row.share, row.average) for name, row in rows.items()}
    assert told == {
        "First answer": (1, 2, "33 %", "1 h 00 min"),
        "Later answers": (0, 0, "—", "—"),
        "Resolution": (2, 1, "67 %", "1 h 00 min"),  # the third is due at one o'clock
    }
    by = {head: [(str(row.name), row.met, row.late) for row in rows] for head, rows in page.context["page"].targets_by}
    assert by == {"By contact": [("Service", 3, 3)], "By agent": [("Bob Agent", 3, 2)]}
    opened = client.get(rows["First answer"].late_url).context["page"].threads
    assert {one.pk for one in opened} == {threads[1].pk, threads[2].pk}
    found = client.get(f"/api/statistics/?{base}").json()["period"]["targets"]
    assert found["first"] == {"met": 1, "late": 2, "share": pytest.approx(1 / 3), "average": 3600}
    rows = client.get("/api/statistics/export/?of=threads&status=any").getvalue().decode().splitlines()
    assert [line.count("0/1") for line in rows[1:]] == [0, 1, 2]
    client.force_login(world.charlie)
    assert client.get(f"/statistics/?{base}").context["page"].now.sums.levels == {}
