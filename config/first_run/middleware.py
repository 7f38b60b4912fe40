"""Nobody can sign in to an empty installation: every page leads to the first one."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import Agent


class FirstRunMiddleware:
    """Send strangers to the first run while there is no agent; whoever is signed in proves that there is one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = reverse("first_run:start")
        free = (start, reverse("set_language"), settings.STATIC_URL, "/api/", "/health")  # machines need no page
        if request.path.startswith(free) or request.user.is_authenticated or Agent.objects.exists():
            return self.get_response(request)
        return redirect(start)
