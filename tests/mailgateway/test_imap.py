"""Fetching from a real Dovecot: what is taken, once, and what happens to the server's copy."""

import contextlib

import pytest

from helpdesk import faults
from helpdesk.models import Message, Thread
from mailgateway import imap, rawmail
from mailgateway.models import Incoming, IncomingState, Mailbox
from mailgateway.visit import Visit, fetch_once
from tests import make
from tests.servers.mails import mailbox, raw

pytestmark = [pytest.mark.django_db, pytest.mark.imap]


@pytest.mark.row("IM1")
def test_two_mailboxes_feed_two_contacts(world, dovecot):
    service, accounting = dovecot.account(), dovecot.account()
    for account, contact in ((service, world.service), (accounting, world.accounting)):
        fetched = mailbox(account, contact)
        account.deliver(raw(To=f"{account.name}@elsewhere.test"))
        assert fetch_once(fetched.pk) == ""
    assert [one.contact for one in Thread.objects.order_by("pk")] == [world.service, world.accounting]


@pytest.mark.row("IM15")
def test_a_mail_goes_to_the_contact_whose_address_it_names(world, dovecot):
    account = dovecot.account()
    fetched = mailbox(account, world.service)
    account.append(raw(To="Accounting@shop.test"))
    account.append(raw(To="undisclosed@elsewhere.test"))
    fetch_once(fetched.pk)
    assert [one.contact for one in Thread.objects.order_by("pk")] == [world.accounting, world.service]


@pytest.mark.row("IM7")
def test_mail_in_a_chosen_sub_folder_is_imported(world, dovecot):
    account = dovecot.account()
    fetched = mailbox(account, world.service, folder="Shop/Orders")
    account.append(raw("in the folder"), "Shop/Orders")
    account.append(raw("in the inbox"))
    fetch_once(fetched.pk)
    assert [one.text for one in Message.objects.all()] == ["in the folder"]


@pytest.mark.row("IM21")
@pytest.mark.parametrize(
    ("afterwards", "inbox", "done"),
    [("keep", [set()], 0), ("seen", [{"\\Seen"}], 0), ("move", [], 1), ("delete", [], 0)],
)
def test_the_servers_copy_is_left_marked_moved_or_deleted(world, dovecot, afterwards, inbox, done):
    account = dovecot.account()
    fetched = mailbox(account, world.service, afterwards=afterwards, move_to="Done")
    account.append(raw())
    fetch_once(fetched.pk)
    assert (account.flags(), account.count("Done")) == (inbox, done)
    assert Incoming.objects.get().acknowledged_at


@pytest.mark.row("IM21")
@pytest.mark.parametrize("afterwards", ["seen", "delete", "move"])
def test_mail_that_others_marked_as_deleted_stays(world, dovecot, afterwards):
    account = dovecot.account()
    fetched = mailbox(account, world.service, afterwards="keep", move_to="Done")
    account.append(raw("not ours to remove"))
    fetch_once(fetched.pk)
    account.mark_deleted("1")
    Mailbox.objects.update(afterwards=afterwards)
    account.append(raw("new"))
    fetch_once(fetched.pk)
    assert account.flags()[0] == {"\\Deleted"}
    assert Message.objects.count() == 2


@pytest.mark.row("IM21")
def test_without_the_move_command_the_copy_still_moves(world, dovecot):
    account = dovecot.account()
    fetched = mailbox(account, world.service, afterwards="move", move_to="Done")
    account.append(raw())
    visit = Visit(fetched.pk)
    visit.lease()
    visit.open()
    visit.opened.client.capabilities = tuple(one for one in visit.opened.client.capabilities if one != "MOVE")
    for uid in visit.todo():
        visit.take(uid)
    visit.tidy()
    visit.close()
    assert (account.count(), account.count("Done")) == (0, 1)


@pytest.mark.row("IM21")
def test_a_missing_folder_is_shown_and_the_mail_is_imported_all_the_same(world, dovecot):
    account = dovecot.account()
    fetched = mailbox(account, world.service, afterwards="move", move_to="Nowhere")
    account.append(raw())
    trouble = fetch_once(fetched.pk)
    fetched.refresh_from_db()
    assert "Nowhere" in trouble
    assert fetched.last_error == trouble
    assert (Thread.objects.count(), account.count()) == (1, 1)
    Mailbox.objects.update(move_to="Done")
    assert fetch_once(fetched.pk) == ""
    assert (Thread.objects.count(), account.count(), account.count("Done")) == (1, 0, 1)


