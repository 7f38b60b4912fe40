"""Settings: the PrestaShop of a shop. Its web service, trial, import, pause, and what could not be taken."""

import csv

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AgentRequest, supervisor_required
from accounts.http import SeeOther
from crm.forms_prestashop import PrestaShopForm
from crm.models import PrestaShop, Shop
from crm.prestashop.shown import LABELS, card_of
from crm.tables import harmless
from crm.views.shops import page

ASKED = (PrestaShop.Task.TRIAL, PrestaShop.Task.IMPORT, PrestaShop.Task.SYNC)


@supervisor_required
def show(request: AgentRequest, shop_id: int) -> HttpResponse:
    """How far it is (GET, a fragment); another address or key (POST)."""
    shop = get_object_or_404(Shop, pk=shop_id)
    if request.method != "POST":
        return _progress(request, shop)
    connection = PrestaShop.objects.filter(shop=shop).first() or PrestaShop(shop=shop)
    form = PrestaShopForm(request.POST, instance=connection)
    if not form.is_valid():
        response: HttpResponse = page(request, shop, prestashop=form, status=400)
        return response
    form.save()
    messages.success(request, _("The connection is saved. Try it before you import."))
    return _back(shop.pk)


def _progress(request: AgentRequest, shop: Shop) -> HttpResponse:
    """For htmx the fragment; otherwise the page that it stands on."""
    if not request.htmx:
        return _back(shop.pk)
    return render(request, "settings/_prestashop_progress.html", {"shop": shop, **card_of(shop)})


@supervisor_required
@require_POST
def task(request: AgentRequest, shop_id: int) -> HttpResponse:
    """Try, import, look for changes now; pause and go on."""
    connection = get_object_or_404(PrestaShop, shop=shop_id)
    wanted = request.POST.get("do", "")
    if wanted == "pause":
        connection.pause()
    elif wanted == "resume":
        connection.resume()
    elif wanted in ASKED:
        try:
            connection.ask(wanted)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
    else:
        raise Http404
    return _back(shop_id)


@supervisor_required
@require_safe
def problems(request: AgentRequest, shop_id: int) -> HttpResponse:
    """What could not be taken, with the reason."""
    connection = get_object_or_404(PrestaShop, shop=shop_id)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="prestashop-{shop_id}.csv"'
    response["Cache-Control"] = "no-store"
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([_("Task"), _("What"), _("No. in the shop"), _("Problem")])
    for step in connection.steps.all():
        for number, sentence in step.problems:
            writer.writerow(
                [harmless(str(one)) for one in (step.get_task_display(), LABELS[step.resource], number, sentence)]
            )
    return response


@supervisor_required
@require_POST
def delete(request: AgentRequest, shop_id: int) -> HttpResponse:
    """Forget the connection and its key; what was imported stays."""
    get_object_or_404(PrestaShop, shop=shop_id).delete()
    messages.success(request, _("The connection has ended and its key is forgotten. What was imported stays."))
    return _back(shop_id)


def _back(shop_id: int) -> HttpResponse:
    return SeeOther(reverse("crm:shop", args=[shop_id]) + "#prestashop")
