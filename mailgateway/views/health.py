"""/health: how the loops and mailboxes do, for monitoring on this machine and for supervisors."""

import ipaddress

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from accounts.models import Agent
from mailgateway import beats


@require_safe
def show(request: HttpRequest) -> JsonResponse:
    """JSON without secrets; 200 if all is well, 503 if not, 404 for anybody who need not know."""
    if not (_is_supervisor(request) or _is_local(request)):
        raise Http404
    state = beats.health()
    return JsonResponse(state, status=200 if state["ok"] else 503)


def _is_supervisor(request: HttpRequest) -> bool:
    return isinstance(request.user, Agent) and request.user.is_supervisor


def _is_local(request: HttpRequest) -> bool:
    """From this machine, and not on behalf of another through a proxy on it."""
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
