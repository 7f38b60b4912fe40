"""Where a plain form of the desk goes back to."""

from django.http import HttpRequest
from django.urls import reverse

from accounts import http


def back_to(request: HttpRequest) -> str:
    """As accounts.http.back_to; from nowhere, to the queue."""
    return http.back_to(request, otherwise=reverse("helpdesk:queue"))
