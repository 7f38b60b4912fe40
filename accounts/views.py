"""Signing in and out, by password or by a mailed link."""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import login
from django.contrib.auth.views import LoginView
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import links
from accounts.forms import ChoosePasswordForm, LinkForm, SignInForm
from accounts.models import Agent

STAY = 30 * 86_400
BACKEND = "django.contrib.auth.backends.ModelBackend"
ONE_LINK_IN = 60  # seconds


class SignIn(LoginView):
    """Django's view with our form; a session ends with the browser unless the agent asked to stay."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        """In."""
        response = super().form_valid(form)
        self.request.session.set_expiry(STAY if form.cleaned_data["stay"] else 0)
        return response

    def form_invalid(self, form: SignInForm) -> HttpResponse:  # type: ignore[override]
        """Refused; the name is kept."""
        refused = bool(form.non_field_errors())
        return self.render_to_response(self.get_context_data(form=form, refused=refused))


def slow_down(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """After too many wrong passwords: the same page, with the seconds to wait."""
    implementation = AxesProxyHandler.get_implementation()
    seconds = max(1, implementation.seconds_left(request, credentials))
    form = SignInForm(request, initial={"username": request.POST.get("username", "")})
    context = {"form": form, "wait": seconds, "clock": f"{seconds // 60}:{seconds % 60:02}"}
    answer = render(request, "accounts/sign_in.html", context, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
def ask_for_link(request: HttpRequest) -> HttpResponse:
    """Mail a link that signs in; the answer is the same whether the account exists or not."""
    form = LinkForm(request.POST if request.method == "POST" else None)
    sent = request.method == "POST" and form.is_valid()
    if sent:
        agent = Agent.objects.active().filter(email__iexact=form.cleaned_data["email"]).first()
        if agent is not None and cache.add(f"sign-in-link-{agent.pk}", value=True, timeout=ONE_LINK_IN):
            mail_link(agent, "sign_in_link", links.sign_in_url(agent))
    return render(request, "accounts/ask_for_link.html", {"form": form, "sent": sent})


def mail_link(agent: Agent, template: str, url: str) -> None:
    """Mail an agent a link, in their language, with the words of templates/mail/<template>/."""
    with translation.override(agent.language or translation.get_language()):
        context = {"agent": agent, "link": url}
        subject = render_to_string(f"mail/{template}/subject.txt", context).strip()
        text = render_to_string(f"mail/{template}/body.txt", context)
        html = render_to_string(f"mail/{template}/body.html", context)
    message = EmailMultiAlternatives(subject, text, to=[agent.email])
    message.attach_alternative(html, "text/html")
    message.send()


@never_cache
@require_http_methods(["GET", "POST"])
def enter_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link: a button signs in, so that programs which open links in mails do not use it up."""
    if request.method == "GET":
        agent = links.agent_of(links.Purpose.SIGN_IN, token)
        return render(request, "accounts/enter_by_link.html", {"agent": agent}, status=200 if agent else 410)
    with transaction.atomic():
        agent = links.agent_of(links.Purpose.SIGN_IN, token, lock=True)
        if agent is None:
            return render(request, "accounts/enter_by_link.html", {"agent": None}, status=410)
        login(request, agent, backend=BACKEND)
    request.session.set_expiry(0)
    return redirect("helpdesk:queue")


@never_cache
@require_http_methods(["GET", "POST"])
def choose_password(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an invitation: choose a password, and be in."""
    with transaction.atomic():
        agent = links.agent_of(links.Purpose.PASSWORD, token, lock=request.method == "POST")
        form = ChoosePasswordForm(agent, request.POST if request.method == "POST" else None)
        if agent is None or not (request.method == "POST" and form.is_valid()):
            context = {"agent": agent, "form": form, "title": _("Choose your password")}
            return render(request, "accounts/choose_password.html", context, status=200 if agent else 410)
        form.save()
        login(request, agent, backend=BACKEND)
    request.session.set_expiry(0)
    return redirect("helpdesk:queue")
