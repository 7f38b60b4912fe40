"""SMTP: hand one mail to a mailbox's server, and tell for good refusals from passing troubles."""

import contextlib
import smtplib
import socket
from collections.abc import Iterator

from django.utils.translation import gettext as _

from helpdesk.mail import OutboundMail
from mailgateway import compose, providers, tls
from mailgateway.lanes import Hangups
from mailgateway.models import Mailbox, Security
from mailgateway.tls import Refused

CONNECT_TIMEOUT = 10.0
ANSWER_TIMEOUT = 60.0
WANTS_SIGN_IN = (530, 534, 535, 538)  # the mailbox is set up wrongly; nothing is wrong with the mail
FAULTS = (Refused, smtplib.SMTPException, OSError, ValueError)


class NotSent(Exception):
    """The mail was not taken. `permanent`: another try would end the same way. `of_server`: the mailbox is at fault."""

    def __init__(self, words: str, *, permanent: bool, of_server: bool = False) -> None:
        super().__init__(words)
        self.permanent, self.of_server = permanent, of_server


def send(mailbox: Mailbox, mail: OutboundMail, *, hangups: Hangups | None = None) -> dict[str, str]:
    """Send one mail; the addresses the server refused while it took the others, with its words. Raises NotSent."""
    try:
        raw = compose.to_mime(mail)
        recipients = [compose.ascii_domain(one.address) for one in (*mail.to, *mail.cc)]
        sender = compose.ascii_domain(mail.sender.address)
    except compose.Unsendable as error:
        raise NotSent(str(error), permanent=True) from error
    try:
        with connected(mailbox, hangups=hangups or Hangups()) as server:
            return _hand_over(server, sender, recipients, raw)
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


def _hand_over(server: smtplib.SMTP, sender: str, recipients: list[str], raw: bytes) -> dict[str, str]:
    options = []
    if not all(one.isascii() for one in (sender, *recipients)):
        if not server.has_extn("smtputf8"):
            raise NotSent(_("The server cannot send to internationalised addresses."), permanent=True)
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    try:
        refused = server.sendmail(sender, recipients, raw, mail_options=options)
    except smtplib.SMTPRecipientsRefused as error:
        permanent = all(code >= 500 for code, _words in error.recipients.values())
        raise NotSent(_of_recipients(error.recipients), permanent=permanent) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        unsigned = error.smtp_code in WANTS_SIGN_IN
        raise NotSent(words(error), permanent=error.smtp_code >= 500 and not unsigned, of_server=unsigned) from error
    return {address: answer(*said) for address, said in refused.items()}


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
