"""Mails that follow carts and orders: to whom, when, and how often."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.models import (
    Cart,
    CartItem,
    FollowUp,
    FollowUpKind,
    FollowUpRule,
)
from helpdesk import follow_ups
from helpdesk.models import OutgoingMail
from tests import make
from tests.helpdesk.follow_ups.carts import NOON, left_by, mails, switch_on

pytestmark = pytest.mark.row("CA10")


def test_nothing_is_sent_until_somebody_switches_it_on(world, shop, clock):
    FollowUpRule.all_of_them()
    left_by(world.john)
    clock(hours=5)
    assert follow_ups.send_due() == 0


def test_a_cart_of_five_minutes_is_left_alone_and_reminded_of_later(world, shop, clock):
    switch_on(hours=4)
    cart = left_by(world.john)
    clock(minutes=5)
    assert follow_ups.send_due() == 0
    clock(hours=4, minutes=1)
    assert follow_ups.send_due() == 1
    (mail,) = mails()
    assert (mail.to, mail.subject) == (["john@example.com"], "You left something in your cart")
    assert "Hello John," in mail.text
    assert "2 × Taza Bruma" in mail.text
    assert f"/cart/{cart.pk}:" in mail.text
    assert "{" not in mail.text
    assert Cart.objects.get(pk=cart.pk).contacted_at == timezone.now()


@pytest.mark.parametrize(
    "fields", [{"newsletter": False}, {"do_not_contact": True}, {"is_active": False}, {"deleted_at": NOON}]
)
def test_who_did_not_allow_it_gets_nothing(world, shop, clock, fields):
    switch_on(hours=4)
    left_by(world.john)
    type(world.john).objects.filter(pk=world.john.pk).update(**fields)
    clock(hours=5)
    assert follow_ups.send_due() == 0


def test_nameless_empty_and_present_carts_get_nothing(world, shop, clock):
    switch_on(hours=4)
    nameless = make.cart(email="somebody@example.com")
    nameless.replace_lines([CartItem("Taza")])
    cart = left_by(world.john)
    clock(hours=5)
    cart.see()
    assert follow_ups.send_due() == 0
    cart.replace_lines([])
    clock(hours=9, minutes=59)
    assert follow_ups.send_due() == 0


def test_a_second_run_the_same_day_sends_nothing_even_after_a_kill(world, shop, clock, monkeypatch):
    switch_on(hours=4)
    left_by(world.john)
    clock(hours=5)
    monkeypatch.setattr("django.db.models.query.QuerySet.create", killed_at(OutgoingMail))
    with pytest.raises(KeyboardInterrupt):
        follow_ups.send_due()
    monkeypatch.undo()
    assert not FollowUp.objects.exists(), "what was not queued is not written down as sent"
    assert [follow_ups.send_due() for _ in range(3)] == [1, 0, 0]
    assert len(mails()) == 1


def killed_at(model):
    """A process that is killed when it writes a row of this model."""
    from django.db.models.query import QuerySet

    plain = QuerySet.create

    def create(self, **fields):
        if self.model is model:
            raise KeyboardInterrupt
        return plain(self, **fields)

    return create


def test_a_customer_gets_one_a_day_and_so_many_a_week(world, shop, clock):
    switch_on(hours=1)
    switch_on(step=2, hours=2)
    switch_on(step=3, hours=3)
    left_by(world.john)
    clock(hours=4)
    assert follow_ups.send_due() == 1
    clock(hours=6)
    assert follow_ups.send_due() == 0
    clock(days=1)
    assert follow_ups.send_due() == 1
    clock(days=2)
    assert follow_ups.send_due() == 0, "two in a week are enough"
    clock(days=6, hours=23)
    assert follow_ups.send_due() == 0
    assert [one.rule.step for one in FollowUp.objects.order_by("pk")] == [1, 2]


def test_nobody_is_woken_in_the_shops_night(world, shop, clock):
    switch_on(hours=4)
    left_by(world.john)
    clock(hours=9, minutes=1)  # 21:01 in Madrid
    assert follow_ups.send_due() == 0
    shop.time_zone = "America/New_York"  # 15:01 there
    shop.save()
    assert follow_ups.send_due() == 1


def test_an_order_stops_the_second_reminder(world, shop, clock):
    switch_on(hours=4)
    switch_on(step=2, hours=24)
    cart = left_by(world.john)
    clock(hours=5)
    assert follow_ups.send_due() == 1
    clock(hours=20)
    cart.take_order(make.order(world.john, placed_at=timezone.now()))
    clock(days=1, hours=1)
    assert follow_ups.send_due() == 0
    assert Cart.objects.get(pk=cart.pk).state == "recovered"


def test_an_order_of_another_cart_stops_it_too(world, shop, clock):
    switch_on(hours=4)
    left_by(world.john)
    make.order(world.john, placed_at=NOON + timedelta(hours=1))
    clock(hours=5)
    assert follow_ups.send_due() == 0


def test_only_the_newest_cart_and_none_older_than_a_week(world, shop, clock):
    switch_on(hours=4)
    left_by(world.john)
    clock(minutes=1)
    newest = left_by(world.john)
    clock(days=7, minutes=2)
    assert follow_ups.send_due() == 0
    clock(days=6)
    assert follow_ups.send_due() == 1
    assert FollowUp.objects.get().cart == newest


def test_thanks_follow_an_order_once(world, shop, clock):
    switch_on(FollowUpKind.THANKS, hours=48)
    order = make.order(world.john, placed_at=NOON, is_valid=True)
    clock(hours=47)
    assert follow_ups.send_due() == 0
    clock(hours=49)
    assert [follow_ups.send_due(), follow_ups.send_due()] == [1, 0]
    assert order.reference in mails()[0].subject
    clock(days=5)
    assert follow_ups.send_due() == 0


def test_who_ordered_nothing_for_long_is_asked_back_once(world, shop, clock):
    switch_on(FollowUpKind.IDLE, hours=24 * 180)
    make.order(world.john, placed_at=NOON - timedelta(days=179))
    assert follow_ups.send_due() == 0
    clock(days=2)
    assert follow_ups.send_due() == 1
    clock(days=20)
    assert follow_ups.send_due() == 0


def test_the_best_customers_are_thanked_once_in_the_period(world, shop, clock):
    switch_on(FollowUpKind.BEST, hours=24 * 90, amount=Decimal(100))
    make.order(world.john, total=Decimal(99), placed_at=NOON - timedelta(days=80))
    assert follow_ups.send_due() == 0
    make.order(world.john, total=Decimal(1), placed_at=NOON - timedelta(days=1))
    assert follow_ups.send_due() == 1
    clock(days=30)
    assert follow_ups.send_due() == 0
