"""Signing in: by password, with a growing wait, and by a mailed link."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db.models import F
from django.test import Client

from accounts import links
from accounts.slowdown import wait_after
from helpdesk.models import OutgoingMail
from tests.browser import PASSWORD

pytestmark = pytest.mark.django_db


def enter(client, name, password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": name, "password": password, **more})


def test_a_refusal_keeps_the_name_and_never_says_which_was_wrong(client, world):
    wrong, unknown = enter(client, "bob", "nonsense"), enter(client, "nobody", "nonsense")
    for page, name in ((wrong, "bob"), (unknown, "nobody")):
        text = page.content.decode()
        assert f'value="{name}"' in text
        assert text.count('role="alert"') == 1
        assert "Name and password do not match" in text
    assert "nonsense" not in wrong.content.decode()


def test_name_or_email_in_any_case_opens_the_door(client, world):
    for name in ("BOB", "Bob@Shop.test"):
        assert enter(Client(), name).headers["Location"] == "/"


def test_a_session_ends_with_the_browser_unless_asked_to_stay(world):
    short, long = Client(), Client()
    enter(short, "bob")
    enter(long, "bob", stay="on")
    assert short.cookies["sessionid"]["max-age"] == ""
    assert long.cookies["sessionid"]["max-age"] == 30 * 86_400


def test_only_pages_of_this_desk_may_come_next(client, world):
    assert enter(client, "bob", next="/profile/").headers["Location"] == "/profile/"
    assert enter(Client(), "bob", next="https://evil.test/").headers["Location"] == "/"


def test_five_wrong_passwords_make_the_next_try_wait_longer_each_time(world):
    client = Client()
    for _ in range(4):
        assert enter(client, "bob", "wrong").status_code == 200
    page = enter(client, "bob", "wrong")
    assert (page.status_code, page.headers["Retry-After"]) == (429, "20")
    assert 'value="bob"' in page.content.decode()
    assert "Wait 20 seconds" in page.content.decode()
    assert enter(client, "bob").status_code == 429  # the right password waits too
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(seconds=30))
    assert enter(client, "bob", "wrong").headers["Retry-After"] == "40"
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(seconds=50))
    assert enter(client, "bob").status_code == 302


def test_the_wait_grows_but_has_an_end():
    assert [wait_after(n) for n in (4, 5, 6, 7, 30)] == [0, 20, 40, 80, 600]


def test_others_do_not_wait_for_somebody_elses_mistakes(world):
    for _ in range(6):
        enter(Client(), "bob", "wrong")
    assert enter(Client(), "charlie").status_code == 302


def link_in(text):
    return re.search(r"http://testserver(/sign-in/\S+/)", text)[1]


def test_a_mailed_link_signs_in_once(settings, world):
    settings.EMAIL_BACKEND = "helpdesk.mailer.OutboxBackend"
    client = Client()
    there = client.post("/sign-in/link/", {"email": "bob@shop.test"}).content
    unknown = client.post("/sign-in/link/", {"email": "nobody@shop.test"}).content
    words = re.compile(rb"<section.*</section>", re.DOTALL)
    secrets = re.compile(rb'value="[^"]*"')
    assert secrets.sub(b"", words.search(there)[0]) == secrets.sub(b"", words.search(unknown)[0])
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.contact) == (["bob@shop.test"], world.service)
    path = link_in(mail.text)
    assert client.get(path).status_code == 200  # looking at it does not use it up
    assert client.get("/").status_code == 302
    assert client.post(path).status_code == 302
    assert client.get("/").status_code == 200
    assert Client().post(path).status_code == 410


def test_a_link_ends_after_its_time(world, monkeypatch):
    token = links.mint(links.Purpose.SIGN_IN, world.bob)
    assert links.agent_of(links.Purpose.SIGN_IN, token) == world.bob
    assert links.agent_of(links.Purpose.PASSWORD, token) is None
    import time

    real = time.time
    monkeypatch.setattr("django.core.signing.time.time", lambda: real() + 16 * 60)
    assert links.agent_of(links.Purpose.SIGN_IN, token) is None


def test_nobody_without_access_gets_a_link(mailoutbox, world):
    world.bob.deactivate()
    Client().post("/sign-in/link/", {"email": "bob@shop.test"})
    assert mailoutbox == []


def test_signing_out_takes_a_post(client, world):
    client.force_login(world.bob, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/").status_code == 302
