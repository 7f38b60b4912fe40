"""Settings: the shops that feed the desk, their tokens, and what came from them."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import AgentRequest, supervisor_required
from accounts.history import changes
from crm.forms_prestashop import PrestaShopForm
from crm.forms_shops import ShopForm
from crm.models import Shop, ShopTally, Webhook
from crm.prestashop.shown import card_of

NOUNS = {
    "customers": gettext_lazy("Customers"),
    "addresses": gettext_lazy("Addresses"),
    "groups": gettext_lazy("Groups"),
    "orders": gettext_lazy("Orders"),
    "carts": gettext_lazy("Carts"),
    "vouchers": gettext_lazy("Vouchers"),
    "visits": gettext_lazy("Visits"),
}


@supervisor_required
def index(request: AgentRequest) -> HttpResponse:
    """All shops, with what is wrong."""
    failing = Webhook.objects.filter(shop=OuterRef("pk")).exclude(failing_since=None, disabled_at=None)
    shops = Shop.objects.annotate(webhook_count=Count("webhooks"), is_unheard=Exists(failing))
    return render(request, "settings/shops.html", {"section": "shops", "shops": shops})


@supervisor_required
def edit(request: AgentRequest, shop_id: int | None = None) -> HttpResponse:
    """One shop, or a new one."""
    shop = get_object_or_404(Shop, pk=shop_id) if shop_id else Shop()
    form = ShopForm(request.POST if request.method == "POST" else None, instance=shop)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("“%(title)s” is saved.") % {"title": saved.name})
        return redirect("crm:shop", saved.pk)
    return page(request, shop, form=form, status=400 if form.errors else 200)


def page(
    request: AgentRequest,
    shop: Shop,
    *,
    form: ShopForm | None = None,
    prestashop: PrestaShopForm | None = None,
    token: str = "",
    status: int = 200,
) -> Any:
    """The page of a shop; `token` is shown this once."""
    known = Shop.objects.get(pk=shop.pk) if shop.pk else shop  # a refused form has changed its own copy
    context = {
        "section": "shops",
        "shop": known,
        "form": form or ShopForm(instance=shop),
        "token": token,
        "site": settings.SITE_URL,
        "arrived": arrived(known) if known.pk else [],
        "webhooks": known.webhooks.with_waiting() if known.pk else [],
        "changes": changes(known) if known.pk else [],
        **(card_of(known, prestashop) if known.pk else {}),
    }
    return render(request, "settings/shop.html", context, status=status)


def arrived(shop: Shop) -> list[dict[str, Any]]:
    """What came in the last days, by kind, in the order of NOUNS."""
    sums = {row["noun"]: row for row in ShopTally.objects.sums(shop)}
    return [{"label": label, **sums[noun]} for noun, label in NOUNS.items() if noun in sums]


@supervisor_required
@require_POST
@never_cache
def renew_token(request: AgentRequest, shop_id: int) -> HttpResponse:
    """A new token, shown this once; the one before ends now."""
    shop = get_object_or_404(Shop, pk=shop_id)
    return page(request, shop, token=shop.renew_token())


@supervisor_required
@require_POST
def end_token(request: AgentRequest, shop_id: int) -> HttpResponse:
    """From now on the shop cannot send anything."""
    shop = get_object_or_404(Shop, pk=shop_id)
    shop.end_token()
    messages.success(request, _("The key has ended. Nothing that holds it can send any more."))
    return redirect("crm:shop", shop.pk)
