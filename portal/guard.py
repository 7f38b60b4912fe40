"""Against floods and bots: limits slow down, flags lead to the spam folder; nothing is thrown away."""

import hashlib
import ipaddress
import math
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from portal.access import FormToken

HONEYPOT = "website"  # people never see it, bots fill it in
LEAST_SECONDS = 3  # nobody reads and fills in a form faster


@dataclass(frozen=True)
class Bucket:
    """`capacity` posts at once, then `per_minute`."""

    name: str
    capacity: int
    per_minute: float

    def take(self, who: str) -> int:
        """Take one out for somebody. Returns 0, or how many seconds they have to wait for the next one."""
        key, now = f"bucket:{self.name}:{who}", time.time()
        level, at = cache.get(key, (float(self.capacity), now))
        level = min(float(self.capacity), level + (now - at) * self.per_minute / 60)
        allowed = level >= 1
        cache.set(key, (level - 1 if allowed else level, now), timeout=math.ceil(self.capacity / self.per_minute * 60))
        return 0 if allowed else math.ceil((1 - level) * 60 / self.per_minute)


@dataclass(frozen=True)
class Growing:
    """After `free` failures each one more makes the next try wait twice as long, `longest` seconds at most.

    Nobody is ever locked out: what was wrong a day ago is forgotten, and a success ends the wait.
    """

    name: str
    free: int
    first: int
    longest: int

    def wait(self, who: str) -> int:
        """How many seconds somebody still has to wait; 0 if they may try now."""
        failures, at = cache.get(self._key(who), (0, 0.0))
        over = failures - self.free
        pause = min(self.first * 2 ** min(over, 20), self.longest) if over >= 0 else 0
        return max(0, math.ceil(at + pause - time.time()))

    def failed(self, who: str) -> None:
        """Count a failure."""
        failures, _at = cache.get(self._key(who), (0, 0.0))
        cache.set(self._key(who), (failures + 1, time.time()), timeout=86_400)

    def forget(self, who: str) -> None:
        """It went well."""
        cache.delete(self._key(who))

    def _key(self, who: str) -> str:
        return f"growing:{self.name}:{hashlib.sha256(who.encode('utf-8', 'replace')).hexdigest()}"


# Wrong passwords. A stranger who tries somebody's name from elsewhere slows its owner down by a minute at most.
OF_TRIES_FROM_HERE = Growing("tries-here", free=5, first=20, longest=600)  # one name from one network
OF_TRIES_OF_NAME = Growing("tries-name", free=20, first=5, longest=60)
OF_TRIES_OF_NETWORK = Growing("tries-network", free=30, first=10, longest=600)
# Mailed links: one in 45 seconds for a name; a network that asks for many waits longer and longer.
OF_LINKS = Growing("links", free=1, first=45, longest=600)
OF_LINKS_OF_NETWORK = Growing("links-network", free=15, first=20, longest=600)


# Fifty people behind one address in ten minutes get through; twenty posts in a minute do not.
OF_NETWORK = Bucket("network", capacity=10, per_minute=8)
OF_LOOKS = Bucket("looks", capacity=40, per_minute=30)  # nothing is written: another order of the list
OF_ADDRESS = Bucket("address", capacity=6, per_minute=0.5)
OF_THREAD_LINK = Bucket("link", capacity=1, per_minute=0.1)


def client_ip(request: HttpRequest) -> str:
    """The address that sent the request; empty if there is none that makes sense.

    X-Forwarded-For is believed only behind our own proxy, and only the word that proxy added: the last one.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).split(",")[-1]
    try:
        parsed = ipaddress.ip_address(address.strip().strip("[]"))
    except ValueError:
        return ""
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)


def network_of(ip: str) -> str:
    """What one person can hardly change: an IPv4 address, or the first half of an IPv6 one."""
    if ":" not in ip:
        return ip
    return str(ipaddress.ip_network(f"{ip}/64", strict=False))


def seconds_to_wait(request: HttpRequest) -> int:
    """0 if this network may post now."""
    return OF_NETWORK.take(network_of(client_ip(request)))


def seconds_to_look(request: HttpRequest) -> int:
    """0 if this network may look at another order now: nothing is written, so it may more often."""
    return OF_LOOKS.take(network_of(client_ip(request)))


def is_suspect(request: HttpRequest, token: FormToken | None, email: str) -> bool:
    """Whether a post looks like a bot's: no form of ours, the trap filled in, too fast, or too many of one address."""
    too_many = OF_ADDRESS.take(email.lower()) > 0
    return token is None or bool(request.POST.get(HONEYPOT)) or token.age < LEAST_SECONDS or too_many


def tries(request: HttpRequest, name: str) -> list[tuple[Growing, str]]:
    """What counts the wrong passwords for a name that come from a request."""
    network, low = network_of(client_ip(request)), name.strip().lower()
    return [(OF_TRIES_FROM_HERE, f"{low} {network}"), (OF_TRIES_OF_NAME, low), (OF_TRIES_OF_NETWORK, network)]


def links(request: HttpRequest, name: str) -> list[tuple[Growing, str]]:
    """What counts the links asked for."""
    return [(OF_LINKS, name.strip().lower()), (OF_LINKS_OF_NETWORK, network_of(client_ip(request)))]
