"""How connections are protected, with real servers: the matrix of TLS, STARTTLS and clear text."""

import socket

import pytest

from helpdesk.models import Thread
from mailgateway import probe
from mailgateway.models import Mailbox
from mailgateway.visit import fetch_once
from tests.servers import dovecot as dovecots
from tests.servers import fake_imap as fakes
from tests.servers import tls
from tests.servers.mails import mailbox, raw
from tests.servers.smtp_sink import Sink, server_context

pytestmark = [pytest.mark.django_db, pytest.mark.imap]


@pytest.mark.row("IM2")
@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_each_kind_of_security_works_with_a_server_that_has_it(world, dovecot, security):
    account = dovecot.account()
    fetched = mailbox(account, world.service, imap_security=security)
    account.append(raw())
    assert fetch_once(fetched.pk) == ""
    assert Thread.objects.count() == 1


@pytest.mark.row("IM3")
@pytest.mark.row("IM22")
def test_django_helpdesk_imap_sync_a_server_without_starttls_is_refused_and_gets_no_login(world, fake_imap):
    server = fake_imap(fakes.plain)
    fetched = Mailbox(contact=world.service, imap_host="localhost", imap_port=server.port, imap_security="starttls")
    fetched.username = "shop"
    fetched.set_password("top secret")
    fetched.save()
    assert fetch_once(fetched.pk) == "The server does not offer STARTTLS. Nothing was sent to it."
    heard = b" ".join(server.heard)
    assert b"LOGIN" not in heard
    assert b"secret" not in heard
    fetched.refresh_from_db()
    assert fetched.last_error.startswith("The server does not offer STARTTLS")


@pytest.mark.row("IM3")
def test_a_server_that_skips_the_login_in_clear_is_not_believed(world, fake_imap):
    server = fake_imap(fakes.plain, greeting=b"* PREAUTH welcome\r\n")
    fetched = Mailbox(contact=world.service, imap_host="localhost", imap_port=server.port, imap_security="starttls")
    fetched.save()
    assert fetch_once(fetched.pk)
    assert not any(b"SELECT" in line for line in server.heard)


@pytest.mark.row("IM2")
def test_clear_text_is_for_this_machine_only(world):
    away = Mailbox(contact=world.service, imap_host="192.0.2.1", imap_port=143, imap_security="none")
    away.save()
    assert fetch_once(away.pk) == "Without TLS only servers on this machine are allowed. Choose TLS or STARTTLS."


@pytest.mark.row("IM4")
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_self_signed_certificate_is_refused_until_it_is_pinned(world, dovecot, security):
    account = dovecot.account()
    fetched = mailbox(account, world.service, imap_security=security, fingerprint="")
    account.append(raw())
    assert "certificate was not accepted" in fetch_once(fetched.pk)
    tested = probe.imap(fetched, dovecots.PASSWORD)
    assert (tested.ok, tested.fingerprint) == (False, dovecot.certificate.sha256)
    pairs = tested.fingerprint.upper()
    fetched.fingerprint = ":".join(pairs[i : i + 2] for i in range(0, 64, 2))
    fetched.save()
    assert fetch_once(fetched.pk) == ""
    assert Thread.objects.count() == 1


@pytest.mark.row("IM4")
def test_a_changed_certificate_is_refused_again(world, dovecot):
    account = dovecot.account()
    with dovecots.running() as other:
        fetched = mailbox(account, world.service, imap_port=other.imaps)
        trouble = fetch_once(fetched.pk)
    assert "another certificate than the pinned one" in trouble
    assert other.certificate.sha256 in trouble
    fetched.refresh_from_db()
    assert fetched.last_error == trouble


@pytest.mark.row("IM4")
def test_an_own_authority_vouches_for_its_servers_and_for_no_others(world, dovecot):
    with dovecots.running(signed=True) as server:
        account = server.account()
        fetched = mailbox(account, world.service, fingerprint="", ca_pem=server.certificate.ca_pem)
        account.append(raw())
        assert fetch_once(fetched.pk) == ""
        fetched.imap_port = dovecot.imaps
        fetched.save()
        assert "certificate was not accepted" in fetch_once(fetched.pk)


