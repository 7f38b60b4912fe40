"""An SMTP server in a bad mood: it takes mail, puts off, refuses, and hangs up after it took one."""

import random
import threading
from collections import defaultdict
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.dovecot import free_port

REFUSED = "gone"  # addresses that begin so do not exist
LATER, CUT = 0.05, 0.03  # how often it puts off, and how often it hangs up after it took a mail


class Moody:
    """What it took, by Message-ID; the answers come from a seed."""

    def __init__(self, seed: int) -> None:
        self.random, self.lock = random.Random(seed), threading.Lock()
        self.taken: dict[str, int] = defaultdict(int)
        self.cuts = self.laters = self.refusals = 0
        self.controller: Controller | None = None

    def start(self) -> int:
        """Listen; the port."""
        port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=port, server_hostname="sink.test")
        self.controller.start()
        return port

    def stop(self) -> None:
        """Do not listen any more."""
        if self.controller is not None:
            self.controller.stop(no_assert=True)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]):
        """Some do not exist, and now and then nobody is at home."""
        if address.startswith(REFUSED):
            self.refusals += 1
            return "550 5.1.1 no such user"
        if self.random.random() < LATER:
            self.laters += 1
            return "451 4.2.1 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope):
        """Taken; now and then without a word."""
        if self.random.random() < LATER:
            self.laters += 1
            return "452 4.3.1 disk full"
        with self.lock:
            self.taken[message_from_bytes(envelope.original_content or b"")["Message-ID"]] += 1
        if self.random.random() < CUT:
            self.cuts += 1
            server.transport.close()
        return "250 accepted"
