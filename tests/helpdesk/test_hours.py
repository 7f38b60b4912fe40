"""Business hours: what counts, when it is over, and why."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.hours import ALWAYS, OpenHours, explained, hours_of
from helpdesk.hours.national import national
from helpdesk.models import Calendar, Holiday

MADRID = ZoneInfo("Europe/Madrid")
NINE_TO_TWO, AFTERNOON, FRIDAY = (9 * 60, 14 * 60), (15 * 60 + 30, 18 * 60), (9 * 60, 15 * 60)
SHOP = {**dict.fromkeys(range(4), (NINE_TO_TWO, AFTERNOON)), 4: (FRIDAY,)}
WORKSHOP = OpenHours(MADRID, SHOP, {date(2026, 12, 8): (), date(2026, 12, 24): (NINE_TO_TWO,)})
AROUND = OpenHours(MADRID, dict.fromkeys(range(7), ((0, 24 * 60),)))
NIGHT = OpenHours(MADRID, dict.fromkeys(range(7), ((90, 210), (600, 700))))
HOUR = 3600

BEGIN, END = (int(datetime(*day, tzinfo=UTC).timestamp()) for day in ((2025, 12, 1), (2028, 2, 1)))
moments = st.integers(BEGIN, END).map(lambda one: datetime.fromtimestamp(one, UTC))
CALENDARS = {"workshop": WORKSHOP, "around": AROUND, "night": NIGHT, "always": ALWAYS}
calendars = st.sampled_from(sorted(CALENDARS))


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=MADRID)


@pytest.mark.parametrize(
    ("begin", "end", "seconds"),
    [
        (at(20, 12, 20), at(23, 10, 20), 4 * HOUR),  # Friday to Monday, as the settings' page draws it
        (at(16, 8), at(16, 20), 7.5 * HOUR),
        (at(16, 14, 10), at(16, 15, 20), 0),
        (at(21, 9), at(22, 23), 0),
        (at(7, 17, 0, 12), at(9, 10, 0, 12), 2 * HOUR),  # the 8th is a holiday
        (at(24, 9, 0, 12), at(25, 9, 0, 12), 5 * HOUR),  # open half a day
        (at(16, 10), at(16, 9), 0),
    ],
)
def test_only_open_hours_count(begin: datetime, end: datetime, seconds: float) -> None:
    assert WORKSHOP.seconds_between(begin, end) == seconds


def test_a_day_of_daylight_saving_has_23_or_25_hours() -> None:
    spring, autumn = datetime(2026, 3, 29, tzinfo=MADRID), datetime(2026, 10, 25, tzinfo=MADRID)
    assert AROUND.seconds_between(spring, datetime(2026, 3, 30, tzinfo=MADRID)) == 23 * HOUR
    assert AROUND.seconds_between(autumn, datetime(2026, 10, 26, tzinfo=MADRID)) == 25 * HOUR
    # From 1:30 to 3:30: an hour on the day that leaves out 2:00 to 3:00, three where it comes twice.
    assert NIGHT.seconds_between(spring, spring.replace(hour=9)) == 1 * HOUR
    assert NIGHT.seconds_between(autumn, autumn.replace(hour=9)) == 3 * HOUR


def test_an_opening_inside_the_hour_that_is_left_out_begins_at_the_leap() -> None:
    gap = OpenHours(MADRID, {6: ((150, 240),)})  # Sunday 2:30 to 4:00; at 2:00 it is 3:00
    day = datetime(2026, 3, 29, tzinfo=MADRID)
    assert gap.seconds_between(day, day + timedelta(days=1)) == HOUR


@given(calendars, moments, moments, moments)
def test_a_time_is_the_sum_of_its_parts(name: str, one: datetime, two: datetime, three: datetime) -> None:
    hours = CALENDARS[name]
    a, b, c = sorted((one, two, three))
    assert hours.seconds_between(a, b) + hours.seconds_between(b, c) == hours.seconds_between(a, c)
    assert 0 <= hours.seconds_between(a, c) <= (c - a).total_seconds()


@given(calendars, moments, st.integers(1, 60 * 24 * HOUR))
def test_what_is_due_after_some_hours_has_taken_exactly_those(name: str, begin: datetime, seconds: int) -> None:
    hours = CALENDARS[name]
    due = hours.after(begin, seconds)
    assert due is not None
    assert hours.seconds_between(begin, due) == seconds
    assert hours.seconds_between(begin, due - timedelta(seconds=1)) == seconds - 1


@given(calendars, moments, st.integers(0, 20 * HOUR))
def test_the_steps_of_an_explanation_add_up(name: str, begin: datetime, seconds: int) -> None:
    told = explained(CALENDARS[name], begin, seconds)
    assert sum(one.seconds for one in told.steps) == seconds
    assert all(one.end.astimezone(UTC) > one.begin.astimezone(UTC) for one in told.steps)
    for one, following in zip(told.steps, told.steps[1:], strict=False):
        assert one.end == following.begin


def test_round_the_clock_every_second_counts() -> None:
    assert ALWAYS.seconds_between(at(1, 3), at(29, 3)) == 28 * 24 * HOUR


def test_hours_that_never_open_make_nothing_due() -> None:
    never = OpenHours(MADRID, {})
    assert never.after(at(20, 12), 60) is None
    assert never.seconds_between(at(1, 3), at(29, 3)) == 0
    assert "never" in explained(never, at(20, 12), 60).sentence


def test_it_says_why_something_is_due_on_monday() -> None:
    told = explained(WORKSHOP, at(20, 12, 20), 4 * HOUR)
    with translation.override("en"):
        assert told.sentence == (
            "Due Mon 23 Nov, 10:20: 4 h 00 min of working time after Fri 20 Nov, 12:20, "
            "closed meanwhile: Fri 15:00 – Mon 09:00."
        )
    assert [(one.counts, one.seconds) for one in told.steps] == [(True, 9600), (False, 0), (True, 4800)]
    assert WORKSHOP.next_opening(at(21, 12)) == at(23, 9)
    assert WORKSHOP.next_opening(at(20, 12)) == at(20, 12)


def test_a_contact_keeps_its_own_hours_and_the_others_the_shops(world: SimpleNamespace) -> None:
    office = Calendar.objects.create(name="Office", week={"0": [[600, 720]]}, time_zone="UTC")
    first = Calendar.first()
    assert first == office  # the oldest is the shop's own
    short = Calendar.objects.create(name="Accounting", week={"1": [[600, 660]]})
    short.keep(type(world.accounting).objects.filter(pk=world.accounting.pk))
    week = at(16, 0), at(23, 0)
    assert hours_of(world.service).seconds_between(*week) == 2 * HOUR
    assert hours_of(world.accounting).seconds_between(*week) == HOUR
    assert hours_of(None) is hours_of(world.service)


def test_a_supervisor_sets_the_hours(client: Client, world: SimpleNamespace) -> None:
    client.force_login(world.alice)
    page = client.get("/settings/hours/", follow=True)
    calendar = Calendar.objects.get()
    assert "Monday to Friday" in page.content.decode()
    days = {"day0": "9:00–14:00, 15.30-18", "day4": "9-15", **{f"day{n}": "" for n in (1, 2, 3, 5, 6)}}
    url = f"/settings/hours/{calendar.pk}/"
    refused = client.post(url, {**days, "name": "Workshop", "day1": "9 to 5"})
    assert "is no time" in refused.content.decode()
    assert 'value="9 to 5"' in refused.content.decode()
    assert "overlap" in client.post(url, {**days, "name": "W", "day1": "9-12, 11-13"}).content.decode()
    assert "at least one time" in client.post(url, {**dict.fromkeys(days, ""), "name": "W"}).content.decode()
    client.post(url, {**days, "name": "Workshop", "contacts": [world.service.pk]})
    calendar.refresh_from_db()
    assert calendar.week["0"] == [[540, 840], [930, 1080]]
    assert calendar.week["4"] == [[540, 900]]
    assert list(calendar.contacts.all()) == [world.service]

    client.post(f"{url}holidays/", {"day": "2099-12-08", "name": "Immaculate", "spans": ""})
    again = client.post(f"{url}holidays/", {"day": "2099-12-08", "name": "Twice", "spans": ""})
    assert again.status_code == 400
    assert "in the list already" in again.content.decode()
    holiday = Holiday.objects.get()
    told = client.get(url, {"at": "2026-11-20T12:20", "hours": "4"}).content.decode()
    assert "Immaculate" in told
    assert "Due Mon 23 Nov, 10:20" in told
    for year in ("9999", "0001"):
        far = client.get(url, {"at": f"{year}-12-31T23:59", "hours": "400"}).content.decode()
        assert "Choose a year from 2000 to 2099." in far
    client.post(f"{url}holidays/{holiday.pk}/removal/")
    assert not Holiday.objects.exists()

    other = Calendar.objects.create(name="Night")
    client.post(f"/settings/hours/{other.pk}/removal/")
    client.post(f"{url}removal/")  # the shop's own stays
    assert list(Calendar.objects.all()) == [calendar]


def test_national_holidays_come_by_a_button_once_and_for_the_countrys_clock(
    client: Client, world: SimpleNamespace
) -> None:
    spain = national("ES", (2026,), language="es")
    assert spain[date(2026, 4, 3)] == "Viernes Santo"
    assert national("DE", (2038,), language="en")[date(2038, 4, 26)] == "Easter Monday"
    assert (
        national("FR", (2027,), language="es")[date(2027, 5, 17)] == "Lundi de Pentecôte"
    )  # nobody said it in Spanish
    assert national("XX", (2027,), language="es") == {}
    client.force_login(world.alice)
    calendar = Calendar.first()
    Holiday.objects.create(calendar=calendar, day=date(timezone.localdate().year + 1, 1, 1), name="Own")
    url = f"/settings/hours/{calendar.pk}/"
    page = client.get(url).content.decode()
    assert f"Bring those of Spain until {timezone.localdate().year + 1}" in " ".join(page.split())
    told = client.post(f"{url}holidays/national/", follow=True).content.decode()
    assert "holidays added." in told
    assert calendar.holidays.filter(name="Own").count() == 1
    assert calendar.holidays.filter(name="Viernes Santo").exists()  # in the shop's language
    assert not calendar.holidays.filter(day__lt=timezone.localdate()).exists()
    count = calendar.holidays.count()
    assert "in the list already" in client.post(f"{url}holidays/national/", follow=True).content.decode()
    assert calendar.holidays.count() == count
    Calendar.objects.update(time_zone="UTC")
    assert "Bring those of" not in client.get(url).content.decode()


def test_agents_do_not_set_the_hours(client: Client, world: SimpleNamespace) -> None:
    client.force_login(world.bob)
    assert client.get("/settings/hours/", follow=True).status_code == 403
    assert client.post("/settings/hours/1/holidays/", {"day": "2099-12-08", "name": "Free"}).status_code == 403
    assert client.post("/settings/hours/1/holidays/national/").status_code == 403
