"""An agent's answer by mail: sent to the customer only if it is proven to be the agent's, twice."""

import pytest

from helpdesk.models import DeskSettings, Message, OutgoingKind, OutgoingMail, Thread
from mailgateway import incoming
from mailgateway.models import Incoming, Mailbox
from tests import make
from tests.servers.mails import raw

pytestmark = pytest.mark.django_db
PROOF = "mx.shop.test; spf=pass smtp.mailfrom=shop.test; dmarc=pass (p=reject) header.from=shop.test"


@pytest.fixture
def box(world):
    """A mailbox whose server vouches for senders, at a desk where agents may answer by mail."""
    DeskSettings.objects.update_or_create(pk=1, defaults={"replies_by_mail": True})
    world.service.plus_addresses = True
    world.service.save()
    return Mailbox.objects.create(
        contact=world.service, name="service", imap_host="localhost", uidvalidity=1, trusted_server="mx.shop.test"
    )


@pytest.fixture
def thread(world, box):
    """A thread that Alice handed to Bob, who was told by mail."""
    thread = make.thread(world.service)
    thread.forward(world.bob, by=world.alice, note="Please answer")
    return thread


def notice_of(agent):
    return OutgoingMail.objects.get(kind=OutgoingKind.NOTICE, to=[agent.email])


def answer(box, notice, text="It left today.", **headers):
    """Bob's program answers the notice; the shop's own server took the mail in."""
    headers = {"From": "Bob <bob@shop.test>", "Authentication_Results": PROOF, **headers}
    quoted = (
        f"{text}\n\nOn Thu, 26 Nov 2026 at 10:02, {notice.from_name} <service@shop.test> wrote:\n> {notice.subject}\n"
    )
    mail = raw(quoted, To=notice.reply_to, In_Reply_To=notice.message_id_header, **headers)
    return incoming.take(mail, mailbox=box, contact=box.contact, uidvalidity=1, uid=Incoming.objects.count() + 1)


@pytest.mark.row("TH18")
def test_an_agents_mail_leaves_the_same_events_as_the_page_and_reaches_the_customer(world, box, thread):
    other = make.thread(world.service)
    other.forward(world.bob, by=world.alice, note="Please answer")
    other.reply("It left today.", by=world.bob)
    taken = answer(box, notice_of_thread(world.bob, thread))
    assert taken.delivered.outcome == "appended"
    assert story(thread) == story(other)
    said = Message.objects.get(pk=taken.delivered.message_id)
    assert (said.kind, said.author, said.text) == ("reply", world.bob, "It left today.")
    sent = OutgoingMail.objects.get(message=said)
    assert (sent.to, sent.from_email) == (["john@example.com"], "service@shop.test")


def notice_of_thread(agent, thread):
    return OutgoingMail.objects.get(kind=OutgoingKind.NOTICE, to=[agent.email], thread=thread)


def story(thread):
    thread = Thread.objects.get(pk=thread.pk)
    events = thread.events.exclude(kind="acknowledged").order_by("pk")
    told = [(one.kind, one.who, one.status, one.holder, bool(one.message), one.data) for one in events]
    return told, thread.status, thread.assignee, thread.needs_answer


def test_the_notice_says_that_it_can_be_answered(world, thread):
    notice = notice_of(world.bob)  # in the desk's language: Bob has not chosen his
    assert notice.text.startswith("Te han pasado un hilo")
    assert "contesta a este correo: lo que escribas encima de la cita le llega al cliente" in notice.text


def test_without_the_setting_a_notice_has_no_such_address_and_an_old_one_sends_nothing(world, box, thread):
    notice = notice_of(world.bob)
    DeskSettings.objects.update_or_create(pk=1, defaults={"replies_by_mail": False})
    assert answer(box, notice).reason == "agent-not-proven"
    other = make.thread(world.service, sender="eve@example.com")
    other.forward(world.bob, by=world.alice, note="And this one")
    assert notice_of_thread(world.bob, other).reply_to == ""


FORGED = [
    {"Authentication_Results": "mx.evil.test; dmarc=pass header.from=shop.test"},  # another server says so
    {"Authentication_Results": "mx.shop.test; dmarc=fail header.from=shop.test"},
    {"Authentication_Results": "mx.shop.test; dmarc=pass header.from=evil.test"},  # it vouches for somebody else
    {"Authentication_Results": "mx.shop.test (dmarc=pass header.from=shop.test); dmarc=none"},
    {"Authentication_Results": ""},
    {"From": "Charlie <charlie@shop.test>"},  # an agent, but not the one who was told
    {"Auto_Submitted": "auto-replied"},
]


@pytest.mark.parametrize("headers", FORGED)
def test_what_is_not_proven_sends_nothing_and_is_kept(world, box, thread, headers):
    before = OutgoingMail.objects.count()
    taken = answer(box, notice_of(world.bob), **headers)
    assert (taken.delivered.outcome, taken.reason) == ("ignored", "agent-not-proven")
    assert OutgoingMail.objects.count() == before
    assert not Message.objects.filter(kind="reply").exists()
    assert Incoming.objects.get(pk=taken.incoming_id).raw_path


def test_a_header_below_the_own_servers_says_nothing(world, box, thread):
    lower = b"Authentication-Results: mx.shop.test; dmarc=none\r\nAuthentication-Results: " + PROOF.encode() + b"\r\n"
    notice = notice_of(world.bob)
    mail = lower + raw("Forged", From="bob@shop.test", To=notice.reply_to)
    taken = incoming.take(mail, mailbox=box, contact=box.contact, uidvalidity=1, uid=99)
    assert taken.reason == "agent-not-proven"


def test_an_agent_who_may_no_longer_see_the_thread_writes_to_nobody(world, box, thread):
    world.service.members.remove(world.bob)
    assert answer(box, notice_of(world.bob)).reason == "agent-not-proven"


def test_the_same_mail_again_is_sent_once(world, box, thread):
    notice = notice_of(world.bob)
    headers = {"Message_ID": "<once@shop.test>", "Date": "Thu, 26 Nov 2026 10:00:00 +0000"}
    first = answer(box, notice, **headers)
    again = answer(box, notice, **headers, Received="from another way")
    assert (again.delivered.outcome, again.delivered.message_id) == ("duplicate", first.delivered.message_id)
    assert Message.objects.filter(kind="reply").count() == 1


def test_a_mail_that_says_nothing_above_the_quotation_sends_nothing(world, box, thread):
    assert answer(box, notice_of(world.bob), text="").reason == "nothing-said"
