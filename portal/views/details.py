"""The customer's own details: name and phone, addresses, what they allow us to send."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import SeeOther
from portal import area, guard
from portal.area import CustomerRequest
from portal.customer import Address, AreaPage, Consent
from portal.forms_details import AddressForm, ConsentForm, DetailsForm, EmailForm


@require_http_methods(["GET", "HEAD", "POST"])
@area.mine(AreaPage.PROFILE)
def show(request: CustomerRequest) -> HttpResponse:
    """Everything on one page; a POST saves name, phones, language and birthday."""
    form = DetailsForm(request.POST if request.method == "POST" else None, customer=request.customer)
    if form.is_valid() and form.save():
        return saved(request, _("Your details are saved."))
    return draw(request, details=form)


def draw(
    request: CustomerRequest, *, details: DetailsForm | None = None, email: EmailForm | None = None
) -> HttpResponse:
    """The page with its forms, empty or as they came back."""
    context = {
        "details": details or DetailsForm(customer=request.customer),
        "email": email or EmailForm(customer=request.customer),
        "consent": ConsentForm(customer=request.customer),
        "emails": request.customer.emails.all(),
        "addresses": request.customer.addresses.filter(deleted_at=None),
    }
    return area.draw(request, "details", context)


@require_POST
@area.mine(AreaPage.PROFILE)
def consents(request: CustomerRequest) -> HttpResponse:
    """What we may send: written down with when, where and in which words."""
    form = ConsentForm(request.POST, customer=request.customer)
    if form.is_valid():
        form.save(source=Consent.Source.AREA, ip=guard.client_ip(request))
    return saved(request, _("Your choice is saved."))


@require_POST
@area.mine(AreaPage.PROFILE)
def emails(request: CustomerRequest) -> HttpResponse:
    """Add an address (after a mail to it was confirmed), or make one the main one or take it away: as `do` says."""
    form = EmailForm(request.POST, customer=request.customer)
    if not form.is_valid():
        return draw(request, email=form)
    if wait := form.seconds_to_wait():
        form.add_error(
            "address", _("We have just sent a mail there. Wait %(n)s seconds for another one.") % {"n": wait}
        )
        return draw(request, email=form)
    return saved(request, form.save())


@require_http_methods(["GET", "HEAD", "POST"])
@area.mine(AreaPage.PROFILE)
def address(request: CustomerRequest, address_id: int | None = None) -> HttpResponse:
    """A new postal address, or one of the customer's to change or take away."""
    own = request.customer.addresses.filter(deleted_at=None)
    found = get_object_or_404(own, pk=address_id) if address_id else None
    if found and request.method == "POST" and request.POST.get("do") == "remove":
        Address.objects.filter(pk=found.pk).remove(by=None)
        return saved(request, _("The address is gone. Orders keep their own copy."))
    form = AddressForm(request.POST if request.method == "POST" else None, customer=request.customer, address=found)
    if form.is_valid() and form.save():
        return saved(request, _("The address is saved."))
    return area.draw(request, "address", {"form": form, "address": found})


def saved(request: CustomerRequest, sentence: str) -> HttpResponse:
    """Back to the page, which says what was done."""
    messages.success(request, sentence)
    return SeeOther(reverse("portal:area_details"))
