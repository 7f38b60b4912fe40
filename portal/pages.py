"""What all customers' pages share: language, the shop's time, headers; none of them sets or needs a cookie."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from helpdesk.models import DeskSettings

View = Callable[..., HttpResponseBase]


def public(view: View) -> View:
    """A page for customers: in the language of ?lang= or the browser, at the shop's time, never stored.

    Cookie-based CSRF protection is off: these pages know no session that a foreign site could ride on. See
    docs/decisions/0006-public-forms-without-cookies.md.
    """

    @csrf_exempt
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with in_words_of(request.GET.get("lang", "")):
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Content-Language", translation.get_language())
        response.headers["Cache-Control"] = "no-store"
        return response

    return page


class SwitchedOffError(Exception):
    """The page belongs to a customer whose account is disabled: private pages answer with a 403 that says so."""


def private(view: View) -> View:
    """A public page whose address is a secret: it is not indexed, and other sites never see the address."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except SwitchedOffError:
            response = render(request, "portal/area/off.html", status=403)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return public(page)


@contextmanager
def in_words_of(language: str) -> Iterator[None]:
    """One of the product's languages, else the one that is active; and the shop's time zone."""
    chosen = language if language in dict(settings.LANGUAGES) else translation.get_language()
    with translation.override(chosen), timezone.override(DeskSettings.load().zone):
        yield


def is_embedded(request: HttpRequest) -> bool:
    """The page stands in a frame of the shop's own site."""
    return request.GET.get("embed") == "1"


def framed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let the shop's own site, and nobody else, show the page in a frame, if it was asked for that way."""
    shop = urlsplit(DeskSettings.load().shop_url)
    if is_embedded(request) and shop.scheme in {"http", "https"} and shop.netloc:
        response._csp_replace = {"frame-ancestors": [f"{shop.scheme}://{shop.netloc}"]}  # type: ignore[attr-defined]
        response.xframe_options_exempt = True
    return response
