"""Coming into the private area: by password, by a mailed link, with a new password; and going out again."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SeeOther
from portal import area, guard
from portal.customer import AreaLink, Customer, door, propose_password
from portal.forms_area import PasswordForm, SignInForm

Purpose = AreaLink.Purpose
SIGN_IN = "portal/area/sign_in.html"


@require_http_methods(["GET", "HEAD", "POST"])
@area.entrance
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form with both ways in. Whoever is in already goes on."""
    if request.method != "POST":
        if known := area.visitor(request):
            return SeeOther(area.home(known))
        return render(request, SIGN_IN, {"form": SignInForm(), "next": request.GET.get("next", "")})
    form = SignInForm(request.POST)
    if not form.is_valid():
        return again(request, form)
    if form.wants_link:
        return send_link(request, form)
    return by_password(request, form)


def by_password(request: HttpRequest, form: SignInForm) -> HttpResponse:
    """In, if name and password belong together; after many wrong ones there is a wait."""
    name, counters = form.cleaned_data["name"], guard.tries(request, form.cleaned_data["name"])
    if wait := max(one.wait(who) for one, who in counters):
        return again(request, form, wait=wait)
    customer = door.by_password(name, form.cleaned_data["password"])
    for one, who in counters:
        one.failed(who) if customer is None else one.forget(who)
    if customer is None:
        form.add_error("password", _("Name and password do not belong together. Type them again."))
        return again(request, form)
    if not customer.may_enter:
        return area.off(request)
    return area.let_in(request, customer, by_link=False, to=wanted(request, customer))


def send_link(request: HttpRequest, form: SignInForm) -> HttpResponse:
    """Mail a link. The page says the same, and takes as long, whether there is an account or not."""
    name, counters = form.cleaned_data["name"], guard.links(request, form.cleaned_data["name"])
    wait = max(one.wait(who) for one, who in counters)
    if not wait:
        for one, who in counters:
            one.failed(who)
        door.mail_link(name, forgotten=form.is_forgotten, language=get_language() or "")
    left = wait or max(one.wait(who) for one, who in counters)
    context = {"form": form, "name": name, "wait": left, "too_soon": bool(wait), "next": request.POST.get("next", "")}
    response = render(request, "portal/area/link_sent.html", context, status=429 if wait else 200)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def again(request: HttpRequest, form: SignInForm, *, wait: int = 0) -> HttpResponse:
    """The form with what is wrong; the name is kept, the password is not."""
    context = {"form": form, "wait": wait, "clock": f"{wait // 60}:{wait % 60:02}"}
    context["next"] = request.POST.get("next", "")
    response = render(request, SIGN_IN, context, status=429 if wait else 200)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def wanted(request: HttpRequest, customer: Customer) -> str:
    """The page of the area that was asked for before, else the first one."""
    there = request.POST.get("next", "")
    inside = there.startswith(reverse("portal:area"))
    return there if inside and url_has_allowed_host_and_scheme(there, allowed_hosts=None) else area.home(customer)


@require_http_methods(["GET", "HEAD", "POST"])
@area.entrance
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link: a button uses it, so that programs which open links in mails do not."""
    link = AreaLink.objects.with_token(token, Purpose.SIGN_IN)
    if refused := refusal(request, link):
        return refused
    assert link is not None  # noqa: S101 - refused before
    if request.method != "POST":
        return render(request, "portal/area/by_link.html", {"who": link.customer, "address": link.address})
    if not link.use():
        return gone(request, used=True)
    return area.let_in(request, link.customer, by_link=True, to=area.home(link.customer))


@require_http_methods(["GET", "HEAD", "POST"])
@area.entrance
def choose_password(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an invitation, or after a password was forgotten: a proposed password, or one's own; and in."""
    link = AreaLink.objects.with_token(token, Purpose.PASSWORD)
    if refused := refusal(request, link):
        return refused
    assert link is not None  # noqa: S101 - refused before
    customer = link.customer
    bound = request.POST if request.method == "POST" else None
    form = PasswordForm(bound, customer=customer, initial={"password": propose_password()})
    if not form.is_valid():
        shown = {"form": form, "who": customer, "address": link.address, "proposals": proposals(form)}
        return render(request, "portal/area/choose_password.html", shown)
    with transaction.atomic():
        if not link.use():
            return gone(request, used=True)
        form.save(ip=guard.client_ip(request))
        return area.let_in(request, customer, by_link=True, to=area.home(customer))


def proposals(form: PasswordForm) -> list[str]:
    """Free user names, for those who have none yet."""
    return form.customer.propose_usernames() if form.asks_username else []


@require_http_methods(["GET", "HEAD", "POST"])
@area.entrance
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a mail to a new address: with the button it becomes one of the customer's."""
    link = AreaLink.objects.with_token(token, Purpose.ADDRESS)
    if refused := refusal(request, link):
        return refused
    assert link is not None  # noqa: S101 - refused before
    if request.method != "POST":
        return render(request, "portal/area/confirm_address.html", {"address": link.address})
    if not link.use():
        return gone(request, used=True)
    link.customer.add_email(link.address)
    return render(request, "portal/area/address_confirmed.html", {"address": link.address})


def refusal(request: HttpRequest, link: AreaLink | None) -> HttpResponse | None:
    """Why a mailed link opens nothing: switched off (403), used or too old (410); None if it does."""
    if link is None or not link.customer.has_account:
        return gone(request, used=False)
    if not link.customer.may_enter:
        return area.off(request)
    return None if link.is_open else gone(request, used=link.used_at is not None)


def gone(request: HttpRequest, *, used: bool) -> HttpResponse:
    """The link was used, or its time is over."""
    return render(request, "portal/area/link_gone.html", {"used": used}, status=410)
