"""Shops are told what happened: in order, signed, again when it fails, and never inside our own network."""

import hashlib
import hmac
import json
import socket
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from crm import posting, telling
from crm.models import Delivery, Shop, Webhook
from crm.outbound import announce

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loopback_is_allowed(settings) -> None:
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]


@pytest.fixture
def shop() -> Shop:
    return Shop.objects.create(name="Taller Norte", url="https://shop.example")


@pytest.fixture
def webhook(shop, listener) -> Webhook:
    made = Webhook.objects.create(shop=shop, url=listener.url, events=["thread.closed", "cart.restored"])
    made.secret_said = made.renew_secret()
    return made


def states() -> list[str]:
    return [one.state for one in Delivery.objects.order_by("pk")]


def later(webhook: Webhook, **ago) -> None:
    """As if the pause were over, and perhaps all of it had begun that long ago."""
    Webhook.objects.filter(pk=webhook.pk).update(retry_at=None)
    if ago:
        then = timezone.now() - timedelta(**ago)
        Delivery.objects.update(created_at=then)
        Webhook.objects.filter(pk=webhook.pk).exclude(failing_since=None).update(failing_since=then)


def test_an_event_is_sent_signed_to_who_asked_for_it(webhook, listener):
    assert announce("thread.closed", {"thread": 12}) == 1
    assert announce("message.sent", {"thread": 12}) == 0
    assert telling.send_due() == 1
    [heard] = listener.heard
    said = json.loads(heard.body)
    assert (said["event"], said["data"], heard.path) == ("thread.closed", {"thread": 12}, "/hooks?from=desk")
    assert said["id"] == heard.headers["Mostrador-Id"]
    moment, mac = (part.split("=")[1] for part in heard.headers["Mostrador-Signature"].split(","))
    expected = hmac.new(webhook.secret_said.encode(), f"{moment}.".encode() + heard.body, hashlib.sha256).hexdigest()
    assert mac == expected
    assert abs(int(moment) - timezone.now().timestamp()) < 60
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status, delivery.answer, delivery.tries) == ("delivered", 200, "thank you", 1)
    assert telling.send_due() == 0


def test_the_secret_is_stored_locked(webhook):
    assert webhook.secret_said.startswith("msw_")
    assert webhook.secret_said not in str(Webhook.objects.filter(pk=webhook.pk).values().get())


def test_what_did_not_happen_is_not_told(webhook):
    with transaction.atomic():
        announce("thread.closed", {"thread": 12})
        transaction.set_rollback(True)
    assert states() == []


def test_an_event_of_one_shop_is_not_told_to_another(webhook, shop):
    other = Shop.objects.create(name="Taller Sur")
    assert announce("cart.restored", {}, shop=other) == 0
    assert announce("cart.restored", {}, shop=shop) == 1
    with pytest.raises(ValueError, match="nothing"):
        announce("nothing.such", {})


def test_what_fails_is_tried_again_and_holds_up_what_came_later(webhook, listener):
    listener.answers = [500, 503]
    announce("thread.closed", {"n": 1})
    announce("thread.closed", {"n": 2})
    assert telling.send_due() == 0
    assert telling.send_due() == 0  # it rests
    assert len(listener.heard) == 1
    later(webhook)
    assert telling.send_due() == 0
    later(webhook)
    assert telling.send_due() == 2
    assert [json.loads(one.body)["data"]["n"] for one in listener.heard] == [1, 1, 1, 2]
    assert len({one.headers["Mostrador-Id"] for one in listener.heard[:3]}) == 1
    assert states() == ["delivered", "delivered"]
    webhook.refresh_from_db()
    assert webhook.failing_since is None


def test_pauses_grow(webhook, listener):
    listener.answers = [500] * 3
    announce("thread.closed", {})
    pauses = []
    for _ in range(3):
        telling.send_due()
        webhook.refresh_from_db()
        pauses.append(round((webhook.retry_at - timezone.now()).total_seconds(), -1))
        later(webhook)
    assert pauses == [10, 60, 300]


