"""What pages say of customers, visits and prices; loaded with {% load records %}."""

from ipaddress import ip_address, ip_network

from babel import Locale, UnknownLocaleError
from django import template
from django.utils.translation import get_language, ngettext

from crm import prices
from crm.models import Cart, CustomerGroup, Order, Webhook

register = template.Library()

KNOWN_BITS = {4: 24, 6: 48}  # of an address, what agents see: the network, not the person


@register.filter
def ip_for(address: str, in_full: bool) -> str:
    """An IP address; for whoever may not see it `in_full`, only its network: 203.0.113.…"""
    if in_full or not address:
        return address
    network = ip_network(f"{address}/{KNOWN_BITS[ip_address(address).version]}", strict=False)
    return f"{str(network.network_address).removesuffix('.0').removesuffix('::')}…"


@register.filter
def seen_in_cart(cart: Cart, group: CustomerGroup | None) -> prices.Seen:
    """A cart's lines as a customer of the group sees them: {% with seen=cart|seen_in_cart:customer.group %}."""
    return prices.seen_in_cart(cart.lines.all(), group)


@register.filter
def seen_in_order(order: Order, group: CustomerGroup | None) -> prices.Seen:
    """An order's lines as a customer of the group sees them."""
    return prices.seen_in_order(order.lines.all(), group)


@register.filter
def language_name(code: str) -> str:
    """A language in the reader's own: "es" is Spanish. A code that nobody knows stays one."""
    try:
        name = Locale.parse(code.replace("-", "_")).get_display_name(get_language() or "en") if code else ""
    except (UnknownLocaleError, ValueError):
        return code
    return (name or code)[:1].upper() + (name or code)[1:]


@register.filter
def seconds_in_words(seconds: int) -> str:
    """How long a visit took: seconds below a minute, then minutes."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return ngettext("%(n)s second", "%(n)s seconds", rest) % {"n": rest}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


@register.simple_tag
def shops_need_attention() -> bool:
    """Whether an address of a shop does not answer, or was given up."""
    return Webhook.objects.exclude(failing_since=None, disabled_at=None).exists()
