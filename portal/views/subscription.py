"""The link at the foot of our advertising: one button, or one click of the mail program (RFC 8058), ends it."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from helpdesk import context
from portal import guard, pages


@require_http_methods(["GET", "HEAD", "POST"])
@pages.private
def end(request: HttpRequest, token: str) -> HttpResponse:
    """Ask (programs that look into links must not unsubscribe anybody), and do it."""
    try:
        customer = context.subscriber(token)
    except (signing.BadSignature, LookupError):
        raise Http404 from None
    is_done = request.method == "POST"
    if is_done:
        context.unsubscribe(customer, ip=guard.client_ip(request))
    return render(request, "portal/unsubscribe.html", {"is_done": is_done or not customer.newsletter})
