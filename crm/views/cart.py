"""The page of one cart, and taking a cart away."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther, respond
from crm import cart_page
from crm.models import Cart, CartIsOrdered

NET = "prices_without_tax"  # in the session: how this agent likes to see prices


def found(cart_id: int) -> Cart:
    """The cart with all that is shown of it, or 404."""
    cart = cart_page.cart_with_all(cart_id)
    if cart is None:
        raise Http404
    return cart


@agent_required
@require_safe
def show(request: AgentRequest, cart_id: int) -> HttpResponse:
    """Who fills it, with what, how far they are."""
    cart = found(cart_id)
    page = render(request, "crm/cart/page.html", cart_page.page_of(cart, net=_is_net(request)))
    if sources := cart_page.picture_sources(cart.source):
        page._csp_update = {"img-src": sources}  # type: ignore[attr-defined]
    return page


@agent_required
@require_safe
def content(request: AgentRequest, cart_id: int) -> HttpResponse:
    """What changes while the customer shops, fetched again at each change."""
    return render(request, "crm/cart/_content.html", _content_of(request, found(cart_id)))


@agent_required
@require_POST
def prices(request: AgentRequest, cart_id: int) -> HttpResponse:
    """With or without tax, from now on for every cart."""
    request.session[NET] = request.POST.get("prices") == "net"
    context = _content_of(request, found(cart_id))
    return respond(request, "crm/cart/_content.html", context, to=reverse("crm:cart", args=[cart_id]))


def _content_of(request: AgentRequest, cart: Cart) -> dict[str, Any]:
    """The fragment brings the top of the page and the age of the data along."""
    return {**cart_page.content_of(cart, net=_is_net(request)), **cart_page.age_of(cart), "oob": True}


def _is_net(request: AgentRequest) -> bool:
    return bool(request.session.get(NET))


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: AgentRequest, cart_id: int) -> HttpResponse:
    """Ask, and delete the cart: only without order."""
    cart = found(cart_id)
    if request.method != "POST":
        return render(request, "crm/cart/delete.html", {"cart": cart}, status=409 if cart.is_processed else 200)
    try:
        cart.discard(by=request.user)
    except CartIsOrdered as refused:
        messages.error(request, str(refused))
        return SeeOther(reverse("crm:cart", args=[cart_id]))
    messages.success(request, _("Cart %(cart)s is deleted.") % {"cart": f"{cart_id:06d}"})
    return SeeOther(reverse("crm:carts"))
