"""The customer's page of one thread."""

from django.http import HttpRequest, HttpResponse


def show(request: HttpRequest, token: str) -> HttpResponse:
    """The conversation as the customer may see it."""
    return HttpResponse(status=404)
