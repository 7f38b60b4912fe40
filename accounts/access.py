"""Who may open a page: signed in, or signed in as a supervisor."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from accounts.models import Agent

View = Callable[..., HttpResponseBase]


class AgentRequest(HttpRequest):
    """A request behind agent_required: its user is an Agent."""

    user: Agent
    htmx: HtmxDetails


def agent_required(view: View) -> View:
    """Send strangers to the sign-in page, and back here afterwards."""
    return login_required(view)


def supervisor_required(view: View) -> View:
    """As agent_required; an agent who is no supervisor gets a 403 page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not getattr(request.user, "is_supervisor", False):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(guarded)
