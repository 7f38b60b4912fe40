"""Signing a mailbox in to Google or Microsoft: the registration, the way there, the way back."""

import hmac
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from accounts.access import AgentRequest, supervisor_required
from mailgateway import pings, providers
from mailgateway.forms import SignInAppForm
from mailgateway.grants import Grant, SignIn, SignInApp
from mailgateway.models import Mailbox
from mailgateway.tls import Refused

ASKED = "mail-permission"  # the session's key: whom we asked for what


def callback_url() -> str:
    """The address that has to be registered with the provider."""
    return settings.SITE_URL + reverse("mailgateway:permission_given")


def _mailbox(mailbox_id: int) -> Mailbox:
    return get_object_or_404(Mailbox.objects.exclude(sign_in=SignIn.PASSWORD), pk=mailbox_id)


@never_cache
@supervisor_required
@sensitive_post_parameters("secret")
def show(request: HttpRequest, mailbox_id: int) -> HttpResponse:
    """What is needed, step by step; saves the registration."""
    mailbox = _mailbox(mailbox_id)
    app = SignInApp.objects.filter(provider=mailbox.sign_in).first() or SignInApp(provider=mailbox.sign_in)
    form = SignInAppForm(request.POST if request.method == "POST" else None, instance=app)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The registration is saved. Now sign in."))
        return redirect("mailgateway:permission", mailbox.pk)
    registered = SignInApp.objects.filter(provider=mailbox.sign_in).first()
    context = {
        "section": "mailboxes",
        "mailbox": mailbox,
        "form": form,
        "registered": registered,
        "grant": Grant.objects.filter(mailbox=mailbox, provider=mailbox.sign_in).first(),
        "callback": callback_url(),
        "provider": SignIn(mailbox.sign_in).label,
    }
    return render(request, "mailgateway/permission.html", context)


@never_cache
@supervisor_required
@require_GET
def ask(request: HttpRequest, mailbox_id: int) -> HttpResponse:
    """Off to the provider's page. A link, not a form: the policy sends no form to other sites."""
    mailbox = _mailbox(mailbox_id)
    app = get_object_or_404(SignInApp, provider=mailbox.sign_in)
    asked = providers.ask(app, username=mailbox.username, back_to=callback_url())
    request.session[ASKED] = {"mailbox": mailbox.pk, "state": asked.state, "verifier": asked.verifier}
    return redirect(asked.url)


@never_cache
@supervisor_required
@require_GET
def given(request: AgentRequest) -> HttpResponse:
    """Back from the provider: with a code, which is exchanged at once, or with its refusal."""
    asked: dict[str, Any] = request.session.pop(ASKED, {})
    state = request.GET.get("state", "")
    if not asked or not hmac.compare_digest(state.encode(), str(asked.get("state", "")).encode()):
        messages.error(request, _("This answer was not asked for, or came twice. Begin once more."))
        return redirect("mailgateway:mailboxes")
    mailbox = _mailbox(asked["mailbox"])
    if trouble := _take(request, mailbox, asked["verifier"]):
        messages.error(request, trouble)
    else:
        messages.success(request, _("“%(name)s” is signed in. Test the connection now.") % {"name": mailbox})
        pings.mailboxes_changed()
    return redirect("mailgateway:permission", mailbox.pk)


def _take(request: AgentRequest, mailbox: Mailbox, verifier: str) -> str:
    """Keep what the provider gives; a sentence if it gives nothing."""
    if "code" not in request.GET:
        said = " ".join(request.GET.get(name, "") for name in ("error", "error_description"))
        words = " ".join(said.split())[:250]
        return _("%(provider)s says: %(words)s") % {"provider": SignIn(mailbox.sign_in).label, "words": words}
    app = get_object_or_404(SignInApp, provider=mailbox.sign_in)
    try:
        tokens = providers.exchange(app, request.GET["code"], verifier=verifier, back_to=callback_url())
    except (Refused, ValueError) as error:
        return str(error)
    Grant.give(mailbox.pk, mailbox.sign_in, tokens, by=request.user)
    return ""


@supervisor_required
@require_POST
def end(request: HttpRequest, mailbox_id: int) -> HttpResponse:
    """Forget the tokens of a mailbox."""
    mailbox = _mailbox(mailbox_id)
    Grant.objects.filter(mailbox=mailbox).delete()
    pings.mailboxes_changed()
    messages.success(request, _("“%(name)s” is signed out.") % {"name": mailbox})
    return redirect("mailgateway:permission", mailbox.pk)
