"""The desk, web and worker as real processes, with a real Dovecot and SMTP server."""

import json
import signal
import socket
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from helpdesk.models import Delivery, Message, OutgoingMail, Thread
from mailgateway.models import Beat, Incoming, Mailbox
from tests import make
from tests.servers.dovecot import free_port
from tests.servers.mails import mailbox, raw, until

pytestmark = pytest.mark.imap


def get(url: str) -> tuple[int, dict]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def is_up(name: str):
    return lambda: Beat.objects.filter(pk=name, state="up").exists()


@pytest.mark.row("IM8")
def test_new_mail_becomes_a_thread_within_moments_and_ctrl_c_ends_the_desk(start, dovecot):
    account = dovecot.account()
    make.supervisor()  # a desk without one shows the first-run page
    box = mailbox(account, make.contact())
    port = free_port()
    desk = start("desk", "--port", str(port)).wait_ready()
    until(is_up(f"mailbox-{box.pk}"))
    account.deliver(raw("by LMTP"))
    until(lambda: Message.objects.filter(text="by LMTP").exists(), seconds=10)
    account.append(raw("by APPEND"))
    until(lambda: Message.objects.filter(text="by APPEND").exists(), seconds=10)
    until(lambda: account.flags() == [{"\\Seen"}, {"\\Seen"}])
    status, health = get(f"http://127.0.0.1:{port}/health")
    assert (status, health["ok"]) == (200, True), health
    assert {loop["name"] for loop in health["loops"]} >= {"mailboxes", "outbox", "jobs", f"mailbox-{box.pk}"}
    seconds, code, said = desk.end()
    assert (seconds < 5, code, said) == (True, 0, "")
    box.refresh_from_db()
    assert box.lease_token == "", "the next desk must not wait for the lease"


@pytest.mark.row("CS11")
def test_the_bin_is_emptied_and_mailboxes_are_followed_as_they_are_added_changed_and_taken_out_of_use(start, dovecot):
    old = make.thread(make.contact("bin"))
    old.trash(by=make.supervisor())
    Thread.objects.filter(pk=old.pk).update(trashed_at=timezone.now() - timedelta(days=31))
    start("worker").wait_ready()
    until(lambda: not Thread.objects.filter(pk=old.pk).exists(), what="the bin is not emptied")
    wrong = dovecot.account()
    box = mailbox(wrong, make.contact(), password="wrong")
    until(lambda: Mailbox.objects.filter(last_error__contains="AUTHENTICATIONFAILED").exists())
    wrong.append(raw())
    box.set_password("secret")
    box.save()
    until(Thread.objects.exists)
    until(lambda: not Mailbox.objects.get().last_error)
    box.is_active = False
    box.save()
    until(lambda: not Beat.objects.filter(pk=f"mailbox-{box.pk}").exists())


def links_to(path: Path) -> str:
    """What it links to; nothing if it was closed meanwhile."""
    try:
        return str(path.readlink())
    except FileNotFoundError:
        return ""


def connections_of(process: int) -> int:
    """How many connections to the database a process has; on PostgreSQL how many anybody but us has."""
    if connection.vendor == "sqlite":
        return sum(links_to(one) == connection.settings_dict["NAME"] for one in Path(f"/proc/{process}/fd").iterdir())
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) - 1 FROM pg_stat_activity WHERE datname = current_database()")
        return cursor.fetchone()[0]


def test_a_worker_takes_a_fraction_of_the_connections_that_postgresql_grants_also_when_it_begins(start):
    worker, seen, turns = start("worker"), [], Beat.objects.filter(pk__startswith="turn ").count
    until(lambda: seen.append(connections_of(worker.process.pid)) or turns() == len(settings.PERIODIC_JOBS))
    assert 3 < max(seen) <= 18, seen  # of 100


@pytest.mark.row("IM8")
def test_two_workers_on_one_mailbox_import_once(start, dovecot):
    account = dovecot.account()
    mailbox(account, make.contact())
    workers = [start("worker"), start("worker")]
    for worker in workers:
        worker.wait_ready()
    for n in range(20):
        account.append(raw(f"mail {n}"))
    until(lambda: Message.objects.count() == 20)
    holder = Mailbox.objects.get().lease_token
    assert holder
    for worker in workers:
        assert worker.end()[1] == 0
    assert (Message.objects.count(), Incoming.objects.count()) == (20, 20)


@pytest.mark.row("IM21")
def test_killed_in_the_middle_of_a_batch_nothing_is_lost_or_doubled(start, dovecot):
    account = dovecot.account()
    box = mailbox(account, make.contact(), afterwards="delete")
    for n in range(40):
        account.append(raw(f"mail {n}"))
    for at in (3, 12):
        worker = start("worker")
        until(lambda at=at: Message.objects.count() >= at, seconds=90)
        worker.end(signal.SIGKILL)
        assert Message.objects.count() < 40
        Mailbox.objects.filter(pk=box.pk).update(lease_until="2020-01-01T00:00Z")  # its 45 seconds are over
    start("worker").wait_ready()
    until(lambda: Message.objects.count() == 40 and account.count() == 0, seconds=120)
    assert len(set(Message.objects.values_list("text", flat=True))) == 40


