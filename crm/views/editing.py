"""The form of a customer's record: a new one, and one that is there."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from crm import meanwhile
from crm.forms_customer import CustomerForm
from crm.models import Customer
from crm.models.record import OutdatedError
from crm.profile import consents_of

PREFILLED = ("first_name", "last_name", "phone", "language")


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AgentRequest) -> HttpResponse:
    """A customer whom the team enters. ?email=, ?first_name= ... fill in what is known already."""
    if request.method != "POST":
        initial = {name: request.GET[name] for name in PREFILLED if name in request.GET}
        return _page(request, CustomerForm(initial={**initial, "emails": request.GET.getlist("email")}))
    form = CustomerForm(request.POST)
    customer = _written(request, form)
    return _saved(request, customer, _("The customer is entered.")) if customer else _page(request, form, status=400)


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AgentRequest, customer_id: int) -> HttpResponse:
    """The record as it is now; what a colleague saved meanwhile is never overwritten."""
    customer = get_object_or_404(Customer.objects.present(), pk=customer_id)
    if request.method != "POST":
        return _page(request, meanwhile.based(CustomerForm(instance=customer)))
    form = CustomerForm(request.POST, instance=customer)
    if "join" in request.POST:
        return _page(request, meanwhile.joined(form), joined=True)
    try:
        saved = _written(request, form)
    except OutdatedError:
        return _collided(request, form)
    return _saved(request, saved, _("The record is saved.")) if saved else _page(request, form, status=400)


@agent_required
@require_POST
def register(request: AgentRequest, customer_id: int) -> HttpResponse:
    """Make a guest a customer with an account."""
    customer = get_object_or_404(Customer.objects.present(), pk=customer_id)
    try:
        customer.become_account(by=request.user)
    except ValueError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Now a customer with an account."))
    return SeeOther(reverse("crm:customer", args=[customer.pk]))


def _collided(request: AgentRequest, form: CustomerForm) -> HttpResponse:
    """Nothing was overwritten: say who saved what. Where it was nothing that the form shows, save after all."""
    happened = meanwhile.what_happened(form)
    if happened.changes:
        return _page(request, form, status=409, happened=happened)
    data = meanwhile.sent(form)
    data["version"] = str(Customer.objects.get(pk=form.instance.pk).version)
    again = CustomerForm(data, instance=form.instance)
    try:
        saved = _written(request, again)
    except OutdatedError:  # and somebody saved once more
        return _collided(request, again)
    return _saved(request, saved, _("The record is saved.")) if saved else _page(request, again, status=400)


def _written(request: AgentRequest, form: CustomerForm) -> Customer | None:
    """The saved customer; None where the form now says what stands in the way."""
    if not form.is_valid():
        return None
    try:
        return form.save(by=request.user)
    except ValidationError as error:  # somebody took the address or the name this very moment
        form.refuse(error)
        return None


def _saved(request: AgentRequest, customer: Customer, said: str) -> HttpResponse:
    messages.success(request, said)
    return SeeOther(reverse("crm:customer", args=[customer.pk]))


def _page(request: AgentRequest, form: CustomerForm, *, status: int = 200, **more: object) -> HttpResponse:
    customer = form.instance if form.instance.pk else None
    consents = consents_of(customer) if customer else {}
    context = {"form": form, "customer": customer, "consents": consents, **more}
    return render(request, "crm/customer_form.html", context, status=status)
