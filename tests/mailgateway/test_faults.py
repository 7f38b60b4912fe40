"""Killed at each dangerous place, then started again: nothing lost, nothing doubled. See docs/kill.md."""

import re
from pathlib import Path

import pytest
from django.utils import timezone

from helpdesk import faults
from helpdesk.models import Attachment, Delivery, Message, OutgoingKind, OutgoingMail, OutgoingState, Thread
from mailgateway import imap, incoming, outgoing, visit
from mailgateway.models import Incoming, Mailbox
from tests import make
from tests.conftest import make_world
from tests.kill.points import Killed
from tests.servers.mails import mailbox, raw, with_file
from tests.servers.mails import until as wait_until

ROOT = Path(__file__).resolve().parents[2]
INBOUND = (
    *("01 before connecting", "02 folder open", "03 before searching", "05 fetched", "06 row written", "07 stored"),
    *("08 before settling", "09 settled on the server", "10 copied", "10 marked as deleted"),
    *("11 before reading", "11 read", "12 before delivering", "12 delivered", "12 committed"),
    *("15 raw mail half written", "15 attachment written"),
)
OUTBOUND = (
    *("24 claimed", "24 before connecting", "25 recipient", "25 all but the end", "26 about to end", "26 ended"),
    *("27 answered", "28 sent"),
)
ELSEWHERE = ("13 nobody told yet", "23 mail queued", "27 verdict waits", "28 appended")
IN_DOUBT = ("26 about to end", "26 ended", "27 answered")

pytestmark = pytest.mark.django_db


def test_every_fault_point_in_the_source_is_fired_by_a_test():
    apps = ("accounts", "crm", "helpdesk", "live", "mailgateway", "portal")
    source = "\n".join(path.read_text() for app in apps for path in (ROOT / app).rglob("*.py"))
    named = re.findall(r'faults\.at\("([^"]+)"\)', source)
    assert sorted(named) == sorted({*INBOUND, *OUTBOUND, *ELSEWHERE})
    assert len(named) == source.count("faults.at("), "a place is named by a plain string"


class WithoutMove(imap.Folder):
    """A server that cannot move in one command."""

    def __init__(self, mailbox: Mailbox, **how: float) -> None:
        super().__init__(mailbox, **how)
        self.client.capabilities = tuple(one for one in self.client.capabilities if one != "MOVE")


@pytest.mark.imap
@pytest.mark.row("IM21")
@pytest.mark.parametrize("point", INBOUND)
def test_killed_while_fetching_each_mail_is_there_once_and_acknowledged_once(
    world, dovecot, monkeypatch, kill_at, point
):
    monkeypatch.setattr(imap, "Folder", WithoutMove)
    account = dovecot.account()
    box = mailbox(account, world.service, afterwards="move", move_to="Done")
    account.append(with_file("first", b"a photo", From="first@example.com"))
    account.append(raw("second", From="second@example.com"))
    fired = kill_at(point)
    with pytest.raises(Killed):
        visit.fetch_once(box.pk)
    assert fired == [point]
    if Incoming.objects.count() < 2:
        assert account.flags() == [set(), set()], "untouched until its bytes are committed"
    for _ in range(2):
        assert visit.fetch_once(box.pk) == ""
    assert sorted(Message.objects.values_list("text", flat=True)) == ["first", "second"]
    assert OutgoingMail.objects.filter(kind=OutgoingKind.ACKNOWLEDGEMENT).count() == 2
    assert [one.open().read() for one in Attachment.objects.all()] == [b"a photo"]
    assert account.count() == 0
    # A copy that we did not come to note is made again in the server's folder, never in our base.
    assert account.count("Done") == (4 if point == "10 copied" else 2)


@pytest.mark.imap
@pytest.mark.django_db(transaction=True)
def test_killed_before_open_pages_were_told_the_mail_is_there_once_and_pages_find_it_by_the_clock(
    dovecot, kill_at, client
):
    world = make_world()
    account = dovecot.account()
    box = mailbox(account, world.service)
    account.append(raw("Where is my order?", Subject="Nobody was told of this"))
    client.force_login(world.bob)
    page = client.get("/").content.decode()
    assert int(re.search(r'data-poll="(\d+)"', page)[1]) <= 30, "seconds after which a page without a socket looks"
    fired = kill_at("13 nobody told yet")
    with pytest.raises(Killed):
        visit.fetch_once(box.pk)
    assert fired
    assert "Nobody was told of this" in client.get("/", headers={"HX-Request": "true"}).content.decode()
    for _ in range(2):
        assert visit.fetch_once(box.pk) == ""
    assert (Message.objects.count(), Incoming.objects.count()) == (1, 1)
    assert OutgoingMail.objects.filter(kind=OutgoingKind.ACKNOWLEDGEMENT).count() == 1


