"""How connections to mail servers are protected: verified, pinned, or by an own authority; never unverified."""

import hashlib
import hmac
import ipaddress
import re
import socket
import ssl

from django.utils.translation import gettext as _

from mailgateway.models import Mailbox


class Refused(Exception):
    """We or the server said no, in a sentence that may be shown; nothing secret was sent."""


class WrongPin(Refused):
    """The certificate is another than the pinned one; `shown` is its SHA-256."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        super().__init__(
            _("The server showed another certificate than the pinned one. Its SHA-256 is %(shown)s.") % {"shown": shown}
        )


def context_for(mailbox: Mailbox) -> ssl.SSLContext:
    """The context that verifies this mailbox's servers. Raises Refused if its own authority is no certificate."""
    if mailbox.fingerprint:
        pinned = ssl.create_default_context()
        # The chain is not asked: `check_pin` compares the certificate itself, before anything is sent.
        pinned.check_hostname = False
        pinned.verify_mode = ssl.CERT_NONE
        return pinned
    try:
        return ssl.create_default_context(cadata=mailbox.ca_pem or None)
    except (ssl.SSLError, ValueError) as error:
        raise Refused(_("The own certificate authority of this mailbox is not a PEM certificate.")) from error


def fingerprint_of(sock: socket.socket | None) -> str:
    """SHA-256 of the server's certificate, in small letters; empty without TLS."""
    der = sock.getpeercert(binary_form=True) if isinstance(sock, ssl.SSLSocket) else None
    return hashlib.sha256(der).hexdigest() if der else ""


def check_pin(mailbox: Mailbox, sock: socket.socket | None) -> None:
    """Compare the server's certificate with the pinned one. Raises Refused; does nothing without a pin."""
    if not mailbox.fingerprint:
        return
    wanted = re.sub(r"[^0-9a-f]", "", mailbox.fingerprint.lower().removeprefix("sha256"))
    shown = fingerprint_of(sock)
    if not hmac.compare_digest(wanted, shown):
        raise WrongPin(shown)


def require_loopback(host: str) -> None:
    """Clear text is for this machine only. Raises Refused for any other."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    except OSError as error:
        raise Refused(str(error)) from error
    if not all(ipaddress.ip_address(one.split("%")[0]).is_loopback for one in found):
        raise Refused(_("Without TLS only servers on this machine are allowed. Choose TLS or STARTTLS."))


def words(error: BaseException) -> str:
    """What an error of the network, TLS or a server says, on one line."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("The server's certificate was not accepted: %(reason)s.") % {"reason": error.verify_message}
    if isinstance(error, TimeoutError):
        return _("The server did not answer in time.")
    if isinstance(error, ConnectionRefusedError):
        return _("The server refused the connection: nothing listens at this port.")
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__
