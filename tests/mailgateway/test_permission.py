"""Google and Microsoft without a password: permission, tokens, refresh; against a local provider, Dovecot and SMTP."""

import logging

import pytest
from django.test import Client

from helpdesk import letters
from helpdesk.models import OutgoingMail, Thread
from mailgateway import outgoing, probe, providers
from mailgateway.grants import Grant, SignInApp
from mailgateway.models import Mailbox
from mailgateway.troubles import Trouble
from mailgateway.visit import fetch_once
from tests.servers import dovecot as dovecots
from tests.servers import tls
from tests.servers.mails import raw
from tests.servers.oauth import CLIENT, SECRET
from tests.servers.smtp_sink import Sink, server_context

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(world):
    client = Client()
    client.force_login(world.alice, backend="django.contrib.auth.backends.ModelBackend")
    return client


def fields(world, **changes):
    given = {"name": "Google box", "contact": world.service.pk, "is_active": "on", "creates_threads": "on"}
    given |= {"sign_in": "google", "imap_port": 993, "imap_security": "tls", "username": "box0", "folder": "INBOX"}
    return {**given, "afterwards": "seen", "smtp_port": "", "smtp_security": "starttls", **changes}


def permitted(alice, world, provider, **changes) -> Mailbox:
    """A mailbox that somebody has signed in, through the pages alone."""
    page = alice.post("/settings/mailboxes/new/", fields(world, **changes))
    mailbox = Mailbox.objects.get()
    assert page.url == f"/settings/mailboxes/{mailbox.pk}/permission/"
    alice.post(page.url, {"client_id": CLIENT, "secret": SECRET, "tenant": "common"})
    asked = alice.get(f"{page.url}ask/")
    code, state = provider.permit(asked.url, mailbox.username)
    back = alice.get("/settings/mailboxes/permission/", {"code": code, "state": state}, follow=True)
    assert "is signed in" in back.content.decode()
    return mailbox


@pytest.mark.imap
@pytest.mark.row("IM23")
def test_a_token_signs_in_is_renewed_when_refused_and_nothing_secret_is_shown_or_logged(
    alice, world, provider, settings, caplog
):
    caplog.set_level(logging.DEBUG)
    settings.MAIL_PROVIDERS = provider.settings()
    with dovecots.running(tokens_of=provider.url) as server:
        account = server.account()
        pinned = {"imap_port": server.imaps, "imap_host": "localhost", "fingerprint": server.certificate.sha256}
        mailbox = permitted(alice, world, provider, username=account.name, **pinned)
        account.append(raw())
        assert fetch_once(mailbox.pk) == ""
        assert Thread.objects.count() == 1
        first = Grant.objects.get().access
        provider.revoke_access()  # before its time is over
        account.append(raw())
        assert fetch_once(mailbox.pk) == ""
        assert Thread.objects.count() == 2
        assert Grant.objects.get().access != first
        assert probe.imap(mailbox, "").ok
        provider.refuses = True
        provider.revoke_access()
        trouble = fetch_once(mailbox.pk)
        assert "Token has been revoked." in trouble
        assert "Sign in again" in trouble
    grant = Grant.objects.get()
    shown = "".join(
        alice.get(path).content.decode()
        for path in (f"/settings/mailboxes/{mailbox.pk}/", f"/settings/mailboxes/{mailbox.pk}/permission/")
    )
    assert "Token has been revoked." in shown
    assert Trouble.objects.get(mailbox=mailbox).times == 1
    for secret in (SECRET, grant.refresh, grant.refresh_locked, first, "Bearer"):
        assert secret not in shown
        assert secret not in caplog.text
    assert SECRET not in SignInApp.objects.get().secret_locked


@pytest.mark.row("IM23")
@pytest.mark.row("IM26")
def test_smtp_gets_the_token_too_and_a_stale_one_is_renewed_once(alice, world, provider, settings, tmp_path):
    settings.MAIL_PROVIDERS = provider.settings()
    certificate = tls.make(tmp_path, "smtp")
    sink = Sink(tokens=provider.access)
    sink.start(tls_context=server_context(certificate), require_starttls=True)
    try:
        sending = {"smtp_host": "localhost", "smtp_port": sink.port, "fingerprint": certificate.sha256}
        mailbox = permitted(alice, world, provider, **sending)
        provider.revoke_access()
        letters.queue_to_agent(["john@example.com"], subject="Hello", text="Hello", contact=world.service)
        assert outgoing.send_queued() == 1
        assert OutgoingMail.objects.get().state == "sent"
        provider.access.clear()
        provider.seconds = 0
        sink.tokens = {}
        letters.queue_to_agent(["john@example.com"], subject="Again", text="Again", contact=world.service)
        outgoing.send_queued()
    finally:
        sink.stop()
    mailbox.refresh_from_db()
    assert mailbox.smtp_error == "535 5.7.8 Token not accepted, says the sink"
    assert len(sink.accepted) == 1


