"""The supervisor's numbers: twenty threads counted by hand, and sums that hold whatever happens."""

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from helpdesk import queues, resting
from helpdesk.filters import Filters
from helpdesk.hours import ALWAYS
from helpdesk.models import (
    Calendar,
    CloseReason,
    DayFigures,
    Draft,
    Event,
    EventKind,
    Fact,
    FactKind,
    Message,
    PredefinedReply,
    Status,
    Target,
    Thread,
)
from helpdesk.statistics import counting, prestashop, rollups
from helpdesk.statistics.behind import Behind
from helpdesk.statistics.life import Life, Said, Turned
from helpdesk.statistics.periods import Period
from helpdesk.statistics.reports import Report, Spread, report
from mailgateway.models import Mailbox
from mailgateway.troubles import Trouble
from tests import make
from tests.helpdesk.stories import MADRID, MONDAY, Stage

HOUR = 3600
WEEK = Period(MONDAY.date(), MONDAY.date() + timedelta(days=6), ZoneInfo("Europe/Madrid"))


def told(world: SimpleNamespace, *contacts: str) -> Report:
    """As pages show it once the job has run, which it does every second."""
    counting.keep()
    return report(WEEK, [getattr(world, name).pk for name in contacts or ("service", "accounting")])


def present(world: SimpleNamespace) -> Report:
    return report(Period.read("", "", WEEK.zone), [world.service.pk])


@pytest.mark.row("SX1")
@pytest.mark.row("SX3")
@pytest.mark.row("SX4")
@pytest.mark.row("SX6")
def test_twenty_threads_give_the_numbers_worked_out_by_hand(world: SimpleNamespace) -> None:
    threads = Stage(world).play()
    week = told(world)
    now, before = week.now, week.before
    assert (now.start, now.new, now.reopened, now.closed, now.backlog) == (1, 14, 3, 10, 8)
    assert now.backlog_by_day == [1, 3, 5, 5, 6, 7, 7, 8]
    assert (now.received, now.answers, now.sums.sent) == (20, 15, 17)
    assert (now.start_unanswered, now.unanswered) == (1, 3)
    assert now.times("first") == Spread(11, 2700, 15 * HOUR)
    assert now.times("first", work=False) == Spread(11, HOUR, 30 * HOUR)
    assert now.times("next") == Spread(4, 1800, HOUR)
    assert now.times("closed") == Spread(10, 2700, 3 * HOUR)
    assert now.times("closed", work=False) == Spread(10, HOUR, 13.5 * HOUR)
    assert now.sums.exchanges == {"0": 1, "1": 7, "2": 2}
    assert (now.exchanges, now.one_touch) == (1.1, 0.4)
    assert now.sums.held == {"us": 415_800, "customer": 12_600}
    lines = {agent: (line.replies, line.answers, line.closed) for agent, line in now.agents.items()}
    assert lines == {world.bob.pk: (9, 8, 4), world.alice.pk: (8, 7, 6)}
    assert now.heat[0][10] == 3  # Monday at ten; spam and the bin do not count
    assert now.heat[6][1] == 1
    assert sum(map(sum, now.heat)) == 20
    assert (before.start, before.new, before.closed, before.backlog) == (0, 3, 2, 1)
    assert before.times("first") == Spread(1, HOUR, HOUR)

    only = told(world, "accounting").now
    assert (only.new, only.closed, only.backlog) == (3, 3, 0)
    assert only.times("first") == Spread(3, 1800, HOUR)

    counting.keep()  # the job finds nothing more to do, and changes nothing
    assert told(world).now.times("first") == now.times("first")
    facts = Fact.objects.count()
    threads[10].refresh_from_db()
    Thread.objects.get(pk=threads[4].pk).split(threads[10].merges_away.get(), by=world.bob)
    threads[8].mark_not_spam(by=world.bob)
    assert told(world).now.new == 16
    assert Fact.objects.count() > facts


def test_the_median_and_p90_are_what_the_definitions_say() -> None:
    assert Spread.of([HOUR, 2 * HOUR, 30 * HOUR]) == Spread(3, 2 * HOUR, 30 * HOUR)
    assert Spread.of(range(1, 11)) == Spread(10, 5.5, 9)
    assert Spread.of([]).median is None


STATUSES = st.sampled_from(Status.values)
PARTS = st.lists(
    st.tuples(st.integers(0, 40 * 24 * 60), st.sampled_from(["customer", "reply", "auto", *Status.values])), max_size=25
)


