"""An agent's own pages: profile, password, API token."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from rest_framework.authtoken.models import Token

from accounts.access import AgentRequest, agent_required
from accounts.forms import PasswordForm, ProfileForm
from accounts.models import Agent


def page(
    request: AgentRequest,
    *,
    form: ProfileForm | None = None,
    password: PasswordForm | None = None,
    fresh_token: str = "",
) -> HttpResponse:
    """The whole profile page; a form that was refused comes back with what was typed."""
    agent = Agent.objects.get(pk=request.user.pk)
    context = {
        "section": "profile",
        "form": form or ProfileForm(instance=agent),
        "password_form": password or PasswordForm(agent),
        "token": Token.objects.filter(user=agent).first(),
        "fresh_token": fresh_token,
    }
    return render(request, "accounts/profile.html", context)


@agent_required
def show(request: AgentRequest) -> HttpResponse:
    """See and save the profile."""
    if request.method != "POST":
        return page(request)
    form = ProfileForm(request.POST, instance=Agent.objects.get(pk=request.user.pk))
    if not form.is_valid():
        return page(request, form=form)
    form.save()
    messages.success(request, _("Your profile is saved."))
    return redirect("accounts:profile")


@agent_required
@require_POST
@sensitive_post_parameters()
def change_password(request: AgentRequest) -> HttpResponse:
    """Take another password; sessions on other devices end, this one stays."""
    form = PasswordForm(Agent.objects.get(pk=request.user.pk), request.POST)
    if not form.is_valid():
        return page(request, password=form)
    update_session_auth_hash(cast("HttpRequest", request), form.save())
    messages.success(request, _("Your password is changed. Other devices are signed out."))
    return redirect("accounts:profile")


@agent_required
@require_POST
@never_cache
def make_token(request: AgentRequest) -> HttpResponse:
    """A new API token, shown this once; the one before stops working."""
    Token.objects.filter(user=request.user).delete()
    return page(request, fresh_token=Token.objects.create(user=request.user).key)


@agent_required
@require_POST
def revoke_token(request: AgentRequest) -> HttpResponse:
    """No program may act for this agent any more."""
    Token.objects.filter(user=request.user).delete()
    messages.success(request, _("The API token is revoked."))
    return redirect("accounts:profile")
