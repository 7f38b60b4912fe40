"""What pages show of the mail: the settings' dot, the band on every page, the count of what was set aside."""

from datetime import timedelta
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.translation import gettext as _

from mailgateway import attention

register = template.Library()


def _state(context: dict[str, Any]) -> attention.Attention | None:
    """For supervisors only; asked at most once a request, and every few seconds at all."""
    request: HttpRequest | None = context.get("request")
    if request is None or not getattr(request.user, "is_supervisor", False):
        return None
    if not hasattr(request, "_mail_attention"):
        request._mail_attention = attention.now()  # type: ignore[attr-defined]
    found: attention.Attention = request._mail_attention  # type: ignore[attr-defined]
    return found


@register.simple_tag(takes_context=True)
def mail_needs_attention(context: dict[str, Any]) -> bool:
    """Whether a mailbox in use does not receive or send, or a mail was set aside."""
    state = _state(context)
    return state is not None and (state.is_failing or bool(state.set_aside))


@register.simple_tag(takes_context=True)
def mails_set_aside(context: dict[str, Any]) -> int:
    """How many mails wait for a person to look at them; 0 for whoever may not."""
    state = _state(context)
    return state.set_aside if state else 0


@register.simple_tag(takes_context=True)
def mail_outages(context: dict[str, Any]) -> list[attention.Outage]:
    """The mailboxes that have failed for ten minutes or more; none for whoever may not know."""
    state = _state(context)
    return state.outages if state else []


@register.filter
def lasted(span: timedelta | None) -> str:
    """A lag in its largest unit, as in "3 s" or "2 min"."""
    if span is None:
        return "—"
    seconds = int(span.total_seconds())
    if seconds < 60:
        return _("%(n)d s") % {"n": seconds}
    return _("%(n)d min") % {"n": seconds // 60} if seconds < 7200 else _("%(n)d h") % {"n": seconds // 3600}