@given(PARTS)
def test_the_sums_hold_whatever_happens(parts: list[tuple[int, str]]) -> None:
    begun = datetime(2025, 3, 1, tzinfo=UTC)
    story = [part(begun + timedelta(minutes=minute), what) for minute, what in parts]
    life = Life.of(begun, story, ALWAYS)
    kinds = [one.kind for one in life.facts]
    active = kinds.count(FactKind.NEW) + kinds.count(FactKind.REOPENED) - kinds.count(FactKind.CLOSED)
    assert active == (life.status != Status.CLOSED)
    asked = [one for one in life.facts if one.kind == FactKind.ASKED]
    answered = [one for one in life.facts if one.kind in {FactKind.FIRST, FactKind.NEXT}]
    settled = [one for one in asked if one.until]
    assert len(answered) <= len(settled) <= len(asked) <= len(settled) + 1
    assert kinds.count(FactKind.FIRST) <= 1
    assert life.exchanges == len(answered)
    for one in life.facts:
        if one.kind == FactKind.CLOSED:
            assert sum(one.data["held"].values()) == one.seconds  # somebody had the ball at each moment
        assert one.seconds is None or one.seconds == one.work_seconds  # round the clock


def part(at: datetime, what: str) -> Said | Turned:
    if what in Status.values:
        return Turned(at, what, "nobody" if what == Status.CLOSED else "customer")
    return Said(at, what == "reply", is_automatic=what == "auto")


def test_days_are_those_of_the_shops_clock(world: SimpleNamespace) -> None:
    stage = Stage(world)
    stage.begins("mon 0:10")
    stage.begins("-sun 23:50")
    stage.clock.set_back()
    week = told(world)
    assert (week.before.new, week.now.new) == (1, 1)
    assert set(DayFigures.objects.values_list("day", flat=True)) == {
        (MONDAY - timedelta(days=1)).date(),
        MONDAY.astimezone(MADRID).date(),
    }


@pytest.mark.row("SX1")
@pytest.mark.row("SX2")
def test_every_number_of_the_page_leads_to_the_threads_that_it_counts(client: Client, world: SimpleNamespace) -> None:
    Stage(world).play()
    client.force_login(world.alice)
    html = client.get(f"/statistics/?{WEEK.query}").content.decode()
    links = set(re.findall(r'href="(/\?figure=[^"]+)"[^>]*>(?:<[^>]*>)*([\d.:h min]*)', html))
    assert len(links) > 40
    zone, mine = "Europe/Madrid", Thread.objects.all()
    for address, shown in links:
        query = QueryDict(address.replace("&amp;", "&").partition("?")[2])
        behind = Behind.read(query["figure"])
        facts = behind.facts(zone)
        if contacts := query.getlist("contact"):
            facts = facts.filter(contact__slug__in=contacts)
        page = queues.page(world.alice, Filters.read(query))
        assert len(page.threads) == facts.values("thread").distinct().count()
        if shown.isdigit():
            assert int(shown) == facts.count(), address
        assert str(facts.count()) in behind.sentence(zone, mine.filter(pk__in=facts.values("thread")))
    assert 'href="/review/?group=unanswered"' in html
    told = client.get("/?figure=closed:2025-03-24:2025-03-30").content.decode()
    assert "Closings, 24–30 Mar 2025: 10, in 8 threads" in told
    assert client.get("/?figure=closed:2025-03-24:tomorrow").status_code == 200  # left out, with a sentence


def test_what_a_year_was_about_is_counted_after_its_page_is_there(client: Client, world: SimpleNamespace) -> None:
    thread = make.thread(world.service)
    thread.set_tags(["late"], by=world.bob)
    counting.keep()
    client.force_login(world.alice)
    today = timezone.localdate()
    year = f"/statistics/?from={today - timedelta(days=364)}&to={today}"
    page = client.get(year).content.decode()
    assert "late</th>" not in page
    address = re.search(r'hx-get="([^"]+shares=1)" hx-trigger="load"', page)
    assert address
    later = "/statistics/" + address[1].replace("&amp;", "&")
    part = client.get(later, headers={"HX-Request": "true"}).content.decode()
    assert "late</th>" in part
    assert "<html" not in part
    without_script = client.get(f"{year}&shares=1").content.decode()
    assert "late</th>" in without_script
    assert 'hx-trigger="load"' not in without_script.partition("<main")[2]
    assert "late</th>" in client.get("/statistics/").content.decode()  # of a week at once


@pytest.mark.row("SX6")
def test_agents_see_their_own_contacts_and_their_own_line(client: Client, world: SimpleNamespace) -> None:
    Stage(world).play()
    client.force_login(world.bob)
    html = client.get(f"/statistics/?{WEEK.query}&contact=accounting").content.decode()
    assert "Accounting" not in html
    assert "Alice" not in html
    assert ">9</a>" in html  # Bob's replies
    client.force_login(world.charlie)
    assert "sent:2025-03-24:2025-03-30:agent" not in client.get(f"/statistics/?{WEEK.query}").content.decode()
    client.logout()
    assert client.get("/statistics/").status_code == 302


