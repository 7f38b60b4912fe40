"""IMAP: connect, look for new mail by UID, fetch it byte for byte, mark, move or delete it afterwards.

imap-tools makes the connection, signs in and lists folders. Its fetch, flag, move and delete are not used:
they parse what strangers sent, and expunge what other programs had marked as deleted.
"""

import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError
from imap_tools.utils import encode_folder

from helpdesk import faults
from mailgateway import providers, tls
from mailgateway.grants import SignIn
from mailgateway.models import Afterwards, Mailbox, Security
from mailgateway.tls import Refused

TIMEOUT = 20.0  # seconds without a byte from the server
BEGINNING = 65_536  # bytes kept of the headers, and of the text, of a mail over the size limit
FAULTS = (Refused, ImapToolsError, imaplib.IMAP4.error, OSError, ValueError)
SIZE = re.compile(r"RFC822\.SIZE (\d{1,18})")
INTERNALDATE = re.compile(r'INTERNALDATE "([^"]{1,40})"')
LITERAL = re.compile(rb"\{(\d+)\+?\}$")


@dataclass(frozen=True)
class Fetched:
    """A mail as the server handed it out. `is_whole` is False if only its beginning was fetched."""

    raw: bytes
    size: int
    is_whole: bool
    at: datetime | None = None  # when the server got it


def words(error: BaseException) -> str:
    """The server's own words in an error, else what the network or TLS says."""
    if isinstance(error, UnexpectedCommandStatusError):
        return said(error.command_result[1])
    if isinstance(error, imaplib.IMAP4.error) and error.args and isinstance(error.args[0], bytes):
        return error.args[0].decode(errors="replace")
    return tls.words(error)


def said(data: Any) -> str:
    """The text in an IMAP answer."""
    parts = data if isinstance(data, list | tuple) else [data]
    return " ".join(part.decode(errors="replace") if isinstance(part, bytes) else str(part or "") for part in parts)


def connect(mailbox: Mailbox, *, timeout: float = TIMEOUT) -> BaseMailBox:
    """A protected connection on which nothing secret was sent yet.

    Raises Refused with a sentence, or one of FAULTS; `words` says what to show.
    """
    host, port, context = mailbox.imap_host, mailbox.imap_port, tls.context_for(mailbox)
    if mailbox.imap_security == Security.NONE:
        tls.require_loopback(host)
        return MailBoxUnencrypted(host, port, timeout=timeout)
    if mailbox.imap_security == Security.STARTTLS:
        box = _starttls(host, port, timeout, context)
    else:
        box = MailBox(host, port, timeout=timeout, ssl_context=context)
    try:
        tls.check_pin(mailbox, box.client.sock)
    except Refused:
        box.client.shutdown()
        raise
    return box


def _starttls(host: str, port: int, timeout: float, context: ssl.SSLContext) -> BaseMailBox:
    """Ask for TLS before anything else; a server without it is refused, never used in clear."""
    try:
        return MailBoxStartTls(host, port, timeout=timeout, ssl_context=context)
    except imaplib.IMAP4.abort as error:
        if "TLS not supported" not in str(error):
            raise
        raise Refused(_("The server does not offer STARTTLS. Nothing was sent to it.")) from error


def login(box: BaseMailBox, username: str, password: str) -> None:
    """Sign in. Raises Refused if the server takes no passwords here, ImapToolsError with its words if it says no."""
    if "LOGINDISABLED" in box.client.capabilities:
        raise Refused(_("The server takes no passwords on this connection. Choose TLS or STARTTLS."))
    if username.isascii() and password.isascii():
        box.login(username, password, initial_folder=None)
    else:
        box.login_utf8(username, password, initial_folder=None)
    # What it can do after the login: many servers tell of MOVE and UIDPLUS only now.
    box.client._get_capabilities()


def enter(box: BaseMailBox, mailbox: Mailbox, password: str | None = None) -> None:
    """Sign in as the mailbox says: with its password (or the one given), or with a token of its provider."""
    if mailbox.sign_in == SignIn.PASSWORD:
        login(box, mailbox.username, mailbox.password if password is None else password)
        return
    words = providers.sasl_words(mailbox.username)
    providers.with_token(
        mailbox,
        mailbox.imap_host,
        # A refusal comes as a challenge, to be answered with nothing: then the server says no.
        lambda token: box.client.authenticate("XOAUTH2", lambda challenge: b"" if challenge else words(token)),
        refusals=imaplib.IMAP4.error,
    )
    box.client._get_capabilities()


