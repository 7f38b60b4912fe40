"""A mail as it was sent: in a frame that can do nothing."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from helpdesk.mail import MailFile
from tests import make
from tests.helpdesk.test_attachments import png

EVIL = """<p style="position:fixed;background:url(https://t.test/x)" onclick="alert(1)">Hello</p>
<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)></svg><form action=/x><input></form>
<a href="javascript:alert(1)">no</a><a href="https://ok.test/">yes</a><iframe src=//t.test></iframe>
<img src="https://track.test/pixel.gif"><img src="//track.test/two.gif">
<meta http-equiv=refresh content="0;url=//t.test">"""


@pytest.fixture
def bob(world, client):
    client.force_login(world.bob)
    return client


def message_of(world, html=EVIL, files=()):
    return make.thread(world.service, html=html, files=files).messages.get()


def path_of(message, what="frame"):
    return f"/threads/{message.thread_id}/messages/{message.pk}/{what}/"


@pytest.mark.row("TH12")
def test_nothing_that_runs_is_left_in_the_frame(world, bob):
    page = bob.get(path_of(message_of(world))).content.decode()
    for bad in (
        "<script",
        "onerror",
        "onclick",
        "onload",
        "<svg",
        "<form",
        "<input",
        "javascript:",
        "<iframe",
        "<meta http",
    ):
        assert bad not in page
    assert "position" not in page
    assert 'href="https://ok.test/"' in page


@pytest.mark.row("TH12")
def test_the_frame_has_a_policy_of_its_own(world, bob):
    answer = bob.get(path_of(message_of(world)))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "img-src 'self';" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "frame-ancestors 'self'" in policy
    assert "X-Frame-Options" not in answer.headers


@pytest.mark.row("TH12")
def test_remote_pictures_load_only_when_asked_for(world, bob):
    message = message_of(world)
    assert "track.test" not in bob.get(path_of(message)).content.decode()
    shown = bob.get(path_of(message) + "?images=1")
    assert "https://track.test/pixel.gif" in shown.content.decode()
    assert "img-src 'self' https: http:" in shown.headers["Content-Security-Policy"]
    assert "Remote images blocked (2)" in bob.get(path_of(message, "as-sent")).content.decode()
    assert "Remote images are shown this once." in bob.get(path_of(message, "as-sent") + "?images=1").content.decode()


@pytest.mark.row("TH12")
def test_pictures_of_a_sender_may_always_be_shown_to_one_agent_and_no_longer(world, bob, client):
    message = message_of(world)
    trust = path_of(message, "pictures")
    assert "Always from this sender" in bob.get(path_of(message, "as-sent")).content.decode()
    assert bob.get(trust).status_code == 405
    said = bob.post(trust, headers={"HX-Request": "true"}).content.decode()
    assert "Remote images of this sender are always shown to you." in said
    later = message_of(world)
    assert "track.test" in bob.get(path_of(later)).content.decode()
    assert "track.test" not in bob.get(path_of(later) + "?images=0").content.decode()
    later.is_from_stranger = True  # anybody may have used the address
    later.save()
    assert "track.test" not in bob.get(path_of(later)).content.decode()
    assert "Always from this sender" not in bob.get(path_of(later, "as-sent")).content.decode()
    assert bob.post(trust, {"undo": "1"}).url == path_of(message)
    assert "track.test" not in bob.get(path_of(message)).content.decode()
    bob.post(trust)
    client.force_login(world.alice)
    assert "track.test" not in client.get(path_of(message)).content.decode()
    client.force_login(world.charlie)
    assert client.post(trust).status_code == 404


@pytest.mark.row("TH12")
def test_pictures_of_the_mail_itself_are_shown_by_a_short_lived_link(world, bob, client, time_machine):
    files = (MailFile("logo.png", "image/png", png(), content_id="logo@x", inline=True),)
    message = message_of(world, '<p>Hi <img src="cid:logo@x"></p>', files)
    url = re.search(r'src="(/pictures/[^"]+)"', bob.get(path_of(message)).content.decode())[1]
    client.logout()  # the frame has no origin, so no cookie comes along
    assert client.get(url).headers["Content-Type"] == "image/png"
    assert client.get(url[:-3] + "x/").status_code == 404
    assert client.get("/pictures/1/").status_code == 404
    time_machine.move_to(timezone.now() + timedelta(seconds=601))
    assert client.get(url).status_code == 404


@pytest.mark.row("TH12")
def test_the_page_shows_the_text_and_the_frame_on_demand(world, bob):
    message = message_of(world)
    page = bob.get(f"/threads/{message.thread_id}/").content.decode()
    assert "Where is my order?" in page
    assert "As sent" in page
    assert "<iframe" not in page
    assert (
        'sandbox="allow-popups allow-popups-to-escape-sandbox"' in bob.get(path_of(message, "as-sent")).content.decode()
    )


def test_a_message_without_html_has_no_frame(world, bob):
    message = make.thread(world.service).messages.get()
    assert bob.get(path_of(message)).status_code == 404
    assert "As sent" not in bob.get(f"/threads/{message.thread_id}/").content.decode()


def test_a_message_of_another_thread_is_404(world, bob):
    message, other = message_of(world), make.thread(world.service)
    assert bob.get(f"/threads/{other.pk}/messages/{message.pk}/frame/").status_code == 404
