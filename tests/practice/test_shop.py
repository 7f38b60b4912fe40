"""The practice shop: what is in it, and where it may be made. test_run, which makes one, looks at all of it."""

import stat
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import Agent
from config.practice import carts, shop, stories
from crm.models import Cart, Customer, Order
from helpdesk.models import (
    AddressProposal,
    Attachment,
    Contact,
    DayFigures,
    Deflection,
    Event,
    Message,
    MessageKind,
    OutgoingMail,
    OutgoingState,
    PredefinedReply,
    Status,
    StatusLabel,
    Thread,
)
from mailgateway.models import Incoming
from tests import make

pytestmark = pytest.mark.django_db


def has_all_that_practice_needs() -> None:
    """Asserts it of the database that Django is connected to."""
    roles = sorted(Agent.objects.values_list("role", flat=True))
    assert roles == ["agent"] * 4 + ["supervisor"]
    assert (Customer.objects.count() >= 60, Order.objects.count() >= 150, Cart.objects.count() >= 60) == (True,) * 3
    assert not Order.objects.filter(lines=None).exists()
    carts = Cart.objects.unordered()
    assert sum(one.is_online for one in carts) >= 8
    assert carts.nameless().count() >= 10
    assert carts.filter(changed_at__lt=timezone.now() - timedelta(days=2)).exists()
    threads = Thread.objects.on_desk()
    assert threads.count() >= 200
    assert set(threads.values_list("status", flat=True)) == set(Status.values)
    assert {"es", "en", "fr", "de"} == set(threads.values_list("language", flat=True))
    assert threads.unanswered().count() >= 25
    assert set(Message.objects.values_list("kind", flat=True)) == set(MessageKind.values)
    assert {"image/png", "application/pdf", "text/plain"} <= set(
        Attachment.objects.values_list("content_type", flat=True)
    )
    assert Thread.objects.filter(folder="spam").count() == 5
    assert Message.objects.filter(delivery="failed").count() == 1
    _each_rarer_state_of_mail_is_there_once()
    assert Message.objects.exclude(html="").filter(kind=MessageKind.CUSTOMER).exists()
    assert Contact.objects.count() == 4
    assert StatusLabel.objects.get(pk=Status.PENDING_2).labels["es"] == "almacén"
    assert PredefinedReply.objects.count() == 16
    assert Thread.objects.exclude(product=None).count() >= 20
    assert Deflection.objects.count() >= 50
    assert AddressProposal.objects.count() == 1
    used = [number for day in DayFigures.objects.all() for number in day.data["replies"].values()]
    assert sum(used) >= 30
    _nothing_is_left_to_send_and_all_lies_in_the_past()
    _passwords_are_kept_for_their_owner()
    _live_carts_stay_live()
    _a_second_shop_is_refused()


def _each_rarer_state_of_mail_is_there_once() -> None:
    assert Message.objects.filter(delivery="uncertain").count() == 1
    assert Thread.objects.exclude(claimed=None).count() == 1
    assert Thread.objects.thanked().count() >= 1
    assert Thread.objects.exclude(beside=None).count() == 2
    assert Message.objects.filter(reason="forwarded").count() == 1
    assert Incoming.objects.set_aside().count() == 1
    cards = [one.besides for one in Message.objects.exclude(cards={})]
    assert [len(one.invitations) for one in cards if one.seal] == [1]


def _nothing_is_left_to_send_and_all_lies_in_the_past() -> None:
    states = OutgoingMail.objects.values_list("state", flat=True)
    assert sorted(set(states)) == [OutgoingState.FAILED, OutgoingState.SENT, OutgoingState.UNCERTAIN]  # one came back
    now, weeks = timezone.now(), timedelta(weeks=8, days=1)
    for times in (Event.objects.values_list("at", flat=True), Message.objects.values_list("created_at", flat=True)):
        assert now - weeks < min(times)
        assert max(times) <= now
    for thread in Thread.objects.filter(closed_at__isnull=False):
        assert thread.created_at < thread.closed_at <= now
    orders = Thread.objects.filter(order__isnull=False).select_related("order")
    assert all(one.order.placed_at < one.created_at for one in orders)
    for thread in Thread.objects.prefetch_related("events"):
        times = [event.at for event in thread.events.order_by("pk")]
        assert times == sorted(times)


def _passwords_are_kept_for_their_owner() -> None:
    built = shop.accounts()
    assert len(built) == 5
    assert stat.S_IMODE(shop.accounts_file().stat().st_mode) == 0o600
    assert {one.username for one in built} == set(Agent.objects.values_list("username", flat=True))


def _live_carts_stay_live() -> None:
    Cart.objects.update(seen_at=timezone.now() - timedelta(days=3))
    carts.wake()
    assert sum(one.is_online for one in Cart.objects.unordered()) >= 8


def _a_second_shop_is_refused() -> None:
    with pytest.raises(CommandError, match="not empty"):
        call_command("practice_shop")


def test_a_database_with_anything_in_it_is_refused_and_left_alone(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    make.customer()
    with pytest.raises(CommandError, match="not empty"):
        call_command("practice_shop")
    assert (Customer.objects.count(), Contact.objects.count()) == (1, 0)
    assert not shop.accounts_file().exists()


def test_there_are_sixty_letters_and_forty_replies_all_different():
    texts = [story.text for language in stories.LANGUAGES for story in stories.stories(language)]
    answers = [
        text for language in stories.LANGUAGES for some in stories.read(language)["replies"].values() for text in some
    ]
    assert (len(set(texts)) >= 60, len(set(answers)) >= 40) == (True, True)
    assert (len(texts), len(answers)) == (len(set(texts)), len(set(answers)))
