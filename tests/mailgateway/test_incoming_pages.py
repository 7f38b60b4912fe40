"""The list of raw mail, the originals and another try."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from helpdesk.models import Message, Thread
from mailgateway.models import Incoming
from tests import make

pytestmark = pytest.mark.django_db
RAW = (
    b"From: Ana <ana@shop.test>\r\nTo: service@shop.test\r\nSubject: Vajilla\r\nMessage-ID: <1@shop.test>\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nSe ha roto \xc3\xb1\r\n"
)


def signed_in(agent):
    client = Client()
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def alice(world):
    return signed_in(world.alice)


def stored(raw=RAW, **fields):
    """A raw mail on the disk with its row."""
    digest = hashlib.sha256(raw).hexdigest()
    path = Path(settings.RAW_MAIL_ROOT) / f"{digest}.eml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    return Incoming.objects.create(sha256=digest, size=len(raw), raw_path=path.name, **fields)


@pytest.mark.row("TH2")
def test_show_original_downloads_the_stored_mail_byte_for_byte(world):
    thread = make.thread(world.service)
    message = Message.objects.get(thread=thread)
    stored(message=message, thread=thread, state="done", outcome="created")
    answer = signed_in(world.bob).get(f"/original/{message.pk}/")
    assert answer.content == RAW
    assert answer.headers["Content-Type"] == "message/rfc822"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert signed_in(world.charlie).get(f"/original/{message.pk}/").status_code == 404
    assert Client().get(f"/original/{message.pk}/").status_code == 302


@pytest.mark.row("TH2")
def test_a_message_without_a_mail_has_no_original(world):
    thread = make.thread(world.service)
    assert signed_in(world.bob).get(f"/original/{Message.objects.get(thread=thread).pk}/").status_code == 404


@pytest.mark.row("IM22")
def test_the_list_shows_and_filters_what_became_of_each_mail(alice, world):
    stored(sender="ana@shop.test", subject="Vajilla", state="done", outcome="created", contact=world.service)
    stored(RAW + b"2", sender="out@shop.test", subject="Away", state="done", outcome="ignored", reason="auto-reply")
    failed = stored(RAW + b"3", sender="bad@shop.test", subject="Angebot", state="failed", error="no such charset")
    page = alice.get("/settings/incoming/").content.decode()
    assert page.index("Angebot") < page.index("Away") < page.index("Vajilla")
    assert "no such charset" in page
    page = alice.get("/settings/incoming/?outcome=ignored").content.decode()
    assert "Automatic reply" in page
    assert "Vajilla" not in page
    assert "Angebot" in alice.get("/settings/incoming/?state=failed").content.decode()
    assert alice.get("/settings/incoming/?state=nonsense&mailbox=x&page=99").status_code == 200
    assert alice.get(f"/settings/incoming/{failed.pk}/raw/").content == RAW + b"3"


@pytest.mark.row("IM22")
def test_a_mail_set_aside_can_be_tried_again(alice, world):
    row = stored(state="failed", error="no such charset", contact=world.service, subject="Vajilla")
    assert "Set aside" in alice.get("/settings/mailboxes/").content.decode()
    alice.post(f"/settings/incoming/{row.pk}/retry/")
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("done", "created")
    assert Thread.objects.get(pk=row.thread_id).subject == "Vajilla"
    assert alice.post(f"/settings/incoming/{row.pk}/retry/").status_code == 404


def test_a_mail_whose_bytes_are_gone_says_so(alice, world):
    row = Incoming.objects.create(sha256="0", size=1, raw_path="gone.eml", state="failed", contact=world.service)
    alice.post("/settings/incoming/retry/")
    row.refresh_from_db()
    assert row.state == "failed"
    assert alice.get(f"/settings/incoming/{row.pk}/raw/").status_code == 404


def test_raw_mail_is_for_supervisors(world):
    row = stored()
    bob = signed_in(world.bob)
    assert bob.get(f"/settings/incoming/{row.pk}/raw/").status_code == 403
    assert bob.post(f"/settings/incoming/{row.pk}/retry/").status_code == 403
