"""Times are kept in UTC and shown in the shop's own zone."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from helpdesk.chrome import desk_of
from helpdesk.models import DeskSettings

T = TypeVar("T")


class ShopZoneMiddleware:
    """Activate the shop's zone for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(desk_of(request).zone):
            return self.get_response(request)


def in_shops_zone(job: Callable[[], T]) -> T:
    """Run what no request asked for: its today is the shop's, as a page's is."""
    with timezone.override(DeskSettings.load().zone):
        return job()
