"""“Test connection”: tries a mailbox's settings step by step, and keeps the server's exact words."""

import contextlib
import copy
import smtplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from mailgateway import imap as imap_side
from mailgateway import smtp as smtp_side
from mailgateway import tls
from mailgateway.models import Mailbox

TIMEOUT = 10.0


@dataclass
class Probe:
    """How far a test came: steps as (label, ok, words), and the folders with the number of mails in each."""

    steps: list[tuple[str, bool, str]] = field(default_factory=list)
    folders: list[tuple[str, int]] = field(default_factory=list)
    fingerprint: str = ""  # SHA-256 of the certificate that was shown, for pinning

    @property
    def ok(self) -> bool:
        """Every step went well."""
        return bool(self.steps) and all(ok for _label, ok, _words in self.steps)

    @property
    def server_words(self) -> str:
        """What the server, or the network, said when it went wrong; empty if it did not."""
        return next((words for _label, ok, words in self.steps if not ok), "")

    def passed(self, label: str, words: str = "") -> None:
        """One more step went well."""
        self.steps.append((label, True, words))

    def failed(self, label: str, words: str) -> None:
        """It ends here."""
        self.steps.append((label, False, words))


class Over(Exception):
    """A step failed; there is no next one."""


@contextlib.contextmanager
def _step(probe: Probe, label: str, *, done: str = "") -> Iterator[None]:
    try:
        yield
    except (*imap_side.FAULTS, *smtp_side.FAULTS) as error:
        said = smtp_side.words(error) if isinstance(error, smtplib.SMTPException) else imap_side.words(error)
        probe.failed(label, said)
        raise Over from error
    probe.passed(label, done)


def _shown(connect: Callable[[Mailbox], object], mailbox: Mailbox) -> str:
    """The fingerprint of a certificate that nobody vouches for, so that a person may compare and pin it."""
    unlike = copy.copy(mailbox)
    unlike.fingerprint = "0" * 64
    try:
        connect(unlike)
    except tls.WrongPin as error:
        return error.shown
    except (*imap_side.FAULTS, *smtp_side.FAULTS):
        pass
    return ""


def imap(mailbox: Mailbox, password: str) -> Probe:
    """Connect, sign in, list the folders and open the chosen ones; nothing is fetched or changed."""
    probe = Probe()
    with contextlib.suppress(Over):
        with _step(probe, _("Connect to %(host)s") % {"host": f"{mailbox.imap_host}:{mailbox.imap_port}"}):
            try:
                box = imap_side.connect(mailbox, timeout=TIMEOUT)
            except ssl.SSLCertVerificationError:
                probe.fingerprint = _shown(lambda unlike: imap_side.connect(unlike, timeout=TIMEOUT), mailbox)
                raise
        try:
            probe.fingerprint = tls.fingerprint_of(box.client.sock)
            with _step(probe, _("Sign in")):
                imap_side.enter(box, mailbox, password)
            with _step(probe, _("List the folders")):
                probe.folders = imap_side.folders_of(box)
            for name in filter(None, (mailbox.folder, mailbox.move_to)):
                with _step(probe, _("Open the folder %(name)s") % {"name": name}):
                    box.folder.set(name, readonly=True)
        finally:
            with contextlib.suppress(*imap_side.FAULTS):
                box.client.shutdown()
    return probe


def smtp(mailbox: Mailbox, password: str) -> Probe:
    """Connect and sign in to the SMTP server; nothing is sent."""
    probe = Probe()
    with contextlib.suppress(Over):
        label = _("Connect and sign in to %(host)s") % {"host": f"{mailbox.smtp_host}:{mailbox.smtp_port}"}
        with _step(probe, label):
            try:
                with smtp_side.connected(mailbox, password=password) as server:
                    probe.fingerprint = tls.fingerprint_of(server.sock)
            except ssl.SSLCertVerificationError:
                probe.fingerprint = _shown(lambda unlike: smtp_side.connected(unlike).__enter__(), mailbox)
                raise
    return probe