def test_what_is_no_stretch_of_days_is_told_and_the_present_week_shown(client: Client, world: SimpleNamespace) -> None:
    client.force_login(world.alice)
    for query in (
        "from=2025-03-30&to=2025-03-24",
        "from=yesterday",
        "from=2020-01-01&to=2025-01-01",
        "from=0001-01-01",
    ):
        page = client.get(f"/statistics/?{query}")
        assert page.status_code == 400, query
        assert "at most a year" in page.content.decode()
    assert client.get("/statistics/?contact=nowhere&contact=%00").status_code == 200


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_week_takes_as_many_queries_however_much_happened_and_when_nothing_is_kept_of_what_all_pages_ask(
    client: Client, world: SimpleNamespace, django_assert_max_num_queries: Any, who: str
) -> None:
    Stage(world).play()
    _everything_happens(world)
    counting.keep()
    rollups.keep_months()
    make.thread(world.service)  # not counted yet
    Mailbox.objects.create(name="Shop", contact=world.service, imap_host="imap.test").note_error("No route to host")
    Trouble.objects.update(began_at=timezone.now() - timedelta(days=1))
    client.force_login(getattr(world, who))
    for stretch in ("", WEEK.query, "from=2025-01-01&to=2025-12-31&shares=1"):
        cache.clear()
        with django_assert_max_num_queries(20):
            html = client.get(f"/statistics/?{stretch}").content.decode()
        assert stretch or all(word in html for word in ("late</th>", "Cuenco", "Seur", "Solved", "Delay", "In time"))
        assert "Shop has received no mail since" in html or who == "bob"


def _everything_happens(world: SimpleNamespace) -> None:
    """All that the page knows a table for."""
    Target.objects.create(first=60)
    order = make.order(None, carrier="Seur", placed_at=timezone.now())
    thread = make.thread(world.service)
    thread.set_tags(["late"], by=world.bob)
    thread.link(order=order, product=order.lines.get(product_ref="BOWL"), by=world.bob)
    reply = PredefinedReply.objects.create(title="Delay", bodies={"en": "<p>Late.</p>"})
    Draft.remember_use(thread, reply.pk, by=world.bob)
    thread.reply("Late", by=world.bob, then="closed", reason=CloseReason.add({"en": "Solved"}))


