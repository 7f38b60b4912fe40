"""Where a plain form goes back to."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def back_to(request: HttpRequest) -> str:
    """The path in the field `next`, else the page the form stood on, else the queue; never another site."""
    for asked in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
            parts = urlsplit(asked)
            return parts._replace(scheme="", netloc="").geturl() or "/"
    return reverse("helpdesk:queue")