@pytest.mark.row("IM9")
def test_the_second_look_fetches_only_what_is_new(world, dovecot):
    account = dovecot.account()
    fetched = mailbox(account, world.service, afterwards="keep")
    for n in range(30):
        account.append(raw(f"old {n}"))
    fetch_once(fetched.pk)
    account.append(raw("new"))
    visit = Visit(fetched.pk)
    visit.lease()
    visit.open()
    assert visit.todo() == [31]
    visit.take(31)
    assert visit.todo() == []
    visit.close()
    assert Message.objects.count() == 31


@pytest.mark.row("IM9")
def test_freescout_3406_and_2416_mail_that_a_phone_has_read_is_imported_too(world, dovecot):
    account = dovecot.account()
    fetched = mailbox(account, world.service)
    account.append(raw())
    client = account.client()
    client.uid("STORE", "1", "+FLAGS", r"(\Seen)")
    client.logout()
    fetch_once(fetched.pk)
    assert Thread.objects.count() == 1


@pytest.mark.row("IM10")
def test_the_same_mail_delivered_twice_is_one_message(world, dovecot):
    account = dovecot.account()
    fetched = mailbox(account, world.service)
    same = raw()
    account.append(same)
    account.append(same)
    account.append(b"Received: from relay.test by shop.test; Tue, 24 Nov 2026 10:00:00 +0000\r\n" + same)
    fetch_once(fetched.pk)
    assert Message.objects.count() == 1
    assert [row.outcome for row in Incoming.objects.order_by("pk")] == ["created", "duplicate", "duplicate"]


@pytest.mark.row("IM10")
def test_paperless_8944_after_a_new_uidvalidity_nothing_is_lost_or_doubled(world, dovecot):
    account = dovecot.account()
    fetched = mailbox(account, world.service, afterwards="keep")
    for n in range(3):
        account.append(raw(f"before {n}"))
    fetch_once(fetched.pk)
    account.renumber()
    account.append(raw("after"))
    fetch_once(fetched.pk)
    assert sorted(one.text for one in Message.objects.all()) == ["after", "before 0", "before 1", "before 2"]
    assert len({row.uidvalidity for row in Incoming.objects.all()}) == 2


@pytest.mark.row("IM10")
def test_another_folder_with_the_same_numbers_is_read_from_its_beginning(world, dovecot):
    account = dovecot.account()
    fetched = mailbox(account, world.service)
    account.append(raw("one"))
    account.append(raw("other"), "Shop/Orders")
    fetch_once(fetched.pk)
    fetched.refresh_from_db()
    fetched.folder = "Shop/Orders"
    fetched.save()
    visit = Visit(fetched.pk)
    visit.lease()
    visit.open()
    # The worst case: a server that gives every folder the same UIDVALIDITY.
    visit.mailbox.begin_epoch(visit.mailbox.place, fetched.uidvalidity)
    for uid in visit.todo():
        visit.take(uid)
    visit.close()
    assert sorted(one.text for one in Message.objects.all()) == ["one", "other"]


@pytest.mark.row("IM21")
def test_a_mail_is_byte_for_byte_what_the_server_has(world, dovecot):
    account = dovecot.account()
    fetched = mailbox(account, world.service)
    sent = raw() + b"8-bit \xe9\xff\r\n.\r\n\r\n\ttrailing blanks   \r\nno newline at the end"
    account.append(sent)
    fetch_once(fetched.pk)
    assert rawmail.load(Incoming.objects.get().raw_path) == sent


@pytest.mark.row("IM21")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("point", "stored"), [("06 row written", []), ("11 before reading", [IncomingState.STORED])])
def test_a_crash_before_or_after_the_commit_leaves_the_mail_and_it_comes_once(dovecot, monkeypatch, point, stored):
    account, contact = dovecot.account(), make.contact()
    fetched = mailbox(account, contact, afterwards="delete")
    account.append(raw())

    def hook(reached: str) -> None:
        if reached == point:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
        patch.setattr(faults, "hook", hook)
        fetch_once(fetched.pk)
    states = list(Incoming.objects.values_list("state", flat=True))
    assert (states, Thread.objects.count(), account.count()) == (stored, 0, 1)
    fetch_once(fetched.pk)
    fetch_once(fetched.pk)
    assert (Incoming.objects.get().state, Thread.objects.count(), account.count()) == (IncomingState.DONE, 1, 0)


@pytest.mark.row("IM22")
def test_an_empty_mailbox_is_no_error(world, dovecot):
    fetched = mailbox(dovecot.account(), world.service)
    assert fetch_once(fetched.pk) == ""
    fetched.refresh_from_db()
    assert fetched.last_success_at
    assert not fetched.last_error


