"""A scripted IMAP server, for what Dovecot never does: no STARTTLS, races, cuts in the middle of an answer."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mailgateway.models import Mailbox

Answer = Callable[[str, bytes], bytes | None]  # tag and command in, bytes out; None cuts the connection


class FakeImap:
    """Answers each line with what the script says, and keeps what it heard."""

    def __init__(self, answer: Answer, greeting: bytes = b"* OK ready\r\n") -> None:
        self.answer, self.greeting, self.heard = answer, greeting, []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(sock,), daemon=True).start()

    def _talk(self, sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            sock.sendall(self.greeting)
            for line in sock.makefile("rb"):
                self.heard.append(line.strip())
                tag, _, command = line.strip().partition(b" ")
                said = self.answer(tag.decode(), command)
                if said is None:
                    sock.shutdown(socket.SHUT_RDWR)
                    return
                sock.sendall(said)

    def close(self) -> None:
        """Listen no more."""
        self.listening.close()


def plain(tag: str, command: bytes, *, capabilities: str = "IMAP4rev1") -> bytes:
    """Says yes to everything, with an empty INBOX."""
    word = command.split()[0].upper() if command.split() else b""
    more = {
        b"CAPABILITY": f"* CAPABILITY {capabilities}\r\n".encode(),
        b"SELECT": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n",
        b"UID": b"* SEARCH\r\n" if b"SEARCH" in command.upper() else b"",
    }
    return more.get(word, b"") + f"{tag} OK done\r\n".encode()


class Box:
    """A folder of mails for a FakeImap, by UID; None is one that the server cannot hand out.

    `refuses` are beginnings of commands, such as "UID STORE", that it answers with NO; `cuts` of those at which it
    hangs up, each once.
    """

    def __init__(self, mails: dict[int, bytes | None], *, capabilities: str = "IMAP4rev1 UIDPLUS") -> None:
        self.mails, self.capabilities, self.uidvalidity = mails, capabilities, 7
        self.refuses: list[str] = []
        self.cuts: list[str] = []
        self.copies: list[int] = []
        self.asked: list[str] = []

    def answer(self, tag: str, command: bytes) -> bytes | None:
        """What a server says."""
        said = command.decode()
        self.asked.append(said)
        if cut := next((one for one in self.cuts if said.startswith(one)), ""):
            self.cuts.remove(cut)
            return None
        if any(said.startswith(one) for one in self.refuses):
            return f"{tag} NO [NOPERM] not allowed here\r\n".encode()
        words = said.split()
        name = "_".join(words[: 1 + (words[0] == "UID")]).lower()
        found = getattr(self, f"_{name}", lambda *_: b"")(*words[2:])
        return (
            f"{tag} NO [SERVERBUG] the disk is broken\r\n".encode()
            if found is None
            else found + (f"{tag} OK done\r\n".encode())
        )

    def _capability(self, *_: str) -> bytes:
        return f"* CAPABILITY {self.capabilities}\r\n".encode()

    def _select(self, *_: str) -> bytes:
        return f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.uidvalidity}] ok\r\n".encode()

    def _uid_search(self, *words: str) -> bytes:
        first = int(words[-1].partition(":")[0])
        found = sorted({uid for uid in self.mails if uid >= first} | set(sorted(self.mails)[-1:]))
        return f"* SEARCH {' '.join(map(str, found))}\r\n".encode()

    def _uid_fetch(self, uid: str, *what: str) -> bytes | None:
        if int(uid) not in self.mails:
            return b""
        mail = self.mails[int(uid)]
        if "RFC822.SIZE" in what[0]:
            return f"* {uid} FETCH (UID {uid} RFC822.SIZE 300)\r\n".encode()
        if mail is None:
            return None
        return f"* {uid} FETCH (UID {uid} BODY[] {{{len(mail)}}}\r\n".encode() + mail + b")\r\n"

    def _uid_copy(self, uids: str, *_: str) -> bytes:
        self.copies += map(int, uids.split(","))
        return b""

    def _uid_expunge(self, uids: str) -> bytes:
        for uid in uids.split(","):
            self.mails.pop(int(uid), None)
        return b""


def mailbox_on(server: FakeImap, contact: Any, **fields: Any) -> Mailbox:
    """A mailbox row for a scripted server."""
    made = Mailbox(contact=contact, imap_host="127.0.0.1", imap_port=server.port, imap_security="none", **fields)
    made.set_password("x")
    made.save()
    return made


@pytest.fixture
def fake_imap() -> Iterator[Callable[..., FakeImap]]:
    """fake_imap(answer) starts one; all are closed at the end."""
    made: list[FakeImap] = []

    def start(answer: Answer = plain, **options: bytes) -> FakeImap:
        made.append(FakeImap(answer, **options))
        return made[-1]

    yield start
    for one in made:
        one.close()
