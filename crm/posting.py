"""One POST to an address that a supervisor entered: nothing inside our own network, nothing followed, nothing big."""

import ipaddress
import socket
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from requests.adapters import HTTPAdapter

CONNECT, READ, WHOLE = 5, 10, 20  # seconds
MOST = 4096  # bytes of an answer that are read
PRIVATE = gettext_lazy("This address leads into a private network, which the desk does not call.")
IP = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """Why nothing was sent, or no answer came; a sentence."""


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the beginning of the body, and how long it took."""

    status: int
    text: str
    took_ms: int

    @property
    def is_good(self) -> bool:
        """The other side has it."""
        return 200 <= self.status < 300


class Pinned(HTTPAdapter):
    """Connects to one IP address, and expects the certificate of the name that was asked for."""

    def __init__(self, host: str, *, is_safe: bool) -> None:
        self.names = {"server_hostname": host, "assert_hostname": host} if is_safe else {}
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """With the name in it."""
        super().init_poolmanager(*args, **{**options, **self.names})


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send it. The name is resolved once, and what was checked is what is connected to. Raises Unreachable."""
    host, port, is_safe, target = place_of(url)
    address = address_of(host, port)
    shown = f"[{address}]" if address.version == 6 else str(address)
    name = f"[{host}]" if ":" in host else host
    begun = time.monotonic()
    with requests.Session() as session:
        session.trust_env = False  # no proxy, no password of this machine
        session.mount("https://" if is_safe else "http://", Pinned(host, is_safe=is_safe))
        try:
            with session.post(
                f"{'https' if is_safe else 'http'}://{shown}:{port}{target}",
                data=body,
                headers={**headers, "Host": name if port in (80, 443) else f"{name}:{port}"},
                timeout=(CONNECT, READ),
                allow_redirects=False,
                stream=True,
            ) as response:
                text = _beginning_of(response, begun)
                return Answer(response.status_code, text, round((time.monotonic() - begun) * 1000))
        except requests.exceptions.SSLError as error:
            raise Unreachable(_("The certificate does not fit: %(reason)s") % {"reason": _short(error)}) from error
        except requests.exceptions.Timeout as error:
            raise Unreachable(_("No answer in time.")) from error
        except (requests.exceptions.RequestException, OSError, ValueError) as error:
            raise Unreachable(_("No connection: %(reason)s") % {"reason": _short(error)}) from error


def place_of(url: str) -> tuple[str, int, bool, str]:
    """Host, port, whether it is HTTPS, and path with query. Raises Unreachable for what may not be called at all."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        raise Unreachable(_("This is no web address.")) from None
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.password:
        raise Unreachable(_("This is no web address."))
    is_safe = parts.scheme == "https"
    if not is_safe and not _is_local(host) and host not in settings.WEBHOOK_PRIVATE_HOSTS:
        raise Unreachable(_("Only HTTPS: what is sent is not for others to read."))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return host, port or (443 if is_safe else 80), is_safe, target


def address_of(host: str, port: int) -> IP:
    """Where the name leads; every address of it has to be allowed. Raises Unreachable."""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        addresses = [ipaddress.ip_address(str(one).partition("%")[0]) for one in sorted(map(str, found))]
    except (OSError, ValueError, UnicodeError) as error:
        raise Unreachable(_("Nobody knows the name %(name)s.") % {"name": host[:100]}) from error
    if not addresses or not all(_may_call(host, one) for one in addresses):
        raise Unreachable(PRIVATE)
    return addresses[0]


def refuse_private(host: str) -> None:
    """Raises Unreachable for what leads into our own network now; a name that nobody knows yet may come to be."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        if host in settings.WEBHOOK_PRIVATE_HOSTS or not _is_local(host):
            return
    else:
        if _may_call(host, found):
            return
    raise Unreachable(PRIVATE)


def _may_call(host: str, address: IP) -> bool:
    """Addresses of the whole world; of our own network only what the machine's settings name."""
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    known = {host, str(address)} & set(settings.WEBHOOK_PRIVATE_HOSTS)
    return bool(known) or (address.is_global and not address.is_multicast and (inner is None or inner.is_global))


def _is_local(host: str) -> bool:
    """This machine, by name or number."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _beginning_of(response: requests.Response, begun: float) -> str:
    """Its first bytes as text; a body that drips is not waited for."""
    got = b""
    for chunk in response.iter_content(512):
        got += chunk
        if len(got) >= MOST or time.monotonic() - begun > WHOLE:
            break
    return got[:MOST].decode("utf-8", "replace").replace("\x00", "")


def _short(error: Exception) -> str:
    return str(getattr(error.args[0], "reason", error.args[0]) if error.args else error)[:150]