def test_of_a_mail_over_the_limit_only_the_beginning_is_fetched(world, dovecot, settings):
    settings.MAIL_LIMIT_BYTES = 100_000
    account = dovecot.account()
    fetched = mailbox(account, world.service, afterwards="delete")
    account.append(raw("x" * 60 + "\r\n" + ("y" * 70 + "\r\n") * 3000))
    account.append(raw("small"))
    fetch_once(fetched.pk)
    large, small = Incoming.objects.order_by("pk")
    assert (large.is_whole, large.size > 200_000, small.is_whole) == (False, True, True)
    assert len(rawmail.load(large.raw_path)) < 70_000
    assert (large.message.reason, large.message.text[:60]) == ("too-large", "x" * 60)
    assert account.count() == 1, "the only whole copy stays on the server"


def test_zammad_2754_a_mail_the_server_withholds_does_not_stop_the_next(world, fake_imap):
    mails = {"1": None, "2": raw("second")}

    def answer(tag: str, command: bytes) -> bytes:
        words = command.decode().split()
        done = f"{tag} OK done\r\n".encode()
        if words[0] == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n" + done
        if words[0] == "SELECT":
            return b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n" + done
        if words[:2] == ["UID", "SEARCH"]:
            return b"* SEARCH 1 2\r\n" + done
        if words[:2] == ["UID", "FETCH"] and "SIZE" in command.decode():
            return f"* {words[2]} FETCH (UID {words[2]} RFC822.SIZE 300)\r\n".encode() + done
        if words[:2] == ["UID", "FETCH"]:
            content = mails[words[2]]
            if content is None:
                return f"{tag} NO [SERVERBUG] the disk is broken here\r\n".encode()
            head = f"* {words[2]} FETCH (UID {words[2]} BODY[] {{{len(content)}}}\r\n".encode()
            return head + content + b")\r\n" + done
        return done

    server = fake_imap(answer)
    fetched = Mailbox(contact=world.service, imap_host="127.0.0.1", imap_port=server.port, imap_security="none")
    fetched.set_password("x")
    fetched.save()
    fetch_once(fetched.pk)
    broken, taken = Incoming.objects.order_by("uid")
    assert (broken.state, broken.reason, "disk is broken" in broken.error) == ("failed", "not-fetched", True)
    assert taken.message.text == "second"
    mails["1"] = raw("first, at last")
    fetch_once(fetched.pk)
    broken.refresh_from_db()
    assert (broken.state, broken.message.text, Message.objects.count()) == ("done", "first, at last", 2)


@pytest.mark.parametrize("cut", [0, 1, 150])
def test_a_connection_cut_within_a_mail_stores_nothing(world, fake_imap, cut):
    content = raw()

    def answer(tag: str, command: bytes) -> bytes | None:
        done = f"{tag} OK done\r\n".encode()
        if b"SEARCH" in command:
            return b"* SEARCH 1\r\n" + done
        if b"SIZE" in command:
            return b"* 1 FETCH (UID 1 RFC822.SIZE 300)\r\n" + done
        if b"FETCH" in command:
            sock_says.append(f"* 1 FETCH (UID 1 BODY[] {{{len(content)}}}\r\n".encode() + content[:cut])
            return sock_says[-1] + b""
        if command.startswith(b"CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n" + done
        return (b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n" if command.startswith(b"SELECT") else b"") + done

    sock_says: list[bytes] = []
    server = fake_imap(answer)
    fetched = Mailbox(contact=world.service, imap_host="127.0.0.1", imap_port=server.port, imap_security="none")
    fetched.set_password("x")
    fetched.save()
    folder = imap.Folder(fetched, timeout=0.3)  # the rest of the mail never comes
    with pytest.raises(imap.FAULTS):
        folder.fetch(1, limit=10_000)
    folder.drop()
    assert sock_says
    assert not Incoming.objects.exists()


def test_a_full_disk_takes_nothing_and_leaves_the_mail(world, dovecot, monkeypatch):
    account = dovecot.account()
    fetched = mailbox(account, world.service, afterwards="delete")
    account.append(raw())

    def full(raw: bytes) -> tuple[str, str]:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(rawmail, "store", full)
        assert fetch_once(fetched.pk) == "No space left on device"
    assert (Incoming.objects.count(), account.count()) == (0, 1)
    fetch_once(fetched.pk)
    assert (Thread.objects.count(), account.count()) == (1, 0)


def test_the_password_is_not_kept_in_clear(world, dovecot):
    fetched = mailbox(dovecot.account(), world.service, password="very secret")
    stored = Mailbox.objects.values_list("password_locked", flat=True).get()
    assert "very secret" not in stored
    assert fetched.password == "very secret"
    assert not {field.name for field in fetched.history.model._meta.fields} & {
        "password_locked",
        "smtp_password_locked",
    }
