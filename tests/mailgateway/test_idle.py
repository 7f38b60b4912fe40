"""IDLE and its races: a mail that comes just before, or just behind, the server's "+" is not slept over."""

import pytest

from mailgateway import idle, imap
from mailgateway.models import Mailbox
from tests.servers import fake_imap as fakes

pytestmark = pytest.mark.row("IM8")


def idling(during: bytes):
    """A server that says this to IDLE."""
    tags: list[str] = []

    def answer(tag: str, command: bytes) -> bytes:
        if command.upper().startswith(b"IDLE"):
            tags.append(tag)
            return during
        if tag == "DONE":
            return f"{tags[-1]} OK idle over\r\n".encode()
        return fakes.plain(tag, command, capabilities="IMAP4rev1 IDLE")

    return answer


def opened(server) -> imap.Folder:
    folder = imap.Folder(Mailbox(imap_host="127.0.0.1", imap_port=server.port, imap_security="none"), timeout=2)
    assert folder.new_uids(0) == []
    return folder


@pytest.mark.parametrize(
    ("said", "at_once"),
    [
        (b"+ idling\r\n", False),
        (b"* 5 EXISTS\r\n+ idling\r\n", True),
        (b"+ idling\r\n* 5 EXISTS\r\n", True),
        (b"* OK still here\r\n+ idling\r\n", False),
    ],
)
def test_a_mail_beside_the_plus_is_seen(fake_imap, said, at_once):
    folder = opened(fake_imap(idling(said)))
    assert folder.has_idle
    assert idle.begin(folder) is at_once
    idle.end(folder)
    assert folder.new_uids(0) == []
    folder.close()


def test_a_mail_announced_in_the_answer_to_another_command_is_seen(fake_imap):
    def answer(tag: str, command: bytes) -> bytes:
        if b"STORE" in command:
            return f"* 2 EXISTS\r\n{tag} OK stored\r\n".encode()
        return waiting(tag, command)

    waiting = idling(b"+ idling\r\n")
    folder = opened(fake_imap(answer))
    assert idle.begin(folder) is False
    idle.end(folder)
    folder.acknowledge([1])
    assert idle.begin(folder) is True
    idle.end(folder)
    assert folder.new_uids(0) == []
    assert idle.begin(folder) is False
    folder.drop()


def test_a_server_that_refuses_idle_says_so(fake_imap):
    def answer(tag: str, command: bytes) -> bytes:
        if command.upper().startswith(b"IDLE"):
            return f"{tag} NO not now\r\n".encode()
        return fakes.plain(tag, command, capabilities="IMAP4rev1 IDLE")

    folder = opened(fake_imap(answer))
    with pytest.raises(imap.Refused, match="not now"):
        idle.begin(folder)
    assert folder.new_uids(0) == []
    folder.drop()


def test_a_server_that_dies_in_idle_is_an_error_not_an_empty_mailbox(fake_imap):
    def answer(tag: str, command: bytes) -> bytes | None:
        if tag == "DONE":
            return None
        return idling(b"+ idling\r\n")(tag, command)

    folder = opened(fake_imap(answer))
    assert idle.begin(folder) is False
    with pytest.raises(imap.FAULTS):
        idle.end(folder)
    folder.drop()