def test_an_authority_that_is_no_certificate_is_a_sentence(world, dovecot):
    fetched = mailbox(dovecot.account(), world.service, fingerprint="", ca_pem="not a certificate")
    assert "is not a PEM certificate" in fetch_once(fetched.pk)


@pytest.mark.row("IM22")
def test_a_wrong_password_shows_the_servers_own_words_and_others_go_on(world, dovecot):
    wrong, right = dovecot.account(), dovecot.account()
    bad = mailbox(wrong, world.service, password="wrong")
    good = mailbox(right, world.service)
    right.append(raw())
    assert fetch_once(bad.pk) == "[AUTHENTICATIONFAILED] Authentication failed."
    assert fetch_once(good.pk) == ""
    bad.refresh_from_db()
    assert bad.last_error == "[AUTHENTICATIONFAILED] Authentication failed."
    assert Thread.objects.count() == 1
    bad.set_password(dovecots.PASSWORD)
    bad.save()
    fetch_once(bad.pk)
    bad.refresh_from_db()
    assert bad.last_error == ""


def test_a_password_outside_ascii_signs_in(world):
    with dovecots.running(password="contraseña") as server:
        fetched = mailbox(server.account(), world.service, password="contraseña")
        assert fetch_once(fetched.pk) == ""
        fetched.set_password("contrasena")
        fetched.save()
        assert "AUTHENTICATIONFAILED" in fetch_once(fetched.pk)


def test_a_server_that_takes_no_passwords_in_clear_gets_none(world, fake_imap):
    server = fake_imap(lambda tag, command: fakes.plain(tag, command, capabilities="IMAP4rev1 LOGINDISABLED"))
    fetched = Mailbox(contact=world.service, imap_host="127.0.0.1", imap_port=server.port, imap_security="none")
    fetched.save()
    assert "takes no passwords" in fetch_once(fetched.pk)
    assert not any(b"LOGIN" in line.split()[1:2] for line in server.heard)


def test_a_silent_port_is_a_sentence(world):
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    gone = Mailbox(contact=world.service, imap_host="127.0.0.1", imap_port=port)
    gone.save()
    assert fetch_once(gone.pk) == "The server refused the connection: nothing listens at this port."


@pytest.mark.row("IM25")
def test_the_connection_test_lists_folders_and_counts(world, dovecot):
    account = dovecot.account()
    tested = mailbox(account, world.service, move_to="Done")
    account.append(raw())
    account.append(raw())
    found = probe.imap(tested, dovecots.PASSWORD)
    assert found.ok, found.steps
    assert ("INBOX", 2) in found.folders
    assert ("Shop/Orders", 0) in found.folders
    assert account.flags() == [set(), set()]


@pytest.mark.row("IM25")
def test_the_connection_test_keeps_the_servers_exact_refusal(world, dovecot):
    tested = mailbox(dovecot.account(), world.service)
    found = probe.imap(tested, "wrong")
    assert (found.ok, found.server_words) == (False, "[AUTHENTICATIONFAILED] Authentication failed.")
    assert [ok for _, ok, _ in found.steps] == [True, False]
    tested.folder = "Nowhere"
    found = probe.imap(tested, dovecots.PASSWORD)
    assert "Nowhere" in found.server_words


@pytest.mark.row("IM25")
def test_the_connection_test_of_smtp_signs_in_and_sends_nothing(world, tmp_path):
    certificate = tls.make(tmp_path, "smtp")
    sink = Sink(users={"shop": "right"})
    sink.start(tls_context=server_context(certificate), require_starttls=True, authenticator=sink.authenticate)
    tested = Mailbox(
        contact=world.service, smtp_host="localhost", smtp_port=sink.port, username="shop", smtp_security="starttls"
    )
    try:
        unknown = probe.smtp(tested, "right")
        assert (unknown.ok, unknown.fingerprint) == (False, certificate.sha256)
        tested.fingerprint = certificate.sha256
        assert probe.smtp(tested, "right").ok
        assert probe.smtp(tested, "wrong").server_words == "535 5.7.8 Wrong, says the sink"
    finally:
        sink.stop()
    assert sink.accepted == []
