"""Tries a mailbox's servers step by step and keeps their own words."""

import imaplib
import smtplib
import ssl
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from mailgateway.models import Mailbox, Security

TIMEOUT = 20
FAULTS = (ImapToolsError, imaplib.IMAP4.error, smtplib.SMTPException, OSError, ValueError)


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

    def note(self, label: str, words: str = "", *, ok: bool = True) -> None:
        """One step more."""
        self.steps.append((label, ok, words))


def imap(mailbox: Mailbox, password: str) -> Probe:
    """Connect, sign in, count the mails of each folder."""
    probe = Probe()
    label = _("Connection to %(server)s") % {"server": f"{mailbox.imap_host}:{mailbox.imap_port}"}
    try:
        box = _connect(mailbox)
        probe.note(label)
        label = _("User name and password")
        box.login(mailbox.username, password, initial_folder=None)
        probe.note(label)
        label = _("Folders")
        for one in box.folder.list():
            if "\\Noselect" not in one.flags:
                probe.folders.append((one.name, box.folder.status(one.name, ["MESSAGES"])["MESSAGES"]))
        label = _("Folder %(name)s") % {"name": mailbox.folder}
        box.folder.set(mailbox.folder, readonly=True)
        probe.note(label)
        box.logout()
    except FAULTS as error:
        probe.note(label, " ".join(str(error).split()) or type(error).__name__, ok=False)
    return probe


def _connect(mailbox: Mailbox) -> BaseMailBox:
    context = ssl.create_default_context(cadata=mailbox.ca_pem or None)
    if mailbox.imap_security == Security.NONE:
        return MailBoxUnencrypted(mailbox.imap_host, mailbox.imap_port, timeout=TIMEOUT)
    kind = MailBoxStartTls if mailbox.imap_security == Security.STARTTLS else MailBox
    return kind(mailbox.imap_host, mailbox.imap_port, timeout=TIMEOUT, ssl_context=context)


def smtp(mailbox: Mailbox, password: str) -> Probe:
    """Connect and sign in; nothing is sent."""
    probe = Probe()
    label = _("Connection to %(server)s") % {"server": f"{mailbox.smtp_host}:{mailbox.smtp_port}"}
    try:
        context = ssl.create_default_context(cadata=mailbox.ca_pem or None)
        if mailbox.smtp_security == Security.TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                mailbox.smtp_host, mailbox.smtp_port, timeout=TIMEOUT, context=context
            )
        else:
            server = smtplib.SMTP(mailbox.smtp_host, mailbox.smtp_port, timeout=TIMEOUT)
        with server:
            if mailbox.smtp_security == Security.STARTTLS:
                server.starttls(context=context)
            probe.note(label)
            label = _("User name and password")
            server.ehlo()
            if server.has_extn("auth"):
                server.login(mailbox.smtp_username or mailbox.username, password)
                probe.note(label)
    except FAULTS as error:
        probe.note(label, " ".join(str(error).split()) or type(error).__name__, ok=False)
    return probe
