"""What is answered inside the shop is an answer here too: for targets, the review, promises and the figures."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from crm.models import Shop
from crm.prestashop.told import ContactOfShop, ShopMessage, ShopThread
from helpdesk import jobs
from helpdesk.models import Calendar, Deadline, EventKind, Fact, FactKind, Metric, Target, Thread, ThreadOrigin
from helpdesk.statistics import checking, counting
from tests.helpdesk.test_review import listed

MADRID = ZoneInfo("Europe/Madrid")
NINE = datetime(2026, 11, 16, 9, tzinfo=MADRID)  # a Monday
FACTS = (FactKind.FIRST, FactKind.NEXT, FactKind.MET, FactKind.LATE, FactKind.KEPT, FactKind.CLOSED)


def said(number: int, minutes: int, *, by: str = "", private: bool = False) -> ShopMessage:
    """By the customer, unless an address of the shop is named."""
    at = NINE + timedelta(minutes=minutes)
    return ShopMessage(number, f"Text {number}", at, bool(by), private, author_email=by)


class Book:
    """The shop's thread, which gets longer; each reading brings what was said until then."""

    def __init__(self, clock: Any) -> None:
        self.clock, self.messages = clock, ()
        self.shop = Shop.objects.create(name="Taller Norte", url="https://shop.example", time_zone="Europe/Madrid")

    def read(self, minutes: int, *new: ShopMessage, status: str = "open", changed: int = 0) -> Thread:
        self.clock.move_to(NINE + timedelta(minutes=minutes))
        self.messages = (*self.messages, *new)
        changed_at = NINE + timedelta(minutes=changed or minutes)
        told = ShopThread(7, status, NINE, changed_at, self.messages, ContactOfShop(), "en", "john@example.com")
        ThreadOrigin.objects.take(told, shop=self.shop)
        return ThreadOrigin.objects.get().thread


@pytest.mark.row("SX3")
@pytest.mark.row("WK1")
def test_a_reply_written_in_the_shop_answers_everywhere(world: SimpleNamespace, client: Client) -> None:
    Calendar.objects.create(name="Always", week={str(day): [[0, 1440]] for day in range(7)})
    client.force_login(world.alice)
    bob, week = world.bob.email, "?week=2026-W47"
    with time_machine.travel(NINE, tick=False) as clock:
        Target.objects.create(first=60, next=30, resolution=300)
        book = Book(clock)
        thread = book.read(5, said(1, 0))
        assert listed(client, week) == [thread.pk]
        thread.snooze(NINE + timedelta(minutes=120), by=world.alice, promise=True)
        thread = book.read(10, said(2, 8, by=bob, private=True))
        assert thread.needs_answer  # what the customer does not see answers nobody
        clock.move_to(NINE + timedelta(minutes=70))
        jobs.look_at_deadlines()  # the clock stood still meanwhile: a promise was given
        thread = book.read(75, said(3, 50, by=bob))
        assert listed(client, week) == []
        first = Deadline.objects.get(metric=Metric.FIRST)
        assert (first.settled_at, first.missed_at, first.agent) == (NINE + timedelta(minutes=50), None, world.bob)
        promise = thread.promises.get()
        assert (promise.kept_at, thread.promised_at) == (NINE + timedelta(minutes=50), None)
        assert thread.events.get(kind=EventKind.KEPT).at == promise.kept_at
        book.read(85, said(4, 80), changed=80)
        clock.move_to(NINE + timedelta(minutes=112))
        jobs.look_at_deadlines()
        assert Deadline.objects.get(metric=Metric.NEXT).missed_at == NINE + timedelta(minutes=110)
        book.read(115, said(5, 105, by=bob))  # in time, though nobody here knew
        book.read(120, said(6, 116), said(7, 118, by=bob))  # asked and answered before it was read: no clock ever ran
        book.read(130, said(8, 125))
        book.read(170, said(9, 160, by=bob))  # late
        thread = book.read(190, status="closed", changed=180)
        counting.keep()
        found = Fact.objects.filter(kind__in=FACTS).order_by("at", "kind")
        assert [(one.kind, one.data.get("metric", ""), _minute(one.at), one.agent) for one in found] == [
            (FactKind.FIRST, "", 50, world.bob),
            (FactKind.KEPT, "", 50, world.alice),
            (FactKind.MET, "first", 50, world.bob),
            (FactKind.MET, "next", 105, world.bob),
            (FactKind.NEXT, "", 105, world.bob),
            (FactKind.NEXT, "", 118, world.bob),
            (FactKind.LATE, "next", 155, None),
            (FactKind.NEXT, "", 160, world.bob),
            (FactKind.CLOSED, "", 180, None),
            (FactKind.MET, "resolution", 180, None),
        ]
        assert (thread.due_at, Deadline.objects.live().exists()) == (None, False)
        assert list(checking.differences()) == []
        book.read(200, said(10, 195), status="open", changed=195)
        again = Deadline.objects.live().get(metric=Metric.RESOLUTION)
        assert (_minute(again.began_at), _minute(again.due_at)) == (195, 495)  # opened again, not from its beginning
        book.read(210, said(11, 190, by=bob), status="closed", changed=205)
        assert not Deadline.objects.filter(began_at=NINE + timedelta(minutes=195), metric=Metric.NEXT).exists()  # unmet


def _minute(at: datetime) -> int:
    return int((at - NINE).total_seconds() // 60)
