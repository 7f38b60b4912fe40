"""The list of carts: looking, taking it along as a file, deleting many; and the weeks."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from crm import cart_weeks
from crm.lists import carts
from crm.models import Cart
from crm.tables import export


@agent_required
@require_safe
def index(request: AgentRequest) -> HttpResponse:
    """All carts, or a kind of them."""
    listing = carts.listing_of(request)
    return listing.respond("crm/carts/index.html", carts.page_of(listing))


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def export_carts(request: AgentRequest) -> HttpResponseBase:
    """The filtered carts as a file."""
    return export(request, carts.CARTS, Cart.objects.all(), back=reverse("crm:carts"))


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: AgentRequest) -> HttpResponse:
    """Ask how many, and delete them; those that became an order stay."""
    selection = carts.selection_of(request)
    if request.method != "POST":
        stay = Cart.objects.filter(pk__in=selection.rows.values("pk")).processed().count()
        context = {"selection": selection, "count": selection.count - stay, "stay": stay}
        return render(request, "crm/carts/delete.html", context)
    gone = Cart.objects.filter(pk__in=selection.rows.values("pk")).discard(by=request.user)
    messages.success(request, ngettext("%(n)s cart deleted.", "%(n)s carts deleted.", gone) % {"n": gone})
    return SeeOther(selection.listing.address())


@agent_required
@require_safe
def weeks(request: AgentRequest) -> HttpResponse:
    """What became of the carts, week by week."""
    return render(request, "crm/carts/weeks.html", {"weeks": cart_weeks.weeks()})
