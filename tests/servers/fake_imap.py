"""A scripted IMAP server, for what Dovecot never does: no STARTTLS, races, cuts in the middle of an answer."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

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
            with sock:
                self._talk(sock)

    def _talk(self, sock: socket.socket) -> None:
        try:
            sock.sendall(self.greeting)
            for line in sock.makefile("rb"):
                self.heard.append(line.strip())
                tag, _, command = line.strip().partition(b" ")
                said = self.answer(tag.decode(), command)
                if said is None:
                    return
                sock.sendall(said)
        except OSError:
            return

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
