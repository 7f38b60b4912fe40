"""One mail that comes to two mailboxes in one moment: two processes hold it, and neither sees yet what the other does.

On PostgreSQL each waits, before it commits, until the other has delivered as well or is kept waiting: without that, the
slower one would nearly always find what the faster one did, and this would prove nothing.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from helpdesk import faults
from helpdesk.models import EventKind, Message, Thread
from mailgateway import incoming
from mailgateway.models import Mailbox
from tests import make
from tests.conftest import make_world
from tests.servers.mails import raw, until

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_once(monkeypatch):
    """Has a mail taken by two mailboxes at once; what became of it at each."""
    both, delivered = threading.Barrier(2), []

    def hook(point: str) -> None:
        if point == "11 read":
            both.wait(30)
        if point == "12 delivered" and connection.vendor == "postgresql":
            delivered.append(threading.get_ident())
            until(lambda: len(delivered) == 2 or _waiting() > 0)

    def take(mail: bytes, box: Mailbox) -> str:
        try:
            done = incoming.take(mail, mailbox=box, contact=box.contact, uidvalidity=1, uid=1)
            return done.delivered.outcome if done.delivered else done.reason
        finally:
            connections.close_all()

    def run(mail: bytes, *boxes: Mailbox) -> list[str]:
        monkeypatch.setattr(faults, "hook", hook)
        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(take, (mail, mail), boxes))

    return run


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])


def boxes(first, second):
    return [
        Mailbox.objects.create(
            name=f"box {number}", contact=contact, imap_host="x", username=str(number), uidvalidity=1
        )
        for number, contact in enumerate((first, second))
    ]


@pytest.mark.row("IM10")
def test_at_two_contacts_it_is_a_thread_at_each_and_both_say_so(at_once):
    world = make_world()
    mail = raw(To="service@shop.test, accounting@shop.test")
    assert at_once(mail, *boxes(world.service, world.accounting)) == ["created", "created"]
    assert {one.contact for one in Thread.objects.all()} == {world.service, world.accounting}
    told = Thread.objects.filter(events__kind=EventKind.BESIDE)
    assert set(told) == set(Thread.objects.all())


@pytest.mark.parametrize("to", ["service@shop.test, accounting@shop.test", "an-alias@elsewhere.test"])
def test_an_answer_is_one_message_of_the_thread_it_answers(at_once, to):
    world = make_world()
    thread = make.thread(world.service)
    reply = thread.reply("Hello", by=world.bob)
    mail = raw("Thanks", To=to, In_Reply_To=reply.message_id)
    assert at_once(mail, *boxes(world.service, world.accounting)) == ["appended", "duplicate"]
    assert Message.objects.filter(text="Thanks").count() == 1


def test_at_two_mailboxes_of_one_contact_it_is_one_message(at_once):
    world = make_world()
    assert at_once(raw(To="sales@elsewhere.test"), *boxes(world.service, world.service)) == ["created", "duplicate"]
    assert Message.objects.count() == 1
