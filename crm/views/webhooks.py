"""Settings: the addresses of a shop that are told what happens, and the log of what they were told."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import AgentRequest, supervisor_required
from accounts.history import changes
from crm.forms_shops import WebhookForm
from crm.models import Delivery, Shop, Webhook

A_PAGE = 30


def webhook_of(shop_id: int, webhook_id: int) -> Webhook:
    """One address of a shop; 404 for another shop's."""
    return get_object_or_404(Webhook.objects.select_related("shop"), pk=webhook_id, shop=shop_id)


@supervisor_required
@never_cache
def new(request: AgentRequest, shop_id: int) -> HttpResponse:
    """A new address; its secret is shown once, on the page that follows."""
    webhook = Webhook(shop=get_object_or_404(Shop, pk=shop_id))
    form = WebhookForm(request.POST if request.method == "POST" else None, instance=webhook)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        return page(request, saved, secret=saved.renew_secret())
    return page(request, webhook, form=form, status=400 if form.errors else 200)


@supervisor_required
def edit(request: AgentRequest, shop_id: int, webhook_id: int) -> HttpResponse:
    """An address with its log."""
    webhook = webhook_of(shop_id, webhook_id)
    form = WebhookForm(request.POST if request.method == "POST" else None, instance=webhook)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The address is saved."))
        return redirect("crm:webhook", shop_id, webhook_id)
    return page(request, webhook, form=form, status=400 if form.errors else 200)


def page(
    request: AgentRequest, webhook: Webhook, *, form: WebhookForm | None = None, secret: str = "", status: int = 200
) -> Any:
    """The page of an address; `secret` is shown this once."""
    known = webhook_of(webhook.shop_id, webhook.pk) if webhook.pk else webhook
    deliveries = Delivery.objects.filter(webhook=known.pk)
    context = {
        "section": "shops",
        "shop": known.shop,
        "webhook": known,
        "form": form or WebhookForm(instance=webhook),
        "secret": secret,
        "page": Paginator(deliveries, A_PAGE).get_page(request.GET.get("page")),
        "changes": changes(known) if known.pk else [],
    }
    return render(request, "settings/webhook.html", context, status=status)


@supervisor_required
@require_POST
@never_cache
def renew_secret(request: AgentRequest, shop_id: int, webhook_id: int) -> HttpResponse:
    """A new secret, shown this once; what leaves from now on is signed with it."""
    webhook = webhook_of(shop_id, webhook_id)
    return page(request, webhook, secret=webhook.renew_secret())


@supervisor_required
@require_POST
def switch(request: AgentRequest, shop_id: int, webhook_id: int) -> HttpResponse:
    """Use the address, or let it rest."""
    webhook_of(shop_id, webhook_id).switch(on=request.POST.get("on") == "1", by=request.user)
    return redirect("crm:webhook", shop_id, webhook_id)


@supervisor_required
@require_POST
def remove(request: AgentRequest, shop_id: int, webhook_id: int) -> HttpResponse:
    """Tell this address nothing any more; its log goes too."""
    webhook_of(shop_id, webhook_id).delete()
    messages.success(request, _("The address is deleted."))
    return redirect("crm:shop", shop_id)


@supervisor_required
@require_POST
def send_again(request: AgentRequest, shop_id: int, webhook_id: int, delivery_id: int) -> HttpResponse:
    """The same telling once more, now."""
    webhook = webhook_of(shop_id, webhook_id)
    get_object_or_404(webhook.deliveries, pk=delivery_id).send_again(by=request.user)
    messages.success(request, _("It leaves again within seconds."))
    return redirect("crm:webhook", shop_id, webhook_id)