def test_what_happens_is_on_the_page_when_the_job_has_run_and_a_page_counts_nothing_itself(
    client: Client, world: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    client.force_login(world.alice)
    thread = make.thread(world.service)
    thread.reply("Hello", by=world.bob, then="closed")
    with django_assert_max_num_queries(20):
        html = client.get("/statistics/").content.decode()
    assert not re.search(r"closed:[^>]+>1</a>", html)
    assert "being counted" not in html  # a moment is nothing to speak of
    counting.keep()
    html = client.get("/statistics/").content.decode()
    assert re.search(r"closed:[^>]+>1</a>", html)
    assert "0 at the start + 1 new + 0 opened again − 1 closed = 0" in html


def test_a_page_says_that_the_job_is_behind(client: Client, world: SimpleNamespace) -> None:
    client.force_login(world.alice)
    make.thread(world.service)
    Event.objects.update(at=F("at") - timedelta(minutes=1))
    for address in ("/statistics/", "/statistics/staffing/"):
        assert "being counted" in client.get(address).content.decode()
    assert not client.get("/api/statistics/").json()["complete"]
    counting.keep()
    for address in ("/statistics/", "/statistics/staffing/"):
        assert "being counted" not in client.get(address).content.decode()
    assert client.get("/api/statistics/").json()["complete"]


def test_what_was_committed_later_than_its_number_says_is_counted_too(world: SimpleNamespace) -> None:
    thread = make.thread(world.service)
    thread.reply("Hello", by=world.bob, then="closed")
    closing = thread.events.get(kind=EventKind.STATUS)
    number = closing.pk
    closing.delete()
    make.thread(world.service)
    counting.keep()
    closing.pk = number
    closing.save(force_insert=True)  # as if its transaction had ended only now
    counting.keep()
    assert present(world).now.closed == 0
    counting.look_back()
    assert not present(world).is_counted  # the day is marked
    counting.keep()
    assert present(world).now.closed == 1
    call_command("check_statistics")


@pytest.mark.row("SX3")
@pytest.mark.row("SX4")
def test_prestashops_figures_stand_beside_ours_with_what_differs(client: Client, world: SimpleNamespace) -> None:
    thread = make.thread(world.service)
    thread.note("Noted", by=world.bob)
    thread.reply("Hello", by=world.bob, then="pending1")
    make.thread(world.service)
    found = prestashop.figures([world.service.pk])
    assert (found.threads, found.pending, found.unread, found.closed, found.discussions) == (2, 1, 1, 0, 2)
    assert (found.customer_messages, found.employee_messages) == (2, 2)
    Message.objects.update(created_at=F("created_at") - timedelta(days=3))
    assert prestashop.figures([world.service.pk]).response_hours == 0.0
    client.force_login(world.alice)
    assert "a note counts as an answer" in client.get("/statistics/prestashop/").content.decode()


def test_a_command_finds_what_is_kept_wrongly_and_counts_it_again(world: SimpleNamespace) -> None:
    threads = Stage(world).play()
    call_command("check_statistics")
    Fact.objects.filter(thread=threads[1].pk, kind=FactKind.FIRST).update(work_seconds=1)
    DayFigures.objects.filter(day=WEEK.last).update(new=7)
    with pytest.raises(CommandError, match="3 differences"):
        call_command("check_statistics")
    call_command("check_statistics", "--repair")
    assert told(world).now.new == 14
    # Other hours count everything again.
    first = Calendar.first()
    first.week = {str(day): [[0, 24 * 60]] for day in range(7)}
    first.save()
    call_command("check_statistics")
    assert told(world).now.times("first") == told(world).now.times("first", work=False)


def test_other_hours_are_the_jobs_work(world: SimpleNamespace) -> None:
    Stage(world).play()
    before = told(world).now
    first = Calendar.first()
    first.week = {str(day): [[0, 24 * 60]] for day in range(7)}
    first.save()
    assert report(WEEK, [world.service.pk, world.accounting.pk]).now.times("first") == before.times("first")
    assert told(world).is_counted
    assert told(world).now.times("first") == told(world).now.times("first", work=False)


def test_a_thread_whose_merging_was_committed_late_counts_once(world: SimpleNamespace) -> None:
    target, source = make.thread(world.service), make.thread(world.service)
    source.close(by=world.bob)
    source.merge_into(target, by=world.bob)
    merging = target.events.get(kind=EventKind.MERGED)
    number = merging.pk
    merging.delete()
    Thread.objects.filter(pk=source.pk).update(merged_into=None)
    make.thread(world.accounting)
    counting.keep()
    assert present(world).now.new == 2
    merging.pk = number
    merging.save(force_insert=True)  # as if the transaction had ended only now
    Thread.objects.filter(pk=source.pk).update(merged_into=target)
    counting.look_back()
    counting.keep()
    assert present(world).now.new == 1
    call_command("check_statistics")


def test_what_comes_after_the_newest_events_are_gone_is_counted(world: SimpleNamespace) -> None:
    Stage(world).play()
    make.thread(world.service)
    counting.keep()
    Thread.objects.latest("pk").delete()
    assert present(world).is_counted
    make.thread(world.service)
    counting.keep()
    assert present(world).now.new == 1


def test_an_old_thread_does_not_make_the_job_read_what_lies_between(world: SimpleNamespace) -> None:
    threads = Stage(world).play()
    make.thread(world.service)
    Thread.objects.get(pk=threads[4].pk).close(by=world.bob)  # asked in March 2025
    with CaptureQueriesContext(connection) as asked:
        counting.keep()
    read = [one["sql"] for one in asked if "SELECT" in one["sql"] and "work_seconds" in one["sql"]]
    stretches = [re.findall(r"\"at\" (?:>=|<) '([0-9-]+)", one) for one in read]
    assert [one for one in stretches if len(one) == 2]
    assert not [one for one in stretches if len(one) == 2 and one[0][:4] != one[1][:4]]
    call_command("check_statistics")


def test_what_is_counted_in_many_short_steps_is_the_same(
    world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    Stage(world).play()
    for module, name, value in ((counting, "WINDOW", 7), (rollups, "DAYS", 2), (resting, "PAUSE", 0)):
        monkeypatch.setattr(module, name, value)
    counting.keep()
    call_command("check_statistics")
    assert not DayFigures.objects.filter(is_stale=True).exists()
    assert told(world).now.new == 14


def test_while_many_days_wait_the_page_opens_and_says_so(world: SimpleNamespace, client: Client) -> None:
    first = date(2024, 1, 1)
    rollups.mark((first + timedelta(days=n), world.service.pk) for n in range(200))
    client.force_login(world.alice)
    page = client.get("/statistics/?from=2024-01-01&to=2024-06-30")
    assert page.status_code == 200
    assert "being counted" in page.content.decode()