def test_after_three_days_one_telling_is_given_up_and_the_next_is_sent(webhook, listener):
    listener.answers = [500, 500]
    announce("thread.closed", {"n": 1})
    telling.send_due()
    later(webhook, days=4)
    telling.send_due()
    assert states() == ["failed"]
    announce("thread.closed", {"n": 2})
    later(webhook)
    assert telling.send_due() == 1
    assert states() == ["failed", "delivered"]


def test_an_address_that_is_silent_for_days_is_switched_off_and_supervisors_are_told(
    webhook, listener, world, mailoutbox
):
    listener.answers = [500] * 9
    announce("thread.closed", {"n": 1})
    telling.send_due()
    later(webhook, days=6)
    announce("thread.closed", {"n": 2})
    telling.send_due()
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.disabled_at is not None) == (False, True)
    [mail] = mailoutbox
    assert mail.to == ["alice@shop.test"]
    assert listener.url in mail.body
    assert f"/settings/shops/{webhook.shop_id}/webhooks/{webhook.pk}/" in mail.body
    later(webhook)
    assert telling.send_due() == 0
    listener.answers = []
    webhook.switch(on=True, by=world.alice)
    assert telling.send_due() == 1


def test_a_telling_is_sent_again_on_wish_under_the_same_id(webhook, listener, world):
    announce("thread.closed", {"n": 1})
    telling.send_due()
    Delivery.objects.get().send_again(by=world.alice)
    assert telling.send_due() == 1
    assert listener.heard[0].headers["Mostrador-Id"] == listener.heard[1].headers["Mostrador-Id"]
    assert listener.heard[0].body == listener.heard[1].body


def test_two_workers_do_not_speak_to_an_address_at_once(webhook):
    announce("thread.closed", {})
    assert Webhook.objects.claim(webhook.pk, seconds=60) is not None
    assert Webhook.objects.claim(webhook.pk, seconds=60) is None
    assert telling.send_due() == 0


def test_nothing_is_followed_and_little_is_read(webhook, listener):
    listener.answers, listener.headers = [302], {"Location": "http://127.0.0.1:1/secret"}
    listener.text = b"x" * 100_000
    announce("thread.closed", {})
    telling.send_due()
    delivery = Delivery.objects.get()
    assert (delivery.status, len(delivery.answer), delivery.state) == (302, posting.MOST, "waiting")
    assert len(listener.heard) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.2/",
        "https://10.0.0.5/hooks",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "http://shop.example/",
        "ftp://shop.example/",
        "https://user:word@shop.example/",
        "javascript:alert(1)",
        "https://localhost/",
        "https://[broken/",
    ],
)
def test_no_address_leads_into_our_own_network(webhook, url, settings):
    settings.WEBHOOK_PRIVATE_HOSTS = []
    Webhook.objects.update(url=url)
    announce("thread.closed", {})
    assert telling.send_due() == 0
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.state) == (None, "waiting")
    assert delivery.trouble.endswith((".", "read."))


def test_a_name_is_resolved_once_and_what_was_checked_is_called(webhook, listener, monkeypatch, settings):
    """A name that leads to us the second time (DNS rebinding) is not asked a second time."""
    settings.WEBHOOK_PRIVATE_HOSTS = ["rebind.example"]
    asked = []

    known = socket.getaddrinfo

    def resolve(host, port, *words, **more):
        asked.append(host)
        ours = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        return [ours] if host == "rebind.example" else known(host, port, *words, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    Webhook.objects.update(url=listener.url.replace("127.0.0.1", "rebind.example"))
    announce("thread.closed", {})
    assert telling.send_due() == 1
    assert asked.count("rebind.example") == 1
    assert listener.heard[0].headers["Host"].startswith("rebind.example:")


def test_the_log_is_forgotten_after_a_while(webhook, listener):
    announce("thread.closed", {"n": 1})
    telling.send_due()
    announce("thread.closed", {"n": 2})
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert telling.forget() == 1
    assert states() == ["waiting"]
