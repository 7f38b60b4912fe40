"""Times are kept in UTC and shown in the shop's own zone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.zones import zone_called
from helpdesk.chrome import desk_of


class ShopZoneMiddleware:
    """Activate the shop's zone for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(zone_called(desk_of(request).time_zone)):
            return self.get_response(request)
