"""Which contact takes the threads of a shop's contact: a part of the shop's page, addressed by URL name."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import AgentRequest, supervisor_required
from accounts.http import respond
from helpdesk import context as shop
from helpdesk.models import ShopContact
from helpdesk.models.shop_contact import keeping


@supervisor_required
@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: AgentRequest, shop_id: int) -> HttpResponse:
    """The contacts that the shop told of, each with a choice of ours; a fragment for htmx, else a page."""
    found = get_object_or_404(shop.Shop, pk=shop_id)
    rows = list(ShopContact.objects.filter(source=found).select_related("contact"))
    ours = keeping()
    if request.method == "POST":
        by_id = {str(one.pk): one for one in ours}
        for row in rows:
            if (wanted := request.POST.get(f"contact-{row.pk}")) is not None:
                row.choose(by_id.get(wanted), by=request.user)
    context = {"shop": found, "rows": rows, "contacts": ours, "saved": request.method == "POST", "section": "shops"}
    if request.method == "POST":
        return respond(request, "settings/_shop_contacts.html", context, to=reverse("crm:shop", args=[shop_id]))
    template = "settings/_shop_contacts.html" if request.htmx else "settings/shop_contacts.html"
    return render(request, template, context)
