"""Mail that has to leave: claimed once, told once, never lost."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from helpdesk import outbox, sent_copies
from helpdesk.mail import Bounce
from helpdesk.models import Delivery, EventKind, Message, OutgoingMail, OutgoingState, Status, Thread
from tests import make
from tests.conftest import make_world
from tests.servers.desks import database_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def reply(world):
    world.service.acknowledges = False
    world.service.save()
    thread = make.thread(world.service)
    message = thread.reply("It left today", by=world.bob, then=Status.CLOSED)
    OutgoingMail.objects.update(not_before=timezone.now())
    return message


def fresh(message):
    return Message.objects.select_related("thread").get(pk=message.pk)


@pytest.mark.row("TH5")
def test_a_reply_waits_for_its_time_to_be_undone(world):
    world.service.acknowledges = False
    world.service.save()
    thread = make.thread(world.service)
    thread.reply("Hello", by=world.bob)
    assert outbox.claim() is None
    assert 8 < (OutgoingMail.objects.get().not_before - timezone.now()).total_seconds() <= 10


@pytest.mark.row("TH5")
def test_a_claimed_mail_is_nobody_elses_and_sent_is_shown(reply):
    mail = outbox.claim()
    assert (mail.to[0].address, mail.message_id, outbox.claim()) == ("john@example.com", reply.message_id, None)
    outbox.sent(mail)
    assert fresh(reply).delivery == Delivery.SENT
    assert fresh(reply).thread.status == Status.CLOSED


@pytest.mark.row("TH5")
def test_a_server_that_is_down_means_retrying_and_the_thread_does_not_hide(reply):
    outbox.failed(outbox.claim(), "Connection refused", permanent=False)
    message = fresh(reply)
    assert (message.delivery, message.delivery_note) == (Delivery.RETRYING, "Connection refused")
    assert message.thread.status == Status.OPEN
    row = OutgoingMail.objects.get()
    assert row.not_before > timezone.now()
    OutgoingMail.objects.update(not_before=timezone.now())
    again = outbox.claim()
    assert again.message_id == reply.message_id
    outbox.sent(again)
    assert (OutgoingMail.objects.get().state, outbox.claim()) == (OutgoingState.SENT, None)


def test_a_refusal_brings_the_thread_back_and_tells_the_author(reply, world):
    outbox.failed(outbox.claim(), "550 no such user", permanent=True)
    message = fresh(reply)
    assert (message.delivery, message.thread.status) == (Delivery.FAILED, Status.OPEN)
    assert message.thread.events.filter(kind=EventKind.FAILED).exists()
    assert world.bob.notices.get().text == "550 no such user"
    assert message.thread.send_again(message, by=world.bob)
    assert fresh(reply).delivery == Delivery.QUEUED


def test_a_lease_that_ended_returns_the_mail_and_the_late_sender_changes_nothing(reply):
    late = outbox.claim()
    OutgoingMail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = outbox.claim()
    assert second.claim != late.claim
    outbox.failed(late, "too late", permanent=True)
    outbox.sent(second)
    assert fresh(reply).delivery == Delivery.SENT


@pytest.mark.row("IM24")
def test_a_bounce_marks_the_reply_and_reopens(reply):
    outbox.sent(outbox.claim())
    row = outbox.bounced(Bounce("john@example.com", "failed", "5.1.1", "unknown", (reply.message_id,)), [])
    assert row is not None
    assert (fresh(reply).delivery, fresh(reply).thread.status) == (Delivery.FAILED, Status.OPEN)


def test_a_delay_is_told_without_reopening(reply):
    outbox.sent(outbox.claim())
    outbox.bounced(Bounce("john@example.com", "delayed", "4.4.1", "greylisted", (reply.message_id,)), [])
    assert (fresh(reply).delivery, fresh(reply).thread.status) == (Delivery.SENT, Status.CLOSED)


def test_recipients_are_frozen_when_the_reply_is_written(reply):
    Thread.objects.update(email="other@example.com")
    assert outbox.claim().to[0].address == "john@example.com"


@pytest.mark.django_db(transaction=True)
def test_a_process_frozen_in_the_middle_of_a_transaction_keeps_no_other_mail_waiting():
    world = make_world()
    make.thread(world.service, sender="first@example.com")
    make.thread(world.service, sender="second@example.com")
    if connection.vendor != "postgresql":
        return  # SQLite has one writer at a time: there are no locked rows
    with psycopg.connect(database_url()) as frozen:
        frozen.execute("SELECT * FROM helpdesk_outgoingmail ORDER BY id LIMIT 1 FOR UPDATE")
        assert outbox.claim().to[0].address == "second@example.com"
        assert outbox.claim() is None
    assert outbox.claim().to[0].address == "first@example.com"
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("1min",), "and PostgreSQL ends it"


def test_what_waits_for_a_copy_is_found_without_a_look_through_all_that_was_ever_sent(db):
    with CaptureQueriesContext(connection) as asked:
        sent_copies.contacts_wanted()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # a small table is sooner read whole
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{plan} {asked.captured_queries[0]['sql']}")
        assert "outgoing_to_copy" in str(cursor.fetchall())
