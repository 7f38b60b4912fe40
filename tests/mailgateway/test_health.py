"""Outages: what the page says, who is told and how often; what was set aside."""

import os
import signal
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from helpdesk.models import OutgoingMail, Thread
from mailgateway import alerts, child, incoming, rawmail
from mailgateway.models import Beat, Incoming, Mailbox
from mailgateway.troubles import Trouble
from tests.servers.mails import raw

pytestmark = pytest.mark.django_db


def signed_in(agent):
    client = Client()
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def alice(world):
    return signed_in(world.alice)


def box(contact, name="hola@shop.test", **fields):
    return Mailbox.objects.create(name=name, contact=contact, imap_host="imap.test", username=name, **fields)


def older(minutes):
    Trouble.objects.filter(ended_at=None).update(began_at=timezone.now() - timedelta(minutes=minutes))


@pytest.mark.row("IM22")
def test_supervisors_are_told_once_after_ten_minutes_and_once_when_it_works_again(world, alice):
    world.alice.language = "en"
    world.alice.save()
    failing = box(world.service, smtp_host="smtp.test")
    working = box(world.accounting, "facturas@shop.test", smtp_host="smtp.test", last_success_at=timezone.now())
    for _ in range(3):
        failing.note_error("BYE Server shutting down")
    alerts.tell_due()
    assert not OutgoingMail.objects.exists()
    assert "Reconnecting" not in alice.get("/queue/", follow=True).content.decode()
    older(11)
    alerts.tell_due()
    failing.note_error("BYE Server shutting down")
    alerts.tell_due()
    told = OutgoingMail.objects.get()
    assert (told.to, told.contact, told.from_email) == ([world.alice.email], working.contact, world.accounting.email)
    assert told.subject == "hola@shop.test receives no mail"
    assert "BYE Server shutting down" in told.text
    assert told.auto_submitted == "auto-generated"
    failing.note_success()
    alerts.tell_due()
    alerts.tell_due()
    again = OutgoingMail.objects.order_by("pk").last()
    assert again.subject == "hola@shop.test receives mail again"
    assert "lasted 11 minutes" in again.text
    assert OutgoingMail.objects.count() == 2
    failing.note_error("again")
    assert Trouble.objects.filter(told_at=None).count() == 1


@pytest.mark.row("IM22")
def test_a_short_outage_tells_nobody_and_without_a_way_out_the_band_does(world, alice):
    only = box(world.service, smtp_host="smtp.test")
    only.note_error("no")
    only.note_success()
    only.note_sending("535 5.7.8 Authentication failed")
    older(12)
    alerts.tell_due()
    assert not OutgoingMail.objects.exists()
    page = alice.get("/settings/contacts/").content.decode()
    assert "hola@shop.test has sent no mail since" in page
    assert "has sent no mail" not in signed_in(world.bob).get("/queue/", follow=True).content.decode()
    only.set_active(False)
    assert not Trouble.objects.lasting().exists()


@pytest.mark.row("IM22")
def test_the_page_says_how_each_mailbox_does(world, alice, django_assert_max_num_queries):
    well = box(world.service, backlog=14, announces=True, protection="TLSv1.3", last_success_at=timezone.now())
    failing = box(world.service, "facturas@shop.test", last_success_at=timezone.now())
    now = timezone.now()
    Incoming.objects.create(mailbox=well, sha256="1", size=1, received_at=now, server_at=now - timedelta(seconds=3))
    for _ in range(7):
        failing.note_error("BYE Server shutting down")
    Beat.objects.create(name=f"mailbox-{failing.pk}", state="waiting", next_at=now + timedelta(seconds=40))
    Mailbox.objects.filter(pk=well.pk).update(renumbered_at=now)
    page = alice.get("/settings/mailboxes/").content.decode()
    for said in ("Receives at once (IDLE)", "TLSv1.3", "<dd>3 s</dd>", "<dd>14</dd>", "Reconnecting"):
        assert said in page, said
    for said in ("7 attempts in", "Tries again in", "numbered the folder anew"):
        assert said in page, said
    older(11)
    page = alice.get("/settings/mailboxes/").content.decode()
    assert "facturas@shop.test does not receive." in page
    Mailbox.objects.filter(pk=failing.pk).update(last_error="")
    failing.note_success()
    page = alice.get(f"/settings/mailboxes/{failing.pk}/").content.decode()
    assert "1 outage before" in page
    assert "BYE Server shutting down" in page
    with django_assert_max_num_queries(40) as few:
        alice.get("/settings/mailboxes/")
    for number in range(5):
        box(world.service, f"box{number}@shop.test")
    with django_assert_max_num_queries(len(few)):
        alice.get("/settings/mailboxes/")


