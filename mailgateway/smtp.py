"""SMTP: hand one mail to a mailbox's server, and tell for good refusals from passing troubles."""

import contextlib
import re
import smtplib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from helpdesk import faults
from helpdesk.mail import OutboundMail
from mailgateway import compose, providers, tls
from mailgateway.lanes import Hangups
from mailgateway.models import Mailbox, Security
from mailgateway.tls import Refused

CONNECT_TIMEOUT = 10.0
ANSWER_TIMEOUT = 60.0
WANTS_SIGN_IN = (530, 534, 535, 538)  # the mailbox is set up wrongly; nothing is wrong with the mail
OK, FORWARDED, GO_ON, PERMANENT = 250, 251, 354, 500
DOT = re.compile(rb"^\.", re.MULTILINE)
FAULTS = (Refused, smtplib.SMTPException, OSError, ValueError)


class NotSent(Exception):
    """The mail was not taken. `permanent`: another try would end the same way. `of_server`: the mailbox is at fault."""

    def __init__(self, words: str, *, permanent: bool, of_server: bool = False) -> None:
        super().__init__(words)
        self.permanent, self.of_server = permanent, of_server


class Unwelcome(NotSent):
    """The server wants nothing from this sender, or not this mail, whoever its readers are."""


class Unanswered(Exception):
    """The whole mail was handed over, and the server did not say whether it took it."""


class Late(Exception):
    """Somebody else has this mail by now: it was not ended, so the server has not taken it."""


@dataclass(frozen=True)
class Taken:
    """The server took the mail, but not for these addresses: for good, and for now, with its words."""

    refused: dict[str, str]
    later: dict[str, str]


def send(
    mailbox: Mailbox, mail: OutboundMail, *, before_end: Callable[[], bool], hangups: Hangups | None = None
) -> Taken:
    """Send one mail. `before_end` is asked when only its last line is missing, and may still stop it.

    Raises NotSent, Unanswered, or Late if `before_end` said no.
    """
    try:
        raw = compose.to_mime(mail)
        readers = mail.rest or tuple(one.address for one in (*mail.to, *mail.cc))
        recipients = {compose.ascii_domain(address): address for address in readers}
        senders = [compose.ascii_domain(one) for one in (mail.return_path, mail.sender.address) if one]
    except compose.Unsendable as error:
        raise NotSent(str(error), permanent=True) from error
    try:
        with connected(mailbox, hangups=hangups or Hangups()) as server:
            return _from_first_welcome(server, senders, recipients, raw, before_end)
    except FAULTS as error:
        raise NotSent(words(error), permanent=False, of_server=True) from error


@contextlib.contextmanager
def connected(
    mailbox: Mailbox, *, password: str | None = None, hangups: Hangups | None = None
) -> Iterator[smtplib.SMTP]:
    """A connection that is protected and signed in. Raises one of FAULTS; `words` says what to show."""
    server = _client(mailbox)
    if hangups:
        hangups.add(server)
    try:
        server.connect(mailbox.smtp_host, mailbox.smtp_port)
        if server.sock:  # the line that ends a mail is not to wait until the mail was acknowledged: 40 ms a mail
            server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _protect(server, mailbox)
        _sign_in(server, mailbox, mailbox.smtp_password if password is None else password)
        if server.sock:
            server.sock.settimeout(ANSWER_TIMEOUT)
        yield server
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()
        if hangups:
            hangups.discard(server)


