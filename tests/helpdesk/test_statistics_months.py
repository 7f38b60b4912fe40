"""Months that are over are kept added up, and are never read where one of their days says something else."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from helpdesk.models import DayFigures, DeskSettings, MonthFigures, Thread
from helpdesk.statistics import counting, rollups
from helpdesk.statistics.days import Sums, written
from helpdesk.statistics.periods import Period
from helpdesk.statistics.reports import report
from tests import make
from tests.helpdesk.stories import MADRID


def test_months_that_are_over_are_read_instead_of_their_days(played: SimpleNamespace) -> None:
    world, threads = played, played.threads
    contacts = [world.service.pk, world.accounting.pk]
    period = Period(date(2025, 1, 20), date(2025, 4, 30), MADRID)
    by_days = report(period, contacts).now
    rollups.keep_months()
    assert not MonthFigures.objects.filter(is_stale=True).exists()
    # The days are no longer read: what they say makes no difference.
    DayFigures.objects.filter(day__month=3).update(data=written(Sums()))
    by_months = report(period, contacts).now
    assert written(by_months.sums) == written(by_days.sums)
    assert (by_months.days, by_months.heat) == (by_days.days, by_days.heat)
    for contact in contacts:
        assert written(by_months.by_contact[contact]) == written(by_days.by_contact[contact])
    with pytest.raises(CommandError):
        call_command("check_statistics")
    call_command("check_statistics", "--repair")
    # A month in which something changes is read by its days until it is added up again.
    threads[8].mark_not_spam(by=world.bob)
    counting.keep()
    changed = report(period, contacts).now
    assert changed.new == by_days.new + 1
    assert MonthFigures.objects.filter(is_stale=True).exists()
    rollups.keep_months()
    assert written(report(period, contacts).now.sums) == written(changed.sums)
    call_command("check_statistics")


def test_a_month_that_is_kept_wrongly_or_not_at_all_is_found(played: SimpleNamespace) -> None:
    rollups.keep_months()
    month = MonthFigures.objects.filter(is_stale=False).latest("pk")
    month.data["touches"] += 1
    month.save()
    with pytest.raises(CommandError, match="1 differences"):
        call_command("check_statistics")
    month.delete()
    with pytest.raises(CommandError, match="1 differences"):
        call_command("check_statistics")
    call_command("check_statistics", "--repair")


def test_the_present_month_is_read_by_its_days(world: SimpleNamespace) -> None:
    make.thread(world.service)
    counting.keep()
    rollups.keep_months()
    assert MonthFigures.objects.get().is_stale


def test_a_month_with_a_day_that_waits_is_left_out_and_other_contacts_are_not(played: SimpleNamespace) -> None:
    world = played
    DayFigures.objects.filter(contact=world.service, day=date(2025, 3, 30)).update(is_stale=True)
    rollups.keep_months()
    left = MonthFigures.objects.filter(month=date(2025, 3, 1), is_stale=True)
    assert list(left.values_list("contact", flat=True)) == [world.service.pk]
    counting.keep()
    rollups.keep_months()
    assert not left.exists()
    call_command("check_statistics")


def test_a_thread_that_moves_takes_its_numbers_out_of_a_month_that_was_kept(played: SimpleNamespace) -> None:
    world, threads = played, played.threads
    period = Period(date(2025, 3, 1), date(2025, 3, 31), MADRID)
    contacts = [world.service.pk, world.accounting.pk]
    rollups.keep_months()
    before = [report(period, [one]).now.new for one in contacts]
    thread = Thread.objects.get(pk=threads[1].pk)
    there = world.accounting if thread.contact_id == world.service.pk else world.service
    thread.move_to(there, by=world.alice)
    counting.keep()
    after = [report(period, [one]).now.new for one in contacts]
    assert sorted((before[0] - after[0], before[1] - after[1])) == [-1, 1]
    # What did not change is not added up again: a word in a closed thread touches its own days only.
    counting.keep()
    rollups.keep_months()
    Thread.objects.get(pk=threads[2].pk).note("Seen", by=world.bob)
    counting.keep()
    assert not MonthFigures.objects.filter(is_stale=True).exists()


def test_another_midnight_throws_months_away_too(played: SimpleNamespace) -> None:
    rollups.keep_months()
    desk = DeskSettings.load()
    desk.time_zone = "Pacific/Auckland"
    desk.save()
    counting.keep()
    rollups.keep_months()
    call_command("check_statistics")