def set_aside(world, content, **fields):
    path, sha256 = rawmail.store(content)
    fields = {"state": "failed", "outcome": "rejected", "reason": "timeout", "contact": world.service, **fields}
    return Incoming.objects.create(sha256=sha256, size=len(content), raw_path=path, **fields)


HOSTILE = b"From: Ana <ana@shop.example>\r\nSubject: Vajilla\r\n rota <b>\r\n\r\nSe ha roto \xff\x00\r\n"


@pytest.mark.row("IM22")
@pytest.mark.row("TH2")
def test_what_was_not_understood_is_shown_with_its_bytes_and_its_reason(world, alice):
    row = set_aside(world, HOSTILE, subject="<script>", error="too slow")
    page = alice.get(f"/settings/incoming/{row.pk}/").content.decode()
    assert "Reading it took too long and was stopped" in page
    assert "too slow" in page
    assert "Se ha roto \\xff\u2400" in page
    assert "rota &lt;b&gt;" in page
    assert "<script>" not in page.replace('<script type="module"', "").replace("<script src", "")
    assert "1<span" in alice.get("/settings/contacts/").content.decode()
    assert signed_in(world.bob).get(f"/settings/incoming/{row.pk}/").status_code == 403
    assert signed_in(world.bob).post(f"/settings/incoming/{row.pk}/thread/").status_code == 403
    assert signed_in(world.bob).post(f"/settings/incoming/{row.pk}/discarded/").status_code == 403
    alice.post(f"/settings/incoming/{row.pk}/discarded/")
    row.refresh_from_db()
    assert (row.state, row.outcome, row.handled_by, row.reason) == ("done", "discarded", world.alice, "timeout")
    rawmail.discard(row.raw_path)
    assert "no longer stored" in alice.get(f"/settings/incoming/{row.pk}/").content.decode()


@pytest.mark.row("IM22")
def test_a_thread_can_be_made_of_what_no_program_understands(world, alice, monkeypatch):
    child.parse_limited(HOSTILE)
    os.kill(child._desk.child.process.pid, signal.SIGSTOP)  # as on a mail that its reader never comes back from
    monkeypatch.setattr(child, "WALL_SECONDS", 0.2)
    row = set_aside(world, HOSTILE)
    assert alice.post(f"/settings/incoming/{row.pk}/thread/").status_code == 303
    row.refresh_from_db()
    thread = Thread.objects.get()
    assert (row.thread, row.handled_by, row.reason) == (thread, world.alice, "by-hand")
    assert (thread.email, thread.subject) == ("ana@shop.example", "Vajilla rota <b>")
    message, note = thread.messages.order_by("pk")
    assert "Se ha roto" in message.text
    assert message.attachments.get().open().read() == HOSTILE
    assert (note.kind, note.author) == ("note", world.alice)
    assert "took too long" in note.text
    assert not OutgoingMail.objects.filter(kind="ack").exists()
    assert alice.post(f"/settings/incoming/{row.pk}/thread/").status_code == 404
    twin = set_aside(world, HOSTILE)
    alice.post(f"/settings/incoming/{twin.pk}/thread/")
    assert Thread.objects.count() == 1


@pytest.mark.row("IM13")
def test_a_mail_that_was_not_imported_is_listed_with_its_reason_and_can_become_a_thread(world, alice):
    answers_only = box(world.service, creates_threads=False)
    taken = incoming.take(raw(), mailbox=answers_only, contact=world.service, uidvalidity=1, uid=1)
    assert taken.reason == "not-an-answer"
    page = alice.get("/settings/incoming/?outcome=ignored").content.decode()
    assert "Not imported: this mailbox takes answers only" in page
    alice.post(f"/settings/incoming/{taken.incoming_id}/thread/")
    assert Thread.objects.get().subject == "Order question"
