"""Five pages, each saved when left; they close for ever when the last one is reached."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth import login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.access import supervisor_required
from accounts.models import Agent
from accounts.views import BACKEND
from config.first_run.forms import AccountForm, ContactsForm, FirstMailboxForm, ShopForm
from helpdesk.models import Contact, DeskSettings
from mailgateway import pings
from mailgateway.models import Mailbox
from mailgateway.views.mailboxes import attempt

STEPS = ("account", "shop", "contacts", "mailbox")
DONE = "first_run_done"
View = Callable[..., HttpResponseBase]


def step(view: View) -> View:
    """Open to anybody while there is no agent, then to supervisors until the end; 404 afterwards."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not Agent.objects.exists():
            return view(request) if view.__name__ in ("account", "start") else redirect("first_run:account")
        if DeskSettings.fresh().set_up_at:
            raise Http404
        return supervisor_required(view)(request, *args, **kwargs)

    return opened


def show(request: HttpRequest, name: str, form: Any, **context: Any) -> HttpResponse:
    """The page of a step with the steps beside it."""
    number = STEPS.index(name) + 1
    context |= {"form": form, "step": name, "number": number, "steps": STEPS}
    return render(request, f"first_run/{name}.html", context)


@step
def start(request: HttpRequest) -> HttpResponse:
    """Where setting up goes on."""
    if not Agent.objects.exists():
        return redirect("first_run:account")
    named = DeskSettings.load().shop_name != DeskSettings._meta.get_field("shop_name").default
    if not named:
        return redirect("first_run:shop")
    return redirect("first_run:mailbox" if Contact.objects.exists() else "first_run:contacts")


@step
@sensitive_post_parameters("password")
def account(request: HttpRequest) -> HttpResponse:
    """The first supervisor, who is signed in from here on."""
    agent = Agent.objects.filter(pk=request.user.pk).first() or Agent(language=(get_language() or "")[:2])
    form = AccountForm(request.POST if request.method == "POST" else None, instance=agent)
    if request.method != "POST" or not form.is_valid():
        return show(request, "account", form)
    with transaction.atomic():
        DeskSettings.objects.select_for_update().get(pk=DeskSettings.fresh().pk)  # one first supervisor, not two
        if agent.pk is None and Agent.objects.exists():
            return redirect("accounts:sign_in")
        login(request, form.save(), backend=BACKEND)
    return redirect("first_run:shop")


@step
def shop(request: HttpRequest) -> HttpResponse:
    """Name, clock and language of the shop."""
    form = ShopForm(request.POST if request.method == "POST" else None, instance=DeskSettings.fresh())
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("first_run:contacts")
    return show(request, "shop", form)


@step
def contacts(request: HttpRequest) -> HttpResponse:
    """Customer service and webmaster, with addresses that somebody reads."""
    form = ContactsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        form.save(Agent.objects.get(pk=request.user.pk))
        return redirect("first_run:mailbox")
    return show(request, "contacts", form)


@step
@sensitive_post_parameters("password")
def mailbox(request: HttpRequest) -> HttpResponse:
    """Connect a mailbox, tested or not, or leave it for later; then the desk is open."""
    if not Contact.objects.exists():
        return redirect("first_run:contacts")
    row = Mailbox.objects.order_by("pk").first() or Mailbox()
    later = request.method == "POST" and ("skip" in request.POST or request.POST.get("way") == "later")
    form = FirstMailboxForm(None if later else request.POST if request.method == "POST" else None, instance=row)
    if not later and not (request.method == "POST" and form.is_valid()):
        return show_mailbox(request, form)
    if not later:
        form.save()
        pings.mailboxes_changed()
    desk = DeskSettings.fresh()
    desk.set_up_at = timezone.now()
    desk.save(update_fields=["set_up_at"])
    request.session[DONE] = True
    return redirect("first_run:ready")


def show_mailbox(request: HttpRequest, form: FirstMailboxForm, **tried: Any) -> HttpResponse:
    """The step with the contact's address, and what a test brought."""
    first = cast("Contact", Contact.objects.active().first())
    if not form.is_bound:
        form.initial.setdefault("username", first.email)
        form.initial["username"] = form.initial["username"] or first.email
    return show(request, "mailbox", form, contact=first, **tried)


@step
@require_POST
@sensitive_post_parameters("password")
def test(request: HttpRequest) -> HttpResponse:
    """Try the servers without saving anything."""
    form = FirstMailboxForm(request.POST, instance=Mailbox.objects.order_by("pk").first() or Mailbox())
    tried = attempt(form) if form.is_valid() else {}
    if getattr(request, "htmx", False):
        return render(request, "mailgateway/_probe.html", {"form": form, **tried})
    return show_mailbox(request, form, **tried)


def ready(request: HttpRequest) -> HttpResponse:
    """What to do next; only for whoever has just set up."""
    if not request.session.get(DONE):
        raise Http404
    return render(request, "first_run/ready.html", {"steps": STEPS, "number": len(STEPS) + 1})