@pytest.mark.imap
@pytest.mark.row("IM8")
@pytest.mark.parametrize("point", ["05 fetched", "08 before settling"])
def test_who_wakes_after_the_lease_went_to_another_writes_nothing(world, dovecot, monkeypatch, point):
    account = dovecot.account()
    box = mailbox(account, world.service, afterwards="delete")
    account.append(raw())
    late = []

    def sleep_over(reached: str) -> None:
        if reached == point and not late:
            late.append(True)
            Mailbox.objects.update(lease_until=timezone.now() - timezone.timedelta(seconds=1))
            visit.fetch_once(box.pk)
            Mailbox(pk=box.pk).lease("another", seconds=60)

    monkeypatch.setattr(faults, "hook", sleep_over)
    assert visit.fetch_once(box.pk) == ""
    assert late
    assert (Message.objects.count(), Incoming.objects.count(), account.count()) == (1, 1, 0)
    assert Mailbox.objects.get().lease_token == "another"


def test_a_late_fetchers_mail_is_refused(world):
    box = Mailbox.objects.create(contact=world.service, name="x", imap_host="localhost", uidvalidity=1)
    box.lease("mine", seconds=60)
    where = {"mailbox": box, "contact": box.contact, "uidvalidity": 1, "uid": 7}
    with pytest.raises(incoming.Late):
        incoming.take(raw(), **where, lease="too late")
    assert (Incoming.objects.count(), Mailbox.objects.get().last_uid) == (0, 0)
    assert incoming.take(raw(), **where, lease="mine").delivered.outcome == "created"
    assert Mailbox.objects.get().last_uid == 7


@pytest.fixture
def sending(world, smtp_sink):
    """A mailbox that sends through the sink."""
    box = Mailbox(contact=world.service, name="service", smtp_host="127.0.0.1", smtp_port=smtp_sink.port)
    box.smtp_security = "none"
    box.save()
    return box


def reply(world, text="On its way"):
    thread = make.thread(world.service)
    OutgoingMail.objects.all().delete()
    message = thread.reply(text, by=world.bob)
    OutgoingMail.objects.update(not_before="2020-01-01T00:00Z")
    return message


def restart() -> None:
    """Another process, after the lease of the killed one."""
    for _ in range(3):
        OutgoingMail.objects.filter(state=OutgoingState.SENDING).update(lease_until="2020-01-01T00:00Z")
        OutgoingMail.objects.filter(state=OutgoingState.QUEUED).update(not_before="2020-01-01T00:00Z")
        outgoing.send_queued()


@pytest.mark.row("TH5")
@pytest.mark.parametrize("policy", ["again", "ask"])
@pytest.mark.parametrize("point", OUTBOUND)
def test_killed_while_sending_a_reply_leaves_once_or_is_asked_about(world, sending, smtp_sink, kill_at, point, policy):
    sending.when_unsure = policy
    sending.save()
    message = reply(world)
    fired = kill_at(point)
    with pytest.raises(Killed):
        outgoing.send_queued()
    assert fired == [point]
    if point in ("26 ended", "27 answered"):
        wait_until(lambda: smtp_sink.accepted)
    restart()
    message.refresh_from_db()
    copies = [one for one in smtp_sink.accepted if one.message["Message-ID"] == message.message_id]
    was_taken = point in ("26 ended", "27 answered")
    if policy == "ask" and point in IN_DOUBT:
        assert (message.delivery, len(copies)) == (Delivery.UNCERTAIN, int(was_taken))
    else:
        assert (message.delivery, len(copies)) == (Delivery.SENT, 1 + was_taken)


def test_a_reply_and_its_mail_are_written_both_or_neither(world, kill_at):
    thread = make.thread(world.service)
    before = OutgoingMail.objects.count()
    kill_at("23 mail queued")
    with pytest.raises(Killed):
        thread.reply("Half", by=world.bob)
    thread.refresh_from_db()
    assert (OutgoingMail.objects.count(), Message.objects.filter(text="Half").exists()) == (before, False)
    assert Thread.objects.get().message_count == 1


@pytest.mark.imap
@pytest.mark.parametrize("fault", ["", "28 appended"])
def test_a_copy_of_what_was_sent_lies_in_its_folder_once(world, dovecot, smtp_sink, kill_at, fault):
    account = dovecot.account()
    where = {"smtp_host": "127.0.0.1", "smtp_port": smtp_sink.port, "smtp_security": "none"}
    mailbox(account, world.service, sent_folder="Shop/Orders", **where)
    message = reply(world)
    if fault:
        kill_at(fault)
        with pytest.raises(Killed):
            outgoing.send_queued()
    OutgoingMail.objects.update(copy_at=timezone.now())
    for _ in range(2):
        outgoing.send_queued()
    assert account.flags("Shop/Orders") == [{"\\Seen"}]
    assert (OutgoingMail.objects.get().copy, len(smtp_sink.accepted)) == ("done", 1)
    message.refresh_from_db()
    assert message.delivery == Delivery.SENT


@pytest.mark.imap
def test_a_copy_that_cannot_be_made_never_sends_the_mail_again(world, dovecot, smtp_sink):
    where = {"smtp_host": "127.0.0.1", "smtp_port": smtp_sink.port, "smtp_security": "none"}
    mailbox(dovecot.account(), world.service, sent_folder="No/Such/Folder", **where)
    reply(world)
    for _ in range(9):
        outgoing.send_queued()
        OutgoingMail.objects.update(copy_at=timezone.now())
    assert (OutgoingMail.objects.get().copy, len(smtp_sink.accepted)) == ("failed", 1)
