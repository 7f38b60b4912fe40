"""Mailboxes: how they do, their form, the connection test, trying again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.access import supervisor_required
from accounts.history import changes
from mailgateway import attention, health, pings, probe
from mailgateway.forms import MailboxForm
from mailgateway.grants import Grant, SignIn
from mailgateway.models import Incoming, Mailbox

SECRETS = ("password", "smtp_password")


@supervisor_required
def index(request: HttpRequest) -> HttpResponse:
    """Every mailbox with its state, what was set aside, and the last 24 hours."""
    context = {
        "section": "mailboxes",
        "mailboxes": health.all_mailboxes(),
        "set_aside": Incoming.objects.set_aside().select_related("mailbox")[:20],
        "set_aside_count": Incoming.objects.set_aside().count(),
        "day": health.last_day(),
    }
    return render(request, "mailgateway/mailboxes.html", context)


@supervisor_required
@sensitive_post_parameters(*SECRETS)
def edit(request: HttpRequest, mailbox_id: int | None = None) -> HttpResponse:
    """One mailbox, or a new one."""
    mailbox = get_object_or_404(Mailbox, pk=mailbox_id) if mailbox_id else Mailbox()
    form = MailboxForm(request.POST if request.method == "POST" else None, instance=mailbox)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        pings.mailboxes_changed()
        messages.success(request, _("“%(name)s” is saved.") % {"name": saved.name})
        wants_permission = saved.sign_in != SignIn.PASSWORD and not Grant.objects.filter(mailbox=saved).exists()
        return redirect("mailgateway:permission" if wants_permission else "mailgateway:mailbox", saved.pk)
    return show(request, mailbox, form, {})


def show(request: HttpRequest, mailbox: Mailbox, form: MailboxForm, tried: dict[str, probe.Probe]) -> HttpResponse:
    """The page of a mailbox, with what a test brought."""
    stored = Mailbox.objects.filter(pk=mailbox.pk).first()
    context = {
        "section": "mailboxes",
        "mailbox": stored or mailbox,
        "one": (found := health.of(stored) if stored else None),
        "state": found.state if found else "new",
        "grant": Grant.objects.filter(mailbox=stored).first() if stored else None,
        "form": form,
        "changes": changes(stored) if stored else [],
        **tried,
    }
    return render(request, "mailgateway/mailbox.html", context)


@supervisor_required
@require_POST
@sensitive_post_parameters(*SECRETS)
def try_out(request: HttpRequest, mailbox_id: int | None = None) -> HttpResponse:
    """Try what the form says, without saving it: the server's own words, and the folders with their counts."""
    mailbox = get_object_or_404(Mailbox, pk=mailbox_id) if mailbox_id else Mailbox()
    form = MailboxForm(request.POST, instance=mailbox)
    tried = attempt(form) if form.is_valid() else {}
    if getattr(request, "htmx", False):
        return render(request, "mailgateway/_probe.html", {"form": form, **tried})
    return show(request, mailbox, form, tried)


def attempt(form: MailboxForm) -> dict[str, probe.Probe]:
    """Both directions of a valid form, under "receiving" and "sending"; sending only if it has a server."""
    try:
        secret, smtp_secret = form.secret(), form.smtp_secret()
    except ValueError as error:
        form.add_error("password", str(error))
        return {}
    tried = {"receiving": probe.imap(form.instance, secret)}
    if form.instance.smtp_host:
        tried["sending"] = probe.smtp(form.instance, smtp_secret)
    return tried


@supervisor_required
@require_POST
def fetch(request: HttpRequest, mailbox_id: int) -> HttpResponse:
    """Look now: try the server at once, show what it says, and wake the loop that fetches."""
    mailbox = get_object_or_404(Mailbox.objects.active(), pk=mailbox_id)
    try:
        trouble = probe.imap(mailbox, mailbox.password).server_words
    except ValueError as error:
        trouble = str(error)
    pings.fetch_now(mailbox.pk)
    attention.forget()
    if trouble:
        mailbox.note_error(trouble)
        messages.error(
            request, _("%(name)s does not answer as it should: %(words)s") % {"name": mailbox, "words": trouble}
        )
    else:
        mailbox.note_success(backlog=mailbox.backlog)
        messages.success(request, _("%(name)s answers. New mail comes in now.") % {"name": mailbox})
    return redirect("mailgateway:mailboxes")


@supervisor_required
@require_POST
def pause(request: HttpRequest, mailbox_id: int) -> HttpResponse:
    """Stop or go on fetching and sending."""
    mailbox = get_object_or_404(Mailbox, pk=mailbox_id)
    mailbox.set_active(request.POST.get("to") == "on")
    pings.mailboxes_changed()
    return redirect("mailgateway:mailboxes")
