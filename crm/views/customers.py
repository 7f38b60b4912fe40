"""The list of customers, and the list as a file."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import AgentRequest, agent_required
from crm import tables
from crm.lists.customers import listing_of, table_for, tiles_of
from crm.models import BulkChange, Customer


@agent_required
@require_safe
def index(request: AgentRequest) -> HttpResponse:
    """A page of the list with its figures; for htmx the table alone."""
    listing = listing_of(request)
    context = {"tiles": tiles_of(listing), "tags": listing.choices_of("tag"), "undo": _just_done(request)}
    return listing.respond("crm/customers/index.html", context)


def _just_done(request: AgentRequest) -> BulkChange | None:
    """The change of many customers that was made a moment ago, to be offered for undoing once."""
    pk = request.session.pop("bulk_change", None)
    return BulkChange.objects.filter(pk=pk).first() if pk else None


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: AgentRequest) -> HttpResponseBase:
    """Which columns and which kind of file; then the file."""
    return tables.export(request, table_for(request.user), Customer.objects.present(), back=reverse("crm:customers"))
