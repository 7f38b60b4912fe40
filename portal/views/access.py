"""How the customer comes in, on which devices, and the rights they have to their data."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SeeOther
from accounts.typed import number
from portal import area, guard, rights
from portal.area import CustomerRequest
from portal.customer import propose_password
from portal.forms_area import ChangePasswordForm, UsernameForm


@require_safe
@area.mine()
def show(request: CustomerRequest) -> HttpResponse:
    """Password, user name, devices, and one's own data."""
    customer = request.customer
    context = {
        "sessions": customer.sessions.alive(),
        "changed": customer.events.filter(kind="password").first(),
        "visit": request.visit,
    }
    return area.draw(request, "access", context)


@require_http_methods(["GET", "HEAD", "POST"])
@area.mine()
def password(request: CustomerRequest) -> HttpResponse:
    """Another password: with the current one, or within a quarter of an hour after coming in by a mailed link."""
    customer = request.customer
    asks = bool(customer.password) and not request.visit.is_fresh_by_link
    counters = guard.tries(request, customer.email)
    wait = max(one.wait(who) for one, who in counters) if asks and request.method == "POST" else 0
    bound = request.POST if request.method == "POST" and not wait else None
    form = ChangePasswordForm(bound, customer=customer, asks_current=asks, initial={"password": propose_password()})
    if form.is_valid():
        customer.set_password(form.cleaned_data["password"], ip=guard.client_ip(request), keep=request.visit)
        messages.success(request, _("Your new password counts from now on. Other devices have been signed out."))
        return SeeOther(reverse("portal:area_access"))
    if "current" in form.errors:
        for one, who in counters:
            one.failed(who)
    return area.draw(request, "password", {"form": form, "wait": wait}, status=429 if wait else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@area.mine()
def username(request: CustomerRequest) -> HttpResponse:
    """A user name to sign in with, and free ones to choose from."""
    customer = request.customer
    initial = {"username": customer.username}
    form = UsernameForm(request.POST if request.method == "POST" else None, customer=customer, initial=initial)
    if form.is_valid() and form.save():
        messages.success(request, _("Your user name is saved."))
        return SeeOther(reverse("portal:area_access"))
    wanted = request.POST.get("username", "")[:64]
    return area.draw(request, "username", {"form": form, "proposals": customer.propose_usernames(wanted=wanted)})


@require_POST
@area.mine()
def data(request: CustomerRequest) -> HttpResponseBase:
    """One's own data: all of it as a file, or a message to the shop that asks to delete it, as `do` says."""
    if request.POST.get("do") != "erase":
        return FileResponse(rights.copy_of(request.customer), as_attachment=True, filename="my-data.zip")
    number = rights.ask_to_erase(request.customer, ip=guard.client_ip(request))
    if number:
        said = _("The shop has your request: conversation #%(number)s. You get an answer by e-mail.")
        messages.success(request, said % {"number": number})
    else:
        messages.error(request, _("Nobody can be written to at the moment. Please come back later."))
    return SeeOther(reverse("portal:area_access"))


@require_POST
@area.mine()
def sessions(request: CustomerRequest) -> HttpResponse:
    """End this session, or the one of another device, or all others: as `session` says (empty, a number, "others")."""
    which = request.POST.get("session", "")
    if not which:
        request.visit.delete()
        response = SeeOther(reverse("portal:area_sign_in"))
        response.delete_cookie(area.COOKIE, samesite="Lax")
        return response
    others = request.customer.sessions.exclude(pk=request.visit.pk)
    if which != "others":
        others = others.filter(pk=number(which))
    ended = others.delete()[0]
    messages.success(
        request, ngettext("%(n)s device is signed out.", "%(n)s devices are signed out.", ended) % {"n": ended}
    )
    return SeeOther(reverse("portal:area_access"))
