"""What other help desks sent twice, never, or round in circles: one test a lesson, named after it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from helpdesk.models import Delivery, Notice, OutgoingKind, OutgoingMail, OutgoingState, Status, Thread
from mailgateway import incoming, outgoing
from mailgateway.models import Mailbox
from tests import make
from tests.servers.mails import raw

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(world, smtp_sink):
    where = {"smtp_host": "127.0.0.1", "smtp_port": smtp_sink.port, "smtp_security": "none"}
    return Mailbox.objects.create(contact=world.service, name="x", imap_host="localhost", uidvalidity=1, **where)


def take(box, mail, uid):
    return incoming.take(mail, mailbox=box, contact=box.contact, uidvalidity=1, uid=uid)


def send(rounds: int) -> None:
    """So many times, whatever is put off."""
    for _ in range(rounds):
        OutgoingMail.objects.filter(state=OutgoingState.QUEUED).update(not_before="2020-01-01T00:00Z")
        outgoing.send_queued()


def bounce(of: str, to: str, n: int) -> bytes:
    """A report that a mail of ours could not be delivered."""
    return (
        f"From: MAILER-DAEMON@mx.test\r\nTo: service@shop.test\r\nSubject: Undelivered Mail\r\nReturn-Path: <>\r\n"
        f"Message-ID: <bounce-{n}@mx.test>\r\nAuto-Submitted: auto-replied\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: 5.7.1\r\nDiagnostic-Code: smtp; 550 SPF\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {of}\r\nSubject: x\r\n--b--\r\n"
    ).encode()


def test_freescout_3607_a_reply_is_never_sent_more_than_twice_whatever_the_server_says(world, box, smtp_sink):
    smtp_sink.cut_at = "accepted"
    thread = make.thread(world.service)
    message = thread.reply("On its way", by=world.bob)
    send(25)
    assert [one.message["Message-ID"] for one in smtp_sink.accepted].count(message.message_id) == 2
    message.refresh_from_db()
    assert message.delivery == Delivery.UNCERTAIN, "and people are asked"


def test_freescout_4344_mails_that_are_all_refused_tell_each_author_once_and_nobody_of_that(world, box, smtp_sink):
    for n in range(5):
        make.thread(world.service, sender=f"c{n}@example.com").reply("Hello", by=world.bob)
    smtp_sink.on_mail = "550 5.7.23 SPF validation failed"
    send(6)
    assert Notice.objects.filter(agent=world.bob).count() == 5
    assert OutgoingMail.objects.filter(kind=OutgoingKind.NOTICE).count() == 5
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {OutgoingState.FAILED}


def test_freescout_3156_bounces_of_notices_make_no_threads_no_notices_and_no_mail(world, box):
    world.bob.unmailed = []
    world.bob.save()
    make.thread(world.service)
    notice = OutgoingMail.objects.get(kind=OutgoingKind.NOTICE)
    before = (Thread.objects.count(), OutgoingMail.objects.count(), Notice.objects.count())
    for n in range(1, 31):
        assert take(box, bounce(notice.message_id_header, world.bob.email, n), n).delivered.outcome == "bounce"
    assert (Thread.objects.count(), OutgoingMail.objects.count(), Notice.objects.count()) == before


@pytest.mark.parametrize(
    ("said", "delivery"),
    [("451 4.7.1 try again", Delivery.RETRYING), ("550 5.7.1 refused", Delivery.FAILED)],
)
def test_freescout_3479_3268_5571_and_3204_a_reply_that_does_not_leave_opens_its_thread_and_says_so(
    world, box, smtp_sink, client, said, delivery
):
    thread = make.thread(world.service)
    OutgoingMail.objects.all().delete()
    message = thread.reply("On its way", by=world.bob, then=Status.CLOSED)
    smtp_sink.on_mail = said
    send(1)
    thread.refresh_from_db()
    message.refresh_from_db()
    assert (thread.status, message.delivery, message.delivery_note) == (Status.OPEN, delivery, said)
    client.force_login(world.bob)
    assert said in client.get(f"/threads/{thread.pk}/").content.decode()
    OutgoingMail.objects.update(first_try_at=timezone.now() - timedelta(days=6))
    send(1)
    assert Notice.objects.filter(agent=world.bob, kind="failed").count() == 1


def test_faveo_150_odoo_66329_and_frappe_3628_two_robots_that_answer_each_other_stop_after_three_rounds(world, box):
    """The other one gives no sign of being a machine, and answers each confirmation with a mail of its own."""
    begin = timezone.now()
    for n in range(1, 21):
        with time_machine.travel(begin + timedelta(minutes=65 * n)):
            take(box, raw(f"Ticket {n} was opened", From="robot@example.net", Subject=f"[T{n}] Received"), n)
    assert OutgoingMail.objects.filter(kind=OutgoingKind.ACKNOWLEDGEMENT).count() == 3


def test_zendesk_2025_a_confirmation_carries_no_word_of_the_senders_and_goes_once_an_hour(world, box):
    for n in range(1, 11):
        take(box, raw("BUY NOW at evil.test", From="victim@example.net", Subject=f"You won {n}: evil.test"), n)
    mail = OutgoingMail.objects.get(kind=OutgoingKind.ACKNOWLEDGEMENT)
    said = " ".join((mail.subject, mail.text, mail.html, mail.from_name)).lower()
    assert not any(word in said for word in ("evil", "won", "buy now"))
    assert mail.to == ["victim@example.net"]