@pytest.mark.row("TH5")
@pytest.mark.row("TH12")
def test_a_reply_is_sent_at_once_when_its_time_to_undo_is_over(start, dovecot, smtp_sink):
    account, contact = dovecot.account(), make.contact()
    mailbox(account, contact, smtp_host="127.0.0.1", smtp_port=smtp_sink.port, smtp_security="none")
    bob, thread = make.agent(contacts=(contact,)), make.thread(contact)
    worker = start("worker").wait_ready()
    until(lambda: OutgoingMail.objects.filter(state="sent").exists())  # the confirmation
    message = thread.reply("On its way", by=bob)
    OutgoingMail.objects.filter(message=message).update(not_before="2020-01-01T00:00Z")
    until(lambda: Message.objects.get(pk=message.pk).delivery == Delivery.SENT, seconds=5)
    assert [one.recipients for one in smtp_sink.accepted] == [["john@example.com"]] * 2
    assert worker.end()[1] == 0


@pytest.mark.django_db
def test_a_taken_port_is_a_sentence_and_nothing_is_started():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} on 127.0.0.1 is taken by another program"):
            call_command("desk", port=port)
    assert not Beat.objects.exists()


def test_practice_is_for_this_machine_only():
    with pytest.raises(CommandError, match="this machine only"):
        call_command("desk", practice=True, host="0.0.0.0")


def test_web_serves_pages_without_fetching(start, dovecot):
    account = dovecot.account()
    mailbox(account, make.contact())
    account.append(raw())
    port = free_port()
    web = start("web", "--port", str(port)).wait_ready()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=10) as answer:
        assert answer.status == 200
    assert web.end()[1] == 0
    assert (Thread.objects.count(), account.flags()) == (0, [set()])


def test_once_fetches_sends_and_ends(start, dovecot, smtp_sink):
    account, broken = dovecot.account(), dovecot.account()
    contact = make.contact()
    mailbox(broken, contact, name="broken", password="wrong")
    mailbox(account, contact, smtp_host="127.0.0.1", smtp_port=smtp_sink.port, smtp_security="none")
    Mailbox.objects.filter(name="broken").update(smtp_host="")
    account.append(raw())
    once = start("worker", "--once")
    once.process.wait(30)
    _, code, said = once.end()
    assert (code, said) == (0, "broken: [AUTHENTICATIONFAILED] Authentication failed.\n")
    assert (Thread.objects.count(), len(smtp_sink.accepted)) == (1, 1)


def test_health_is_not_for_strangers(client, world):
    assert client.get("/health", REMOTE_ADDR="203.0.113.9").status_code == 404
    client.force_login(world.bob)
    assert client.get("/health", REMOTE_ADDR="203.0.113.9").status_code == 404
    assert client.get("/health", HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 404
    client.force_login(world.alice)
    assert client.get("/health", REMOTE_ADDR="203.0.113.9").status_code == 200
    Mailbox.objects.create(contact=world.service, name="x", imap_host="h", last_error="no")
    assert client.get("/health").status_code == 503


@pytest.mark.row("IM22")
def test_a_wrong_password_and_a_server_that_hangs_stop_no_other_mailbox_and_not_the_end(start, dovecot, smtp_sink):
    with socket.create_server(("127.0.0.1", 0)) as mute:  # accepts, and never greets
        hung = mute.getsockname()[1]
        where = {"smtp_host": "127.0.0.1", "smtp_security": "none"}
        well, right, wrong = make.contact("well"), dovecot.account(), dovecot.account()
        bad = mailbox(wrong, make.contact("bad"), name="bad", password="wrong", smtp_port=smtp_sink.port, **where)
        good = mailbox(right, well, name="good", smtp_port=smtp_sink.port, **where)
        imap = {"imap_host": "127.0.0.1", "imap_port": hung, "imap_security": "none"}
        silent = Mailbox.objects.create(contact=make.contact("mute"), name="mute", smtp_port=hung, **where, **imap)
        for box in (good, silent):
            make.thread(box.contact, sender=f"{box.name}@example.com")
        desk = start("worker").wait_ready()
        until(lambda: Mailbox.objects.get(pk=bad.pk).last_error == "[AUTHENTICATIONFAILED] Authentication failed.")
        until(lambda: OutgoingMail.objects.filter(contact=well, state="sent").exists(), seconds=8)
        until(lambda: OutgoingMail.objects.filter(contact=silent.contact, state="sending").exists())
        right.append(raw())
        until(lambda: Thread.objects.filter(contact=well).count() == 2)
        assert Mailbox.objects.get(pk=good.pk).last_error == ""
        assert Beat.objects.get(pk=f"mailbox-{bad.pk}").state == "waiting"
        seconds, code, _ = desk.end(signal.SIGTERM)
    assert (seconds < 5, code) == (True, 0)
    given_back = OutgoingMail.objects.get(contact=silent.contact)
    assert given_back.state == "queued", "hung up on, and given back at once"
