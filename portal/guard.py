"""Against floods and bots: limits slow down, flags lead to the spam folder; nothing is thrown away."""

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


# Fifty people behind one address in ten minutes get through; twenty posts in a minute do not.
OF_NETWORK = Bucket("network", capacity=10, per_minute=8)
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


def is_suspect(request: HttpRequest, token: FormToken | None, email: str) -> bool:
    """Whether a post looks like a bot's: no form of ours, the trap filled in, too fast, or too many of one address."""
    too_many = OF_ADDRESS.take(email.lower()) > 0
    return token is None or bool(request.POST.get(HONEYPOT)) or token.age < LEAST_SECONDS or too_many
