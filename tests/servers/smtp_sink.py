"""An SMTP server that keeps what it accepts and says no as told: fixture `smtp_sink`."""

import base64
import email
import email.policy
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers import tls
from tests.servers.dovecot import free_port


@dataclass
class Accepted:
    """One mail as it was accepted."""

    sender: str
    recipients: list[str]
    raw: bytes
    tls: bool

    @property
    def message(self) -> EmailMessage:
        """Parsed."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)  # type: ignore[return-value]


@dataclass
class Sink:
    """What it accepted, and what it answers instead of 250."""

    accepted: list[Accepted] = field(default_factory=list)
    on_mail: str = ""
    on_rcpt: dict[str, str] = field(default_factory=dict)  # by address; "*" is every address
    on_data: str = ""
    refuses_plus: str = ""  # "on_mail" or "on_data": there, whoever writes from a plus-address
    cut_at: str = ""  # "mail", "rcpt", "data" or "accepted": drop the connection there
    users: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)  # XOAUTH2: token -> account
    controller: Controller | None = None
    port: int = 0

    def start(self, port: int = 0, **options: object) -> "Sink":
        """Listen; at the same port as before if told so."""
        self.port = port or free_port()
        self.controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            server_hostname="sink.test",
            **options,  # type: ignore[arg-type]
        )
        self.controller.start()
        return self

    def stop(self) -> None:
        """Do not listen any more."""
        if self.controller is not None:
            self.controller.stop(no_assert=True)
            self.controller = None

    def clear(self) -> None:
        """Forget all, and accept everything."""
        self.accepted.clear()
        self.on_rcpt.clear()
        self.on_mail = self.on_data = self.cut_at = ""

    # -- aiosmtpd calls these -----------------------------------------------------------------

    def _cut(self, server: SMTP, at: str) -> bool:
        if self.cut_at == at:
            server.transport.close()
        return self.cut_at == at

    def _of_plus(self, where: str, address: str) -> str:
        is_refused = self.refuses_plus == where and "+" in address
        return "550 5.7.60 Not allowed to send as this sender" if is_refused else ""

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]):
        if self._cut(server, "mail"):
            return "421 bye"
        if said := self.on_mail or self._of_plus("on_mail", address):
            return said
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]):
        if self._cut(server, "rcpt"):
            return "421 bye"
        if said := self.on_rcpt.get(address) or self.on_rcpt.get("*"):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope):
        if self._cut(server, "data"):
            return "421 bye"
        if said := self.on_data or self._of_plus("on_data", envelope.mail_from or ""):
            return said
        self.accepted.append(
            Accepted(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.original_content, bool(session.ssl))
        )
        self._cut(server, "accepted")
        return "250 accepted"

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]):
        """A token in place of a password; a refusal is a challenge first, as Google and Microsoft do it."""
        said = base64.b64decode(args[1]).decode() if len(args) > 1 else ""
        user, _, token = said.removeprefix("user=").rstrip("\x01").partition("\x01auth=Bearer ")
        if user and self.tokens.get(token) == user:
            return AuthResult(success=True, auth_data=user)
        await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False, message="535 5.7.8 Token not accepted, says the sink")

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword):
        """Whether user and password fit."""
        known = self.users.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=known, handled=known, message=None if known else "535 5.7.8 Wrong, says the sink")


@pytest.fixture
def smtp_sink() -> Iterator[Sink]:
    """A sink without TLS, which asks for no password."""
    sink = Sink().start()
    yield sink
    sink.stop()


def server_context(certificate: tls.Certificate) -> ssl.SSLContext:
    """TLS for a server."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.cert, certificate.key)
    return context
