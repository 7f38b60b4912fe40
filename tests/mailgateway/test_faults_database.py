"""The database goes, is locked, or writes nothing: the gateway waits, takes up where it was, and counts it as no try.

See docs/kill.md, 16.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Callable

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from helpdesk import faults
from helpdesk.models import Delivery, Message, OutgoingKind, OutgoingMail
from mailgateway import incoming, outgoing, visit
from mailgateway.models import Incoming, IncomingState, Mailbox
from mailgateway.passing import is_passing
from tests import make
from tests.conftest import make_world
from tests.servers.desks import Running, database_url
from tests.servers.mails import mailbox, raw, until


def elsewhere() -> psycopg.Connection:
    """A connection to the server, but to another database than ours."""
    return psycopg.connect(database_url().replace(f"/{name()}?", "/postgres?"), autocommit=True)


def name() -> str:
    return connection.settings_dict["NAME"]


@contextlib.contextmanager
def every_session(postgres: str, **sqlite):
    """Each new connection is set up so; ours is made anew, before and after."""
    connection.close()
    if connection.vendor == "sqlite":
        options = connection.settings_dict["OPTIONS"]
        before = dict(options)
        options |= {key: f"{before[key]} {value}" if key == "init_command" else value for key, value in sqlite.items()}
        yield
        options |= before
    else:
        with elsewhere() as other:
            other.execute(f'ALTER DATABASE "{name()}" SET {postgres}')
            yield
            other.execute(f'ALTER DATABASE "{name()}" RESET ALL')
    connection.close()


@contextlib.contextmanager
def locked():
    """Somebody else writes, for longer than we wait."""
    with every_session("lock_timeout = '20ms'", timeout=0.02):
        if connection.vendor == "sqlite":
            other = sqlite3.connect(name(), isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
        else:
            other = psycopg.connect(database_url())
            other.execute("LOCK TABLE helpdesk_message, mailgateway_incoming, helpdesk_outgoingmail")
        yield
        other.close()


@contextlib.contextmanager
def read_only():
    """The database is a copy that nobody may write to, as after a failover."""
    with every_session("default_transaction_read_only = on", init_command="PRAGMA query_only = ON;"):
        yield


@contextlib.contextmanager
def gone():
    """It hangs up on us, again and again."""
    if connection.vendor == "sqlite":
        whole, connection.settings_dict["NAME"] = name(), "/nonexistent/mostrador.sqlite3"
        connection.close()
        yield
        connection.close()
        connection.settings_dict["NAME"] = whole
        return
    with elsewhere() as other:
        other.execute(f'ALTER DATABASE "{name()}" ALLOW_CONNECTIONS false')
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name()])
        yield
        other.execute(f'ALTER DATABASE "{name()}" ALLOW_CONNECTIONS true')
    connection.close()


FAULTS = {"locked": locked, "read only": read_only, "gone": gone}


@pytest.fixture(params=FAULTS)
def fault(request) -> Callable[[], contextlib.AbstractContextManager[None]]:
    return FAULTS[request.param]


def failing(step: Callable[[], object], times: int = 5) -> None:
    """The step fails, each time for the database."""
    for _ in range(times):
        with pytest.raises((DatabaseError, InterfaceError)) as told:
            step()
        assert is_passing(told.value), told.value


@pytest.mark.imap
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["05 fetched", "11 read"])
def test_a_mail_waits_for_the_database_however_often_it_is_tried_and_comes_once(dovecot, monkeypatch, fault, point):
    world = make_world()
    account = dovecot.account()
    box = mailbox(account, world.service, afterwards="delete")
    account.append(raw())
    breaking = contextlib.ExitStack()

    def break_down(reached: str) -> None:
        if reached == point:
            monkeypatch.setattr(faults, "hook", None)
            breaking.enter_context(fault())

    monkeypatch.setattr(faults, "hook", break_down)
    with breaking:
        failing(lambda: visit.fetch_once(box.pk))
    assert account.flags() == [set()]
    assert not Incoming.objects.filter(state=IncomingState.FAILED).exists()
    Mailbox.objects.update(lease_until=None)  # this process lives, and could not give it back
    for _ in range(2):
        assert visit.fetch_once(box.pk) == ""
    assert (Message.objects.count(), Incoming.objects.get().attempts <= 2, account.count()) == (1, True, 0)
    assert OutgoingMail.objects.filter(kind=OutgoingKind.ACKNOWLEDGEMENT).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["25 all but the end", "27 answered", "28 sent"])
def test_a_reply_waits_for_the_database_and_leaves_once(smtp_sink, monkeypatch, fault, point):
    world = make_world()
    where = {"smtp_host": "127.0.0.1", "smtp_port": smtp_sink.port, "smtp_security": "none"}
    Mailbox.objects.create(contact=world.service, name="x", **where)
    thread = make.thread(world.service)
    message = thread.reply("On its way", by=world.bob)
    OutgoingMail.objects.exclude(message=message).delete()
    OutgoingMail.objects.update(not_before="2020-01-01T00:00Z")
    breaking = contextlib.ExitStack()
    waits: list[str] = []

    def break_down(reached: str) -> None:
        if reached == point and not waits:
            breaking.enter_context(fault())
            waits.append("broken")
        elif reached == "27 verdict waits":
            waits.append(reached)
            if len(waits) == 4:
                breaking.close()

    monkeypatch.setattr(faults, "hook", break_down)
    monkeypatch.setattr(outgoing, "PAUSES", (0,) * 5)
    with breaking, contextlib.suppress(DatabaseError, InterfaceError):
        outgoing.send_queued()
        outgoing.send_queued()
    for _ in range(3):
        OutgoingMail.objects.filter(state="sending").update(lease_until=None)
        OutgoingMail.objects.filter(state="queued").update(not_before="2020-01-01T00:00Z")
        outgoing.send_queued()
    message.refresh_from_db()
    assert waits == ["broken"] + ["27 verdict waits"] * (3 if point == "27 answered" else 0)
    copies = [one for one in smtp_sink.accepted if one.message["Message-ID"] == message.message_id]
    assert (message.delivery, len(copies)) == (Delivery.SENT, 1)


def told_by(worker: Running, words: str) -> list[str]:
    """What it complains of, up to the first line with these words: it is away for longer than one look."""
    said, late = [""], threading.Timer(60, worker.process.kill)
    late.start()
    while words not in said[-1]:
        said.append(worker.process.stderr.readline())
        assert worker.process.poll() is None, said
    late.cancel()
    return said


@pytest.mark.imap
def test_a_worker_outlives_its_database_without_a_restart(start, dovecot):
    account = dovecot.account()
    box = mailbox(account, make.contact(), afterwards="delete")
    worker = start("worker").wait_ready()
    account.append(raw("before"))
    until(lambda: account.count() == 0, seconds=60)
    token = Mailbox.objects.get(pk=box.pk).lease_token
    with locked() if connection.vendor == "sqlite" else gone():
        account.append(raw("meanwhile"))
        said = [] if connection.vendor == "sqlite" else told_by(worker, "mailboxes: ")
    until(lambda: Message.objects.count() == 2, seconds=60)
    assert Mailbox.objects.get(pk=box.pk).lease_token == token, "it waited for the end of its own lease"
    until(lambda: account.count() == 0, seconds=60)
    assert worker.process.poll() is None
    assert (Incoming.objects.count(), Mailbox.objects.get(pk=box.pk).last_uid) == (2, 2)
    assert "Traceback" not in "".join([*said, worker.end()[2]]), "thirty loops would each tell it on a page"


@pytest.mark.django_db
def test_a_mail_that_the_database_cannot_take_for_what_it_says_is_not_tried_for_ever(world, monkeypatch):
    box = Mailbox.objects.create(contact=world.service, name="x", imap_host="localhost", uidvalidity=1)
    where = {"mailbox": box, "contact": world.service, "uidvalidity": 1, "uid": 1}
    mail, error = raw(), OperationalError("string is too long for tsvector")
    error.__cause__ = psycopg.errors.ProgramLimitExceeded()

    def refuse(reached: str) -> None:
        if reached == "12 before delivering":
            raise error

    monkeypatch.setattr(faults, "hook", refuse)
    for _ in range(3):
        with pytest.raises(OperationalError):
            incoming.take(mail, **where)
    assert incoming.take(mail, **where).reason == "crash"
    assert Incoming.objects.get().state == IncomingState.FAILED