@pytest.mark.row("IM23")
def test_a_provider_that_rotates_the_refresh_token_is_asked_with_the_newest(alice, world, provider, settings):
    settings.MAIL_PROVIDERS = provider.settings()
    provider.rotates, provider.seconds = True, 0  # each token is old at once
    mailbox = permitted(alice, world, provider, sign_in="microsoft")
    assert mailbox.imap_host == "localhost"
    for _ in range(3):
        Grant.objects.get().forget_access()
        assert providers.token_for(mailbox.pk, "microsoft") in provider.access
    said = [one["refresh_token"] for one in provider.asked if one["grant_type"] == "refresh_token"]
    assert len(said) == len(set(said)) == 3
    assert Grant.objects.get().refresh in provider.refresh


@pytest.mark.row("IM23")
def test_an_answer_that_nobody_asked_for_gives_nothing(alice, world, provider, settings):
    settings.MAIL_PROVIDERS = provider.settings()
    mailbox = permitted(alice, world, provider)
    Grant.objects.all().delete()
    path = "/settings/mailboxes/permission/"
    assert "not asked for" in alice.get(path, {"code": "x", "state": "y"}, follow=True).content.decode()
    asked = alice.get(f"/settings/mailboxes/{mailbox.pk}/permission/ask/")
    code, state = provider.permit(asked.url, "box0")
    assert "not asked for" in alice.get(path, {"code": code, "state": state + "x"}, follow=True).content.decode()
    alice.get(f"/settings/mailboxes/{mailbox.pk}/permission/ask/")
    state = alice.session["mail-permission"]["state"]
    refused = alice.get(path, {"error": "access_denied", "error_description": "<b>No</b>", "state": state}, follow=True)
    assert "access_denied &lt;b&gt;No&lt;/b&gt;" in refused.content.decode()
    assert not Grant.objects.exists()
    bob = Client()
    bob.force_login(world.bob, backend="django.contrib.auth.backends.ModelBackend")
    assert bob.get(path).status_code == bob.get(f"/settings/mailboxes/{mailbox.pk}/permission/").status_code == 403


@pytest.mark.row("IM23")
def test_a_token_goes_to_the_providers_own_servers_only(alice, world, provider, settings, fake_imap):
    settings.MAIL_PROVIDERS = provider.settings(imap="imap.gmail.com", smtp="smtp.gmail.com")
    page = alice.post("/settings/mailboxes/new/", fields(world, imap_host="imap.evil.test")).content.decode()
    assert "the server is imap.gmail.com" in page
    page = alice.post("/settings/mailboxes/new/", fields(world, smtp_host="smtp.evil.test")).content.decode()
    assert "the server is smtp.gmail.com" in page
    assert not Mailbox.objects.exists()
    mailbox = permitted(alice, world, provider)
    assert mailbox.imap_host == "imap.gmail.com"
    server = fake_imap()
    mailbox.imap_host, mailbox.imap_port = "127.0.0.1", server.port  # past the form, as by an import
    mailbox.imap_security = "none"
    mailbox.save()
    assert "gets no token" in fetch_once(mailbox.pk)
    assert not any(b"AUTH" in line for line in server.heard)


@pytest.mark.row("IM23")
def test_another_way_to_sign_in_forgets_what_the_old_one_had(alice, world, provider, settings):
    settings.MAIL_PROVIDERS = provider.settings()
    mailbox = permitted(alice, world, provider)
    path = f"/settings/mailboxes/{mailbox.pk}/"
    assert (
        "Enter the password" in alice.post(path, fields(world, sign_in="password", imap_host="h.test")).content.decode()
    )
    alice.post(path, fields(world, sign_in="password", imap_host="h.test", password="s3cret-word"))
    mailbox.refresh_from_db()
    assert (mailbox.password, Grant.objects.count()) == ("s3cret-word", 0)
    alice.post(path, fields(world))
    mailbox.refresh_from_db()
    assert mailbox.password_locked == ""


@pytest.mark.row("IM6")
@pytest.mark.row("IM5")
def test_pop3_is_not_offered_and_the_form_says_why_and_what_norsh_was(alice):
    page = alice.get("/settings/mailboxes/new/").content.decode()
    assert "There is no POP3" in page
    assert "“norsh” is always on" in page
    assert "110" not in page
    assert "pop" not in str(Mailbox._meta.get_field("imap_security").choices).lower()
