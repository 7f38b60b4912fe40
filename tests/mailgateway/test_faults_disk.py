"""A full disk, at each place that writes: nothing is settled on the server, reading goes on, and it ends by itself.

See docs/kill.md, 15. The disk is full for real: the system refuses to let a file grow, or the database says so.
"""

import contextlib
import errno
import os
import resource
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from helpdesk import orphans
from helpdesk.models import Attachment, Message, OutgoingMail, Thread
from mailgateway import incoming, rawmail, visit
from mailgateway.models import Incoming, IncomingState, Mailbox
from mailgateway.troubles import Trouble
from tests import make
from tests.conftest import make_world
from tests.kill.points import Killed
from tests.servers.desks import ROOT, Running
from tests.servers.mails import mailbox, raw, until, with_file

FULL = OSError(errno.ENOSPC, "No space left on device")


@contextlib.contextmanager
def no_file_over(size: int):
    """No file of this process may grow beyond this."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def files_below(root) -> list[Path]:
    return [path for path in Path(root).rglob("*") if path.is_file()]


@pytest.mark.imap
@pytest.mark.django_db
def test_no_room_for_the_raw_mail_takes_nothing_and_is_shown_until_there_is_room(world, dovecot, settings, tmp_path):
    settings.RAW_MAIL_ROOT = tmp_path
    account = dovecot.account()
    box = mailbox(account, world.service, afterwards="delete")
    account.append(raw("a long mail\n" * 9_000))
    with no_file_over(50_000):
        for _ in range(5):
            assert "File too large" in visit.fetch_once(box.pk)
    assert (Incoming.objects.count(), account.flags(), files_below(tmp_path)) == (0, [set()], [])
    assert Trouble.objects.get().times == 5, "supervisors hear of it after ten minutes"
    assert "File too large" in Mailbox.objects.get().last_error
    assert visit.fetch_once(box.pk) == ""
    assert (Message.objects.count(), account.count(), Mailbox.objects.get().last_error) == (1, 0, "")


@pytest.mark.imap
@pytest.mark.django_db
def test_no_room_for_an_attachment_is_no_fault_of_the_mail_however_often_it_is_tried(world, dovecot, settings, kill_at):
    before = files_below(settings.MEDIA_ROOT)
    account = dovecot.account()
    box = mailbox(account, world.service, afterwards="delete")
    account.append(with_file("a photo", b"a photo"))
    fired = kill_at("15 attachment written", FULL, times=6)
    assert [visit.fetch_once(box.pk) for _ in range(6)] == ["No space left on device"] * 6
    assert len(fired) == 6
    row = Incoming.objects.get()
    assert (row.state, row.attempts, account.flags()) == (IncomingState.STORED, 0, [set()])
    assert (Thread.objects.count(), OutgoingMail.objects.count(), files_below(settings.MEDIA_ROOT)) == (0, 0, before)
    assert visit.fetch_once(box.pk) == ""
    assert [one.open().read() for one in Attachment.objects.all()] == [b"a photo"]
    assert (Message.objects.count(), account.count()) == (1, 0)


@pytest.mark.django_db
def test_a_machine_that_can_start_no_reader_waits_and_puts_no_mail_aside(world, monkeypatch):
    box = Mailbox.objects.create(contact=world.service, name="x", imap_host="localhost", uidvalidity=1)
    where = {"mailbox": box, "contact": world.service, "uidvalidity": 1, "uid": 1}
    mail = raw()
    monkeypatch.setattr("mailgateway.child._desk.child", None)
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    for _ in range(5):
        with pytest.raises(FileNotFoundError):
            incoming.take(mail, **where)
    assert Incoming.objects.get().state == IncomingState.STORED
    monkeypatch.undo()
    assert incoming.take(mail, **where).delivered.outcome == "created"


@contextlib.contextmanager
def full_database():
    """The database takes no new message: its disk is full."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            most = cursor.execute("PRAGMA max_page_count").fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count = {cursor.execute('PRAGMA page_count').fetchone()[0]}")
            yield
            cursor.execute(f"PRAGMA max_page_count = {most}")
            return
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END$$"
        )
        cursor.execute("CREATE TRIGGER full_disk BEFORE INSERT ON helpdesk_message EXECUTE FUNCTION full_disk()")
        yield
        cursor.execute("DROP FUNCTION full_disk CASCADE")


@pytest.mark.imap
@pytest.mark.django_db(transaction=True)
def test_no_room_in_the_database_settles_nothing_and_pages_are_still_read(dovecot, client):
    world = make_world()
    make.thread(world.service, text="Written before")
    client.force_login(world.bob)
    account = dovecot.account()
    box = mailbox(account, world.service, afterwards="delete")
    account.append(raw("many words\n" * 40_000))
    with full_database():
        for _ in range(5):
            with pytest.raises(DatabaseError, match=r"full|No space"):
                visit.fetch_once(box.pk)
        assert client.get("/").status_code == 200
        assert client.get(f"/threads/{Thread.objects.get().pk}/").status_code == 200
    assert (Thread.objects.count(), account.flags()) == (1, [set()])
    assert not Incoming.objects.exclude(state=IncomingState.STORED).exists()
    for _ in range(2):
        assert visit.fetch_once(box.pk) == ""
    assert (Thread.objects.count(), Incoming.objects.count(), account.count()) == (2, 1, 0)


@pytest.mark.imap
def test_no_room_for_the_log_stops_nothing(start, dovecot, smtp_sink):
    account = dovecot.account()
    where = {"smtp_host": "127.0.0.1", "smtp_port": smtp_sink.port, "smtp_security": "none"}
    mailbox(account, make.contact(), **where)
    account.append(raw())
    environment = Running.environment_of(LOG_LEVEL="DEBUG")
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "manage.py", "worker"]
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=full, stderr=full)
        try:
            until(lambda: OutgoingMail.objects.filter(state="sent").exists(), seconds=60)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) == 0
        finally:
            worker.kill()
    assert (Message.objects.count(), account.flags()) == (1, [{"\\Seen"}])


@pytest.mark.django_db
def test_files_that_a_killed_process_left_behind_are_swept_and_no_others(world, kill_at, tmp_path, settings):
    settings.RAW_MAIL_ROOT, others = tmp_path, set(files_below(settings.MEDIA_ROOT))
    box = Mailbox.objects.create(contact=world.service, name="x", imap_host="localhost", uidvalidity=1)
    where = {"mailbox": box, "contact": world.service, "uidvalidity": 1}
    incoming.take(with_file("kept", b"kept"), uid=1, **where)
    kill_at("15 attachment written")
    with pytest.raises(Killed):
        Attachment.objects.add(make.file(content=b"left behind"))
    kill_at("06 row written")
    with pytest.raises(Killed):
        incoming.take(raw("left behind"), uid=2, **where)
    ours = [*(set(files_below(settings.MEDIA_ROOT)) - others), *files_below(tmp_path)]
    assert (len(ours), orphans.sweep(), incoming.sweep()) == (4, 0, 0), "young ones may be about to be committed"
    old = (timezone.now() - timedelta(days=3)).timestamp()
    for path in ours:
        os.utime(path, (old, old))
    assert (orphans.sweep(), incoming.sweep()) == (1, 1)
    assert Attachment.objects.get().open().read() == b"kept"
    assert b"kept" in rawmail.load(Incoming.objects.get().raw_path)
    incoming.take(raw("left behind"), uid=2, **where)
    assert incoming.sweep() == 0