def _client(mailbox: Mailbox) -> smtplib.SMTP:
    """An object that is not connected yet, so that it can be hung up while it waits for the greeting."""
    name = socket.gethostname() or "localhost"
    if mailbox.smtp_security == Security.TLS:
        context = tls.context_for(mailbox)
        server: smtplib.SMTP = smtplib.SMTP_SSL(local_hostname=name, timeout=CONNECT_TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(local_hostname=name, timeout=CONNECT_TIMEOUT)
    server._host = mailbox.smtp_host  # type: ignore[attr-defined]  # the name that its certificate has to bear
    return server


def _protect(server: smtplib.SMTP, mailbox: Mailbox) -> None:
    if mailbox.smtp_security == Security.NONE:
        tls.require_loopback(mailbox.smtp_host)
    if mailbox.smtp_security == Security.STARTTLS:
        server.ehlo_or_helo_if_needed()
        if not server.has_extn("starttls"):
            raise Refused(_("The server does not offer STARTTLS. Nothing was sent to it."))
        server.starttls(context=tls.context_for(mailbox))
    if mailbox.smtp_security != Security.NONE:
        tls.check_pin(mailbox, server.sock)


def _sign_in(server: smtplib.SMTP, mailbox: Mailbox, password: str) -> None:
    """Sign in where the server knows of signing in; a relay on this machine often does not."""
    server.ehlo_or_helo_if_needed()
    if mailbox.sends_by_token:
        say = providers.sasl_words(mailbox.username)
        providers.with_token(
            mailbox,
            mailbox.smtp_host,
            lambda token: server.auth("XOAUTH2", lambda asked=None: say(token).decode() if asked is None else ""),
            refusals=smtplib.SMTPAuthenticationError,
        )
        return
    username = mailbox.smtp_username or mailbox.username
    if username and password and (server.has_extn("auth") or mailbox.smtp_security != Security.NONE):
        server.login(username, password)


def _from_first_welcome(
    server: smtplib.SMTP, senders: list[str], recipients: dict[str, str], raw: bytes, before_end: Callable[[], bool]
) -> Taken:
    """Some servers take mail from the plain address of an account only, and say so at once or at its end."""
    for sender in senders[:-1]:
        try:
            return _hand_over(server, sender, recipients, raw, before_end)
        except Unwelcome as error:
            if not error.permanent:
                raise
    return _hand_over(server, senders[-1], recipients, raw, before_end)


def _hand_over(
    server: smtplib.SMTP, sender: str, recipients: dict[str, str], raw: bytes, before_end: Callable[[], bool]
) -> Taken:
    """The dialogue of one mail. `recipients`: as they go over the wire, and as we know them."""
    code, said = server.mail(sender, _options(server, [sender, *recipients], raw))
    if code != OK:
        raise _refused(code, said)
    refused: dict[str, tuple[int, bytes]] = {}
    for address in recipients:
        faults.at("25 recipient")
        code, said = server.rcpt(address)
        if code not in (OK, FORWARDED):
            refused[address] = (code, said)
    if len(refused) == len(recipients):
        permanent = all(code >= PERMANENT for code, _words in refused.values())
        raise NotSent(_of_recipients(refused), permanent=permanent)
    server.putcmd("data")
    code, said = server.getreply()
    if code != GO_ON:
        raise _refused(code, said)
    _transfer(server, raw, before_end)
    by_kind: dict[bool, dict[str, str]] = {True: {}, False: {}}
    for address, (code, said) in refused.items():
        by_kind[code >= PERMANENT][recipients[address]] = answer(code, said)
    return Taken(refused=by_kind[True], later=by_kind[False])


def _transfer(server: smtplib.SMTP, raw: bytes, before_end: Callable[[], bool]) -> None:
    """The bytes, and after a last look the line that ends them: only then may the server take the mail."""
    body = DOT.sub(b"..", raw)
    server.send(body if body.endswith(b"\r\n") else body + b"\r\n")
    faults.at("25 all but the end")
    if not before_end():
        raise Late
    faults.at("26 about to end")
    try:
        server.send(b".\r\n")
        faults.at("26 ended")
        code, said = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise Unanswered(words(error)) from error
    faults.at("27 answered")
    if code < 0:  # no SMTP at all
        raise Unanswered(answer(code, said))
    if code != OK:
        raise _refused(code, said)


def _options(server: smtplib.SMTP, addresses: list[str], raw: bytes) -> list[str]:
    options = [f"SIZE={len(raw)}"] if server.has_extn("size") else []
    if all(one.isascii() for one in addresses):
        return options
    if not server.has_extn("smtputf8"):
        raise NotSent(_("The server cannot send to internationalised addresses."), permanent=True)
    server.command_encoding = "utf-8"
    return [*options, "SMTPUTF8", "BODY=8BITMIME"]


def _refused(code: int, said: bytes) -> Unwelcome:
    unsigned = code in WANTS_SIGN_IN
    return Unwelcome(answer(code, said), permanent=code >= PERMANENT and not unsigned, of_server=unsigned)


def _of_recipients(refused: dict[str, tuple[int, bytes]]) -> str:
    if len(refused) == 1:
        return answer(*next(iter(refused.values())))
    return "; ".join(f"{address}: {answer(*said)}" for address, said in refused.items())


def answer(code: int, said: bytes | str) -> str:
    """A server's answer as it gave it, on one line."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join(f"{code} {text}".split())


def words(error: BaseException) -> str:
    """The server's own words in an error, else what the network or TLS says."""
    if isinstance(error, smtplib.SMTPResponseException):
        return answer(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return _("The server cut the connection.")
    return tls.words(error)
