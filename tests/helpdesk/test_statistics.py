"""The supervisor's numbers: twenty threads counted by hand, and sums that hold whatever happens."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db.models import F
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from helpdesk import queues
from helpdesk.filters import Filters
from helpdesk.hours import ALWAYS
from helpdesk.models import (
    Calendar,
    CloseReason,
    DayFigures,
    Draft,
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
from helpdesk.statistics.reports import Spread
from mailgateway.models import Mailbox
from mailgateway.troubles import Trouble
from tests import make
from tests.helpdesk.stories import MADRID, MONDAY, WEEK, Stage, told

HOUR = 3600


@pytest.mark.row("SX1")
@pytest.mark.row("SX3")
@pytest.mark.row("SX4")
@pytest.mark.row("SX6")
def test_twenty_threads_give_the_numbers_worked_out_by_hand(played: SimpleNamespace) -> None:
    world, threads = played, played.threads
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
def test_every_number_of_the_page_leads_to_the_threads_that_it_counts(client: Client, played: SimpleNamespace) -> None:
    world = played
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
def test_agents_see_their_own_contacts_and_their_own_line(client: Client, played: SimpleNamespace) -> None:
    world = played
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
    client: Client, played: SimpleNamespace, django_assert_max_num_queries: Any, who: str
) -> None:
    world = played
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


def test_a_command_finds_what_is_kept_wrongly_and_counts_it_again(played: SimpleNamespace) -> None:
    world, threads = played, played.threads
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
