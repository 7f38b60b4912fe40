"""The end of a mail that comes by the clock, by the link at its foot."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import Agent
from helpdesk.regular import Regular


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, token: str, mail: Regular) -> HttpResponse:
    """A button, or one click of the mail program (RFC 8058), ends it.

    No cookie is asked for: the signed link is what proves, so a foreign site has nothing to ride on.
    """
    try:
        agent = mail.reader_in(token)
    except (signing.BadSignature, ValueError, Agent.DoesNotExist):
        raise Http404 from None
    if request.method == "POST":
        mail.stop(agent)
    return render(request, "helpdesk/regular_off.html", {"title": mail.title, "is_done": mail.is_off(agent)})
