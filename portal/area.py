"""The private area: whose session a request brings, and what all its pages share."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from accounts.http import SeeOther
from portal import guard, pages
from portal.access import Person
from portal.customer import AreaPage, Customer, CustomerSession, pages_of

COOKIE, SALT = "area", "portal-area"
STAY = 30 * 86_400  # seconds; the session itself ends when it was not used for so long
View = Callable[..., HttpResponseBase]


class CustomerRequest(HttpRequest):
    """A request behind `mine`: it has a session of a customer."""

    visit: CustomerSession
    customer: Customer


def session_of(request: HttpRequest) -> CustomerSession | None:
    """The session that the cookie names, of a customer who may still enter or not; None for strangers."""
    token = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=STAY)
    return CustomerSession.objects.with_token(token) if token else None


def visitor(request: HttpRequest) -> Customer | None:
    """The customer who is signed in and may be; None for everybody else."""
    session = session_of(request)
    return session.customer if session and session.customer.may_enter else None


def person_of(request: HttpRequest) -> Person | None:
    """The signed-in customer as the contact form knows people; None for strangers and for who has no address."""
    known = visitor(request)
    return Person(known.email, known.name, customer=known.pk) if known and known.email else None


def let_in(request: HttpRequest, customer: Customer, *, by_link: bool, to: str) -> HttpResponse:
    """Begin a session on this device, in place of the one before, and go on."""
    if before := session_of(request):
        before.delete()
    told = {"ip": guard.client_ip(request), "user_agent": request.headers.get("User-Agent", "")}
    token = CustomerSession.objects.begin(customer, by_link=by_link, **told)
    response = SeeOther(to)
    remember(response, token)
    return response


def remember(response: HttpResponseBase, token: str) -> None:
    """Give the browser the session's cookie: scripts cannot read it, other sites cannot send it along."""
    response.set_signed_cookie(
        COOKIE, token, salt=SALT, max_age=STAY, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def off(request: HttpRequest) -> HttpResponse:
    """What somebody sees whose account is switched off."""
    response = render(request, "portal/area/off.html", status=403)
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


def entrance(view: View) -> View:
    """A page before anybody is in: never stored nor indexed, in the language of ?lang= or the browser.

    Unlike the public pages these have a cookie, and so Django's protection of forms.
    """

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with pages.in_words_of(request.GET.get("lang", "")):
            return _guarded(view(request, *args, **kwargs))

    return page


def mine(page: str = "") -> Callable[[View], View]:
    """A page of the area: for whoever is signed in, in their language, if their group may use it (an AreaPage).

    Strangers sign in first and come back; an account that is switched off gets a 403 page.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            session = session_of(request)
            if session is None:
                return _to_sign_in(request)
            with pages.in_words_of(request.GET.get("lang") or session.customer.language):
                if not session.customer.may_enter:
                    session.customer.end_sessions()
                    return _guarded(off(request))
                if page and page not in pages_of(session.customer):
                    raise Http404
                request.visit, request.customer = session, session.customer
                if request.method == "GET":
                    session.was_used(request.path)
                return _guarded(view(request, *args, **kwargs))

        return guarded

    return decorate


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    there = f"?next={quote(request.path)}" if request.method == "GET" else ""
    return SeeOther(reverse("portal:area_sign_in") + there)


def _guarded(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers.setdefault("Content-Language", translation.get_language() or "")
    return response


def draw(request: CustomerRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page of the area with its tabs."""
    allowed = pages_of(request.customer)
    shared = {"customer": request.customer, "person": request.customer, "allowed": allowed, "tabs": tabs(allowed)}
    return render(request, f"portal/area/{template}.html", {**shared, **context}, status=status)


def tabs(allowed: list[str]) -> list[tuple[str, str]]:
    """(URL name, label) of the pages that a group may use; how one signs in is everybody's own."""
    named = {AreaPage.THREADS: "area_threads", AreaPage.ORDERS: "area_orders", AreaPage.PROFILE: "area_details"}
    labels = {
        AreaPage.THREADS: translation.gettext("Messages"),
        AreaPage.ORDERS: translation.gettext("Orders"),
        AreaPage.PROFILE: translation.gettext("Your details"),
    }
    own = [(named[AreaPage(page)], labels[AreaPage(page)]) for page in allowed]
    return [*own, ("area_access", translation.gettext("Access"))]


def home(customer: Customer) -> str:
    """The first page that a customer may use."""
    return reverse(f"portal:{tabs(pages_of(customer))[0][0]}")
