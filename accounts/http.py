"""How a write answers: a fragment for htmx, a redirect for a plain form."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect


class SeeOther(HttpResponseRedirect):
    """303: fetch the next page with GET, whatever the method was."""

    status_code = 303


def respond(
    request: HttpRequest, fragment: str, context: dict[str, Any], *, to: str, status: int = 200
) -> HttpResponse:
    """The fragment for htmx; for a plain form a redirect to the page `to` (a path).

    Without a fragment (an empty name) htmx gets 204: nothing to put into the page.
    With a status of 400 or more the fragment carries errors: callers render the whole page themselves for plain forms.
    """
    if getattr(request, "htmx", False) and not fragment:
        return HttpResponse(status=204)
    if getattr(request, "htmx", False):
        return render(request, fragment, context, status=status)
    return SeeOther(to)


def go(request: HttpRequest, to: str) -> HttpResponse:
    """On to the page `to` (a path), for htmx and plain forms alike."""
    return HttpResponseClientRedirect(to) if getattr(request, "htmx", False) else SeeOther(to)


def back_to(request: HttpRequest, *, otherwise: str) -> str:
    """The path in the field `next`, else the page the form stood on, else `otherwise`; never another site."""
    for asked in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if path := inside(request, asked):
            return path
    return otherwise


def inside(request: HttpRequest, asked: str) -> str:
    """The path of an address of this site; empty for nothing and for another site's."""
    if not asked or not url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        return ""
    return urlsplit(asked)._replace(scheme="", netloc="").geturl() or "/"
