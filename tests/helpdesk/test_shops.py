"""Shops are told of threads: facts and links, and only what is theirs."""

import json

import pytest
from django.utils import timezone

from crm.models import Delivery, Shop, Webhook
from helpdesk import outbox
from helpdesk.models import OutgoingMail
from tests import make

pytestmark = pytest.mark.django_db
ALL = ["thread.created", "message.sent", "thread.closed"]


def shop(name: str, events: list[str]) -> Shop:
    made = Shop.objects.create(name=name)
    Webhook.objects.create(shop=made, url=f"https://{made.pk}.example/", events=events)
    return made


def told(of: Shop) -> list[dict]:
    return [json.loads(one.body) for one in Delivery.objects.filter(webhook__shop=of).order_by("pk")]


def test_a_shop_hears_that_a_thread_began_was_answered_and_closed(world):
    north = shop("Taller Norte", ALL)
    world.john.source, world.john.shop_id = north, "17"
    world.john.save()
    thread = make.thread(world.service, text="My secret question")
    thread.reply("A secret answer", by=world.bob, then="pending1")
    OutgoingMail.objects.update(not_before=timezone.now())
    while mail := outbox.claim():
        outbox.sent(mail)
    thread.refresh_from_db()
    thread.close(by=world.bob)
    assert [one["event"] for one in told(north)] == ALL
    first = told(north)[0]["data"]
    assert (first["thread"], first["customer"], first["contact"]) == (thread.pk, "17", "service")
    assert first["page"].endswith(f"/{thread.pk}/")
    assert "secret" not in json.dumps(told(north))


def test_another_shop_hears_nothing_of_a_customer_who_is_not_theirs(world):
    north, south = shop("Taller Norte", ALL), shop("Taller Sur", ALL)
    world.john.source, world.john.shop_id = north, "17"
    world.john.save()
    make.thread(world.service)
    make.thread(world.service, sender="nobody@example.com")
    assert [one["data"]["customer"] for one in told(north)] == ["17", None]
    assert [one["data"]["customer"] for one in told(south)] == [None]


def test_spam_is_not_told(world):
    north = shop("Taller Norte", ALL)
    thread = make.thread(world.service)
    thread.mark_spam(by=world.bob)
    thread.close(by=world.bob)
    assert [one["event"] for one in told(north)] == ["thread.created"]


def test_where_nobody_listens_nothing_is_asked_or_written(world, django_assert_num_queries):
    from crm import outbound

    make.thread(world.service)
    outbound.is_wanted("thread.created")
    with django_assert_num_queries(0):
        assert not outbound.is_wanted("thread.created")
    shop("Taller Norte", ["thread.closed"])
    make.thread(world.service)
    assert Delivery.objects.count() == 0
