"""Files: each byte through a permission check."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from helpdesk.models import Attachment, Draft, OutgoingMail
from tests import make

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def png() -> bytes:
    """A real picture of one point."""
    out = io.BytesIO()
    Image.new("RGB", (1, 1)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


def attached(world, name, content, content_type):
    thread = make.thread(world.service, files=(make.file(name, content, content_type),))
    return thread.messages.get().attachments.get()


def test_a_file_is_a_download_that_nothing_runs_in(world, bob):
    file = attached(world, "evil.html", b"<script>alert(1)</script>", "text/html")
    for query in ("", "?show=1"):
        answer = bob.get(f"/attachments/{file.pk}/{query}")
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"


def test_only_raster_pictures_are_shown_in_the_browser(world, bob):
    picture, drawing = attached(world, "p.png", png(), "image/png"), attached(world, "d.svg", SVG, "image/svg+xml")
    assert bob.get(f"/attachments/{picture.pk}/?show=1").headers["Content-Disposition"].startswith("inline")
    assert bob.get(f"/attachments/{drawing.pk}/?show=1").headers["Content-Disposition"].startswith("attachment")
    assert bob.get(f"/attachments/{drawing.pk}/?show=1").headers["Content-Type"] == "application/octet-stream"


def test_a_file_that_only_claims_to_be_a_picture_is_not_shown(world, bob):
    file = attached(world, "p.png", SVG, "image/png")
    assert bob.get(f"/attachments/{file.pk}/?show=1").headers["Content-Type"] == "application/octet-stream"


def test_the_name_survives_in_any_script_and_breaks_no_header(world, bob):
    file = attached(world, 'señal "ñ"\r\nX-Evil: 1.txt', b"x", "text/plain")
    answer = bob.get(f"/attachments/{file.pk}/")
    assert "filename*=utf-8''se%C3%B1al" in answer.headers["Content-Disposition"]
    assert "X-Evil" not in answer.headers


def test_the_stored_name_is_random(world):
    file = attached(world, "../../evil.php", b"x", "text/plain")
    assert "evil" not in file.file.name
    assert file.name == "evil.php"


def test_a_stranger_gets_404(world, client):
    file = attached(world, "a.txt", b"x", "text/plain")
    client.force_login(world.charlie)
    assert client.get(f"/attachments/{file.pk}/").status_code == 404
    client.logout()
    assert client.get(f"/attachments/{file.pk}/").status_code == 302


def test_a_drafts_file_is_seen_by_its_owner_only(world, bob, client):
    thread = make.thread(world.service)
    bob.post(f"/threads/{thread.pk}/draft/files/", {"files": SimpleUploadedFile("plan.txt", b"x")})
    file = Attachment.objects.get()
    assert bob.get(f"/attachments/{file.pk}/").status_code == 200
    client.force_login(world.alice)
    assert client.get(f"/attachments/{file.pk}/").status_code == 404


def test_a_file_can_be_taken_out_of_the_draft_and_is_gone_from_the_disk(world, bob, django_capture_on_commit_callbacks):
    thread = make.thread(world.service)
    bob.post(f"/threads/{thread.pk}/draft/files/", {"files": SimpleUploadedFile("plan.txt", b"x")})
    file = Attachment.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        bob.post(f"/threads/{thread.pk}/draft/files/{file.pk}/remove/", {"mode": "reply"})
    assert not Attachment.objects.exists()
    assert not file.file.storage.exists(file.file.name)


@pytest.mark.row("TH6")
def test_a_pasted_picture_stands_in_the_mail_as_a_part_of_it(world, bob):
    thread = make.thread(world.service)
    answer = bob.post(f"/threads/{thread.pk}/draft/pictures/", {"files": SimpleUploadedFile("shot.png", png())})
    url = answer.json()["url"]
    body = f'<p>See <img src="{url}" alt="shot"></p>'
    bob.post(f"/threads/{thread.pk}/reply/", {"body": body, "body_format": "html"})
    mail, file = OutgoingMail.objects.get(kind="message"), Attachment.objects.get()
    assert f'src="cid:{file.content_id}"' in mail.html
    assert (file.is_inline, file.message, list(mail.attachments.all())) == (True, mail.message, [file])
    assert f'src="{url}"' in bob.get(f"/threads/{thread.pk}/").content.decode()
    assert bob.get(url).headers["Content-Type"] == "image/png"


def test_a_picture_of_another_thread_cannot_be_sent(world, bob):
    secret = make.thread(world.accounting, files=(make.file("p.png", png(), "image/png"),))
    thread, file = make.thread(world.service), secret.messages.get().attachments.get()
    body = f'<p>Hi</p><img src="/attachments/{file.pk}/">'
    bob.post(f"/threads/{thread.pk}/reply/", {"body": body, "body_format": "html"})
    mail = OutgoingMail.objects.get(kind="message")
    assert "<img" not in mail.html
    assert not mail.attachments.exists()
    file.refresh_from_db()
    assert file.message.thread == secret


def test_a_pasted_picture_that_was_deleted_again_is_not_sent(world, bob):
    thread = make.thread(world.service)
    bob.post(f"/threads/{thread.pk}/draft/pictures/", {"files": SimpleUploadedFile("shot.png", png())})
    bob.post(f"/threads/{thread.pk}/reply/", {"body": "<p>never mind</p>", "body_format": "html"})
    assert not Attachment.objects.exists()
    assert not OutgoingMail.objects.get(kind="message").attachments.exists()


def test_only_pictures_can_stand_in_the_text(world, bob):
    thread = make.thread(world.service)
    answer = bob.post(f"/threads/{thread.pk}/draft/pictures/", {"files": SimpleUploadedFile("x.svg", SVG)})
    assert answer.json()["error"].startswith("Only PNG, JPEG, GIF and WebP")
    assert not Draft.objects.exists()
