"""Small pieces of pages: times as their reader sees them."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.translation import override

from accounts.pieces import Times, ago, day, moment

AT = datetime(2025, 3, 30, 22, 30, tzinfo=UTC)  # half past midnight in Madrid, where the clock has just gone forward


def test_times_are_those_of_their_readers_zone_and_language() -> None:
    with timezone.override("Europe/Madrid"), override("en"):
        assert (day(AT), Times().day(AT)) == ("31 Mar 2025", "31 Mar 2025")
        assert ">31 March 2025<" in ago(AT)
    with timezone.override("America/New_York"), override("es"):
        assert "30" in day(AT)
        assert "18:30" in moment(AT)


def test_a_time_that_nobody_knows_is_nothing_and_not_now() -> None:
    assert (ago(None), moment(None)) == ("", "")


def test_within_a_day_a_time_says_how_long_ago() -> None:
    with override("en"):
        assert ">just now<" in ago(timezone.now())
        assert ">12 min ago<" in ago(timezone.now() - timedelta(minutes=12, seconds=5))
