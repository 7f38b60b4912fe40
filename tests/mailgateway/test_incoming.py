"""What happens to a raw mail: stored first, understood later, settled with an outcome."""

import hashlib
import os
import signal

import pytest
from django.db import OperationalError

from helpdesk import faults
from helpdesk.models import Message, OutgoingMail, Thread
from mailgateway import child, compose, incoming, rawmail
from mailgateway.models import Incoming, IncomingState, Mailbox
from tests import make
from tests.servers.mails import raw

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(world):
    """A mailbox without a server."""
    return Mailbox.objects.create(contact=world.service, name="service", imap_host="localhost", uidvalidity=1)


def take(box, mail, uid=1):
    return incoming.take(mail, mailbox=box, contact=box.contact, uidvalidity=1, uid=uid)


def test_a_mail_is_stored_settled_and_joined_to_its_message(world, box):
    mail = raw("hello")
    taken = take(box, mail)
    row = Incoming.objects.get(pk=taken.incoming_id)
    assert (row.state, row.outcome, row.message.text) == (IncomingState.DONE, "created", "hello")
    assert (taken.delivered.outcome, taken.mail.text, taken.reason) == ("created", "hello", "")
    assert row.raw_path == f"{row.sha256[:2]}/{row.sha256}.eml"
    assert hashlib.sha256(rawmail.load(row.raw_path)).hexdigest() == row.sha256


def test_taking_it_again_gives_the_same_answer_and_changes_nothing(world, box):
    mail = raw()
    first = take(box, mail)
    again = take(box, mail)
    assert again.incoming_id == first.incoming_id
    assert again.delivered == first.delivered
    assert Message.objects.count() == 1


@pytest.mark.row("IM22")
def test_a_mail_that_cannot_be_read_is_kept_aside_and_the_next_goes_on(world, box, monkeypatch):
    poison, good = raw("poison"), raw("good")
    child.parse_limited(good)
    os.kill(child._desk.child.process.pid, signal.SIGSTOP)  # as on a mail that its reader never comes back from
    with monkeypatch.context() as patch:
        patch.setattr(child, "WALL_SECONDS", 0.2)
        taken = take(box, poison, 1)
    assert (taken.delivered, taken.reason) == (None, "timeout")
    assert take(box, good, 2).delivered.outcome == "created"
    row = Incoming.objects.get(pk=taken.incoming_id)
    assert (row.state, row.reason, row.error, row.attempts) == ("failed", "timeout", "timeout", 1)
    assert rawmail.load(row.raw_path) == poison
    assert incoming.again(row).delivered.outcome == "created"


def test_a_mail_that_kills_the_process_is_left_aside_after_three_times(world, box, monkeypatch):
    def kill(point: str) -> None:
        if point == "11 before reading":
            raise KeyboardInterrupt

    monkeypatch.setattr(faults, "hook", kill)
    mail = raw()
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            take(box, mail)
    assert take(box, mail).reason == "crash"
    assert Incoming.objects.get().state == IncomingState.FAILED


def test_a_database_that_is_away_is_no_fault_of_the_mail(world, box, monkeypatch):
    def away(point: str) -> None:
        if point == "12 before delivering":
            raise OperationalError("gone")

    monkeypatch.setattr(faults, "hook", away)
    with pytest.raises(OperationalError):
        take(box, raw())
    assert Incoming.objects.get().state == IncomingState.STORED


def test_a_fault_of_ours_in_delivering_is_shown_and_stops_nothing(world, box, monkeypatch, caplog):
    def broken(point: str) -> None:
        if point == "12 before delivering":
            raise RuntimeError("ours")

    with monkeypatch.context() as patch:
        patch.setattr(faults, "hook", broken)
        assert take(box, raw()).reason == "not-delivered"
    assert "could not be delivered" in caplog.text
    assert incoming.again(Incoming.objects.get()).delivered.outcome == "created"


@pytest.mark.row("IM13")
def test_a_mailbox_that_makes_no_threads_shows_what_it_left_out(world, box):
    box.creates_threads = False
    box.save()
    taken = take(box, raw("new matter"))
    row = Incoming.objects.get(pk=taken.incoming_id)
    assert (row.outcome, row.reason, row.subject) == ("ignored", "not-an-answer", "Order question")
    assert Thread.objects.count() == 0
    thread = make.thread(world.service)
    reply = thread.reply("An answer", by=world.bob)
    assert take(box, raw("thanks", In_Reply_To=reply.message_id), 2).delivered.outcome == "appended"
    assert incoming.again(row).delivered.outcome == "created"


@pytest.mark.row("IM14")
def test_our_own_mail_coming_back_is_ignored_with_a_row(world, box):
    make.thread(world.service).reply("To a list that sends it back", by=world.bob)
    for n, row in enumerate(OutgoingMail.objects.all(), 1):
        OutgoingMail.objects.filter(pk=row.pk).update(state="sending", claim="x", not_before="2020-01-01T00:00Z")
        row.refresh_from_db()
        back = compose.to_mime(_outbound(row)).replace(b"Message-ID: <", b"Message-ID: <changed-by-a-relay")
        taken = take(box, back, n)
        assert (taken.delivered.outcome, taken.reason) == ("ignored", "loop")
    assert Thread.objects.count() == 1
    assert Incoming.objects.filter(reason="loop").count() == 2


def _outbound(row):
    from helpdesk.outbox import outbound as made

    return made(row)


def test_old_mail_of_a_new_mailbox_is_not_confirmed(world, box):
    take(box, raw("years ago", Date="Tue, 03 Mar 2020 10:00:00 +0000"))
    assert Thread.objects.count() == 1
    assert not OutgoingMail.objects.exists()


def test_the_lease_lets_one_worker_in(world, box):
    assert box.lease("first", seconds=60)
    assert not box.lease("second", seconds=60)
    assert box.lease("first", seconds=60)
    Mailbox.objects.update(lease_until="2020-01-01T00:00Z")
    assert box.lease("second", seconds=60)
    assert not box.lease("first", seconds=60)
    box.release("second")
    assert box.lease("first", seconds=60)


def test_a_raw_mail_leaves_no_half_written_file(world, monkeypatch, settings, tmp_path):
    settings.RAW_MAIL_ROOT = tmp_path

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(rawmail.os, "fsync", fail)
        with pytest.raises(OSError, match="No space left"):
            rawmail.store(b"From: a@b\r\n\r\nx")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    path, _ = rawmail.store(b"From: a@b\r\n\r\nx")
    assert rawmail.load(path) == b"From: a@b\r\n\r\nx"
