"""Signing in."""

from django.http import HttpRequest, HttpResponse


def slow_down(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, str]) -> HttpResponse:
    """Too many wrong passwords: wait a moment."""
    return HttpResponse(status=429)
