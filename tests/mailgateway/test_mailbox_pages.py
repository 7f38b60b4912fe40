"""The form of a mailbox, its test button and its health, against a server that says no."""

import contextlib
import socket
import threading

import pytest
from django.test import Client

from helpdesk.models import Contact
from mailgateway.models import Mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(world):
    client = Client()
    client.force_login(world.alice, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def imap_port():
    """An IMAP server with three folders that knows one password: "right"."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_serve, args=(listener,), daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


def _serve(listener):
    with contextlib.suppress(OSError):
        while True:
            _talk(listener.accept()[0])


def _talk(connection):
    stream = connection.makefile("rwb", buffering=0)
    stream.write(b"* OK ready\r\n")
    for line in stream:
        tag, command, *rest = line.decode().split()
        for answer in _answers(command.upper(), " ".join(rest)):
            stream.write(answer.replace("TAG", tag).encode() + b"\r\n")
        if command.upper() == "LOGOUT":
            break
    connection.close()


def _answers(command, rest):
    if command == "CAPABILITY":
        return ["* CAPABILITY IMAP4rev1", "TAG OK done"]
    if command == "LOGIN":
        return ["TAG OK in"] if "right" in rest else ["TAG NO [AUTHENTICATIONFAILED] Not with that key"]
    if command == "LIST":
        return [*(f'* LIST (\\HasNoChildren) "/" "{name}"' for name in ("INBOX", "Done", "Spam")), "TAG OK done"]
    if command == "STATUS":
        name = rest.split('"')[1] if '"' in rest else rest.split()[0]
        return [f'* STATUS "{name}" (MESSAGES 7)', "TAG OK done"]
    if command in {"SELECT", "EXAMINE"}:
        return ["* 7 EXISTS", "* OK [UIDVALIDITY 1] ok", "TAG OK [READ-ONLY] done"]
    if command == "LOGOUT":
        return ["* BYE", "TAG OK done"]
    return ["TAG OK done"]


def fields(port=993, **changes):
    given = {"name": "Service box", "contact": Contact.objects.get(slug="service").pk, "is_active": "on"}
    given |= {"imap_host": "127.0.0.1", "imap_port": port, "imap_security": "none", "username": "service"}
    given |= {"password": "right", "folder": "INBOX", "afterwards": "seen"}
    return {**given, "smtp_host": "", "smtp_port": "", "smtp_security": "starttls", **changes}


@pytest.mark.row("IM1")
def test_a_password_goes_in_encrypted_and_never_comes_out(alice):
    alice.post("/settings/mailboxes/new/", fields(password="s3cret-word", smtp_password="other-word"))
    mailbox = Mailbox.objects.get()
    assert (mailbox.password, mailbox.smtp_password) == ("s3cret-word", "other-word")
    assert "s3cret-word" not in mailbox.password_locked
    for path in (f"/settings/mailboxes/{mailbox.pk}/", "/settings/mailboxes/"):
        page = alice.get(path).content.decode()
        assert "s3cret-word" not in page
        assert "other-word" not in page
        assert mailbox.password_locked not in page
    alice.post(f"/settings/mailboxes/{mailbox.pk}/", fields(password="", name="Renamed"))
    mailbox.refresh_from_db()
    assert (mailbox.name, mailbox.password) == ("Renamed", "s3cret-word")


@pytest.mark.row("IM1")
def test_a_stored_password_is_not_given_to_another_server(alice):
    alice.post("/settings/mailboxes/new/", fields())
    mailbox = Mailbox.objects.get()
    path = f"/settings/mailboxes/{mailbox.pk}/"
    page = alice.post(path, fields(password="", imap_host="localhost"))
    assert "enter the password again" in page.content.decode()
    page = alice.post(path + "test/", fields(password="", smtp_host="localhost"))
    assert "enter the password again" in page.content.decode()
    assert alice.post(path, fields(imap_host="localhost")).status_code == 302


def test_a_mailbox_may_take_answers_only(alice):
    alice.post("/settings/mailboxes/new/", fields(creates_threads="on"))
    mailbox = Mailbox.objects.get()
    assert mailbox.creates_threads
    page = alice.get(f"/settings/mailboxes/{mailbox.pk}/").content.decode()
    assert "Off: only answers are taken" in page
    alice.post(f"/settings/mailboxes/{mailbox.pk}/", fields(password=""))
    mailbox.refresh_from_db()
    assert not mailbox.creates_threads


def test_two_mailboxes_feed_two_contacts(alice, world):
    alice.post("/settings/mailboxes/new/", fields())
    alice.post("/settings/mailboxes/new/", fields(name="Bills", contact=world.accounting.pk))
    assert [box.contact for box in Mailbox.objects.order_by("pk")] == [world.service, world.accounting]


@pytest.mark.row("IM2")
@pytest.mark.row("IM3")
@pytest.mark.parametrize("kind", ["imap", "smtp"])
def test_no_clear_text_but_on_this_machine(alice, kind):
    changes = {"smtp_host": "localhost", "smtp_port": 25, "smtp_security": "none", f"{kind}_host": "mail.shop.test"}
    page = alice.post("/settings/mailboxes/new/", fields(**changes))
    assert page.status_code == 200
    assert "could be read on the way" in page.content.decode()
    assert "mail.shop.test" in page.content.decode()
    assert not Mailbox.objects.exists()


@pytest.mark.row("IM4")
def test_a_pinned_certificate_is_64_digits_and_excludes_an_authority(alice):
    assert "has 64 digits" in alice.post("/settings/mailboxes/new/", fields(fingerprint="AB:CD")).content.decode()
    for words in ("hello", "un año", "١٢٣"):
        page = alice.post("/settings/mailboxes/new/", fields(ca_pem=words))
        assert "no certificate in PEM form" in page.content.decode()
    alice.post("/settings/mailboxes/new/", fields(fingerprint="SHA256: " + ":".join(["AB"] * 32)))
    assert Mailbox.objects.get().fingerprint == "ab" * 32


@pytest.mark.row("IM5")
def test_the_form_says_that_no_program_is_started_to_sign_in(alice):
    assert "norsh" in alice.get("/settings/mailboxes/new/").content.decode()


@pytest.mark.row("IM21")
@pytest.mark.row("IM7")
def test_folder_and_what_happens_afterwards_fit_together(alice):
    page = alice.post("/settings/mailboxes/new/", fields(afterwards="move")).content.decode()
    assert "Name the folder that the mail is moved to" in page
    page = alice.post("/settings/mailboxes/new/", fields(afterwards="move", folder="A", move_to="A")).content.decode()
    assert "Name another one" in page
    alice.post("/settings/mailboxes/new/", fields(afterwards="delete", move_to="Done", folder="Shop/Orders"))
    mailbox = Mailbox.objects.get()
    assert (mailbox.afterwards, mailbox.move_to, mailbox.folder) == ("delete", "", "Shop/Orders")


@pytest.mark.row("IM25")
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_the_test_lists_folders_with_counts_and_saves_nothing(alice, imap_port, headers):
    page = alice.post("/settings/mailboxes/test/", fields(imap_port), headers=headers).content.decode()
    for folder in ("INBOX", "Done", "Spam"):
        assert f"<b>{folder}</b>" in page
    assert "7 mails" in page
    assert ("<!doctype" in page) == (not headers)
    assert not Mailbox.objects.exists()


@pytest.mark.row("IM25")
def test_the_test_shows_the_servers_own_words(alice, imap_port):
    page = alice.post("/settings/mailboxes/test/", fields(imap_port, password="wrong")).content.decode()
    assert "Not with that key" in page
    assert 'value="Service box"' in page
    assert "wrong" not in page.replace("wrongly", "")


@pytest.mark.row("IM22")
def test_health_shows_the_reason_and_trying_again_asks_the_server(alice, world, imap_port, heard):
    alice.post("/settings/mailboxes/new/", fields(imap_port, password="wrong"))
    alice.post("/settings/mailboxes/new/", fields(imap_port, name="Good"))
    bad, good = Mailbox.objects.order_by("pk")
    page = alice.post(f"/settings/mailboxes/{bad.pk}/fetch/", follow=True).content.decode()
    assert "Not with that key" in page
    assert "Does not receive" in page
    assert "Needs attention" in page
    heard.listen(f"mailbox-{good.pk}")
    alice.post(f"/settings/mailboxes/{good.pk}/fetch/")
    good.refresh_from_db()
    assert (good.last_error, good.last_success_at is None) == ("", False)
    assert heard(f"mailbox-{good.pk}", "fetch")
    bad.set_password("right")
    bad.save()
    alice.post(f"/settings/mailboxes/{bad.pk}/fetch/")
    assert "Needs attention" not in alice.get("/settings/mailboxes/").content.decode()


def test_a_paused_mailbox_says_so(alice):
    alice.post("/settings/mailboxes/new/", fields())
    mailbox = Mailbox.objects.get()
    alice.post(f"/settings/mailboxes/{mailbox.pk}/pause/", {"to": "off"})
    assert "Paused" in alice.get("/settings/mailboxes/").content.decode()
    assert not Mailbox.objects.active().exists()
    alice.post(f"/settings/mailboxes/{mailbox.pk}/pause/", {"to": "on"})
    assert Mailbox.objects.active().exists()


def test_an_empty_desk_is_told_what_to_do(alice):
    assert "Connect a mailbox and mail will arrive here." in alice.get("/settings/mailboxes/").content.decode()