class Folder:
    """One folder of one account, open. Every call blocks, and raises one of FAULTS when something is wrong."""

    def __init__(self, mailbox: Mailbox, *, timeout: float = TIMEOUT) -> None:
        self.mailbox = mailbox
        self.box = connect(mailbox, timeout=timeout)
        self.client = self.box.client
        try:
            enter(self.box, mailbox)
            self.box.folder.set(mailbox.folder, readonly=mailbox.afterwards == Afterwards.KEEP)
        except BaseException:
            self.client.shutdown()
            raise
        self.uidvalidity = int(said(self.client.response("UIDVALIDITY")[1]) or 1)
        self.has_idle = "IDLE" in self.client.capabilities
        self.idle_tag = b""

    @property
    def protection(self) -> str:
        """The protocol that protects the connection, such as TLSv1.3; empty in clear text."""
        return (self.client.sock.version() or "") if isinstance(self.client.sock, ssl.SSLSocket) else ""

    @property
    def sock(self) -> socket.socket | None:
        """The connection's socket, to wait on or to cut."""
        return self.client.sock

    def close(self) -> None:
        """Say good-bye; whatever goes wrong now does not matter."""
        with contextlib.suppress(*FAULTS):
            self.client.logout()

    def drop(self) -> None:
        """Close the socket, without a word."""
        with contextlib.suppress(*FAULTS):
            self.client.shutdown()

    def new_uids(self, after: int) -> list[int]:
        """The UIDs above `after`, ascending. A cut connection raises; it is never an empty list."""
        self._ask("NOOP")
        # What is announced from here on may not be in the answer: idle.begin() looks whether there was anything.
        self.client.untagged_responses.pop("EXISTS", None)
        # "n:*" names the last mail even where its UID is below n (RFC 3501): hence the comparison.
        found = said(self._uid("SEARCH", f"UID {after + 1}:*")).split()
        return sorted(uid for uid in map(int, found) if uid > after)

    def fetch(self, uid: int, *, limit: int) -> Fetched | None:
        """One mail, byte for byte and still unread; its beginning only if it has more than `limit` bytes.

        None if it is no longer there. Raises Refused with the server's words if it will not hand it out.
        """
        told = said(self._uid("FETCH", str(uid), "(RFC822.SIZE INTERNALDATE)"))
        found = SIZE.search(told)
        if found is None:
            return None
        size, at = int(found[1]), _moment(told)
        if size <= limit:
            raw = self._literal(uid, "BODY.PEEK[]")
            return None if raw is None else Fetched(raw, len(raw), is_whole=True, at=at)
        head = self._literal(uid, f"BODY.PEEK[HEADER]<0.{BEGINNING}>")
        text = self._literal(uid, f"BODY.PEEK[TEXT]<0.{BEGINNING}>")
        return None if head is None else Fetched(head + (text or b""), size, is_whole=False, at=at)

    def _literal(self, uid: int, part: str) -> bytes | None:
        for item in self._uid("FETCH", str(uid), f"({part})"):
            if isinstance(item, tuple) and b"BODY[" in item[0]:
                announced = LITERAL.search(item[0])
                if announced is None or int(announced[1]) != len(item[1]):
                    raise imaplib.IMAP4.abort("the connection was cut in the middle of a mail")
                return bytes(item[1])
            if isinstance(item, bytes) and (quoted := re.search(rb'BODY\[[^]]*\](?:<0>)? "(.*)"\)$', item)):
                return quoted[1]  # servers may send an empty part as a string
        return None

    def acknowledge(
        self, uids: list[int], *, copied: Collection[int | None] = (), note: Callable[[list[int]], None] | None = None
    ) -> None:
        """Mark, move or delete the server's copies. Doing it again, or for mails that are gone, is harmless.

        Where a move takes two steps, `note` is told which uids have done the first; `copied` have done it before.
        """
        numbers, afterwards = ",".join(map(str, uids)), self.mailbox.afterwards
        if not uids or afterwards == Afterwards.KEEP:
            return
        if afterwards == Afterwards.SEEN:
            self._uid("STORE", numbers, "+FLAGS.SILENT", r"(\Seen)")
        elif afterwards == Afterwards.DELETE:
            self._remove(numbers)
        elif "MOVE" in self.client.capabilities:
            self._uid("MOVE", numbers, encode_folder(self.mailbox.move_to))
        else:
            self._copy([uid for uid in uids if uid not in copied], note)
            self._remove(numbers)

    def _copy(self, uids: list[int], note: Callable[[list[int]], None] | None) -> None:
        if not uids:
            return
        self._uid("COPY", ",".join(map(str, uids)), encode_folder(self.mailbox.move_to))
        faults.at("10 copied")
        if note is not None:
            note(uids)

    def _remove(self, numbers: str) -> None:
        self._uid("STORE", numbers, "+FLAGS.SILENT", r"(\Deleted)")
        faults.at("10 marked as deleted")
        if "UIDPLUS" in self.client.capabilities:  # plain EXPUNGE would remove what others have marked
            self._uid("EXPUNGE", numbers)

    def _ask(self, command: str) -> None:
        typ, data = self.client._simple_command(command)
        if typ != "OK":
            raise Refused(said(data))

    def _uid(self, command: str, *args: Any) -> list[Any]:
        typ, data = self.client.uid(command, *args)
        if typ != "OK":
            raise Refused(said(data))
        return [item for item in data if item is not None]


def _moment(told: str) -> datetime | None:
    """INTERNALDATE in an answer to FETCH; None where a server says nothing sensible."""
    found = INTERNALDATE.search(told)
    try:
        return datetime.strptime(found[1].strip(), "%d-%b-%Y %H:%M:%S %z") if found else None
    except (ValueError, OverflowError):
        return None


def folders_of(box: BaseMailBox) -> list[tuple[str, int]]:
    """The folders of an account that one may open, with the number of mails in each."""
    return [
        (folder.name, box.folder.status(folder.name, ["MESSAGES"]).get("MESSAGES", 0))
        for folder in box.folder.list()
        if not {r"\Noselect", r"\NonExistent"} & set(folder.flags)
    ]
