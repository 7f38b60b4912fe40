"""The link in a mail that brings a customer back to their cart."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET

from helpdesk import context
from helpdesk.models import DeskSettings
from portal import pages


@require_GET
@pages.private
def restore(request: HttpRequest, token: str) -> HttpResponse:
    """On to the cart in the shop; whoever comes too late reads where the shop is."""
    try:
        address = context.restore_cart(token) or DeskSettings.load().shop_url
    except (signing.SignatureExpired, LookupError):
        return render(request, "portal/cart_gone.html", status=410)
    except signing.BadSignature:
        raise Http404 from None
    return HttpResponseRedirect(address) if address else render(request, "portal/cart_gone.html", {"kept": True})
