"""The end of the daily mail, by the link at its foot."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import Agent
from helpdesk.digest import reader_in


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, token: str) -> HttpResponse:
    """A button, or one click of the mail program (RFC 8058), ends it. The signed link is what proves, no cookie."""
    try:
        agent = reader_in(token)
    except (signing.BadSignature, ValueError, Agent.DoesNotExist):
        raise Http404 from None
    if request.method == "POST":
        agent.stop_digest()
    return render(request, "helpdesk/digest_off.html", {"is_done": not agent.digest_mail})
