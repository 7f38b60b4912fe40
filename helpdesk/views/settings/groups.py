"""Which contacts a group of customers may choose in the form: a part of the group's page, addressed by URL name."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import AgentRequest, supervisor_required
from accounts.http import respond
from accounts.typed import number
from helpdesk import context as shop
from helpdesk.models import Contact


@supervisor_required
@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: AgentRequest, group_id: int) -> HttpResponse:
    """All public contacts, each with whether this group sees it; a fragment for htmx, else a page."""
    group = get_object_or_404(shop.groups(), pk=group_id)
    if request.method == "POST":
        _choose(group_id, {number(one) for one in request.POST.getlist("contacts")} - {0})
    context = {"group": group, "rows": _rows(group_id), "saved": request.method == "POST", "section": "contacts"}
    if request.method == "POST":
        path = reverse("helpdesk:group_contacts", args=[group_id])
        return respond(request, "settings/_group_contacts.html", context, to=path)
    template = "settings/_group_contacts.html" if request.htmx else "settings/group_contacts.html"
    return render(request, template, context)


def _rows(group_id: int) -> list[tuple[Contact, bool]]:
    allowed = set(Contact.objects.listed([group_id]).values_list("pk", flat=True))
    return [(contact, contact.pk in allowed) for contact in Contact.objects.active().filter(is_public=True)]


def _choose(group_id: int, wanted: set[int]) -> None:
    everybody = list(shop.groups().values_list("pk", flat=True))
    for contact, is_allowed in _rows(group_id):
        if contact.pk in wanted and not is_allowed:
            contact.admit(group_id, among=everybody)
        elif contact.pk not in wanted and is_allowed:
            contact.shut_out(group_id, among=everybody)
