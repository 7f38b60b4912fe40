"""How far a mailing came: saying yes to it, stopping it, and trying again what failed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from helpdesk import context as shop
from helpdesk.models import LetterDraft, Mailing, RecipientState, Stage, StatusLabel

NEWEST = 50
TOLD = (RecipientState.FAILED, RecipientState.LEFT_OUT)


def _visible(request: AgentRequest, mailing_id: int) -> Mailing:
    return get_object_or_404(Mailing.objects.visible_to(request.user).select_related("by", "contact"), pk=mailing_id)


@agent_required
@require_safe
def index(request: AgentRequest) -> HttpResponse:
    """The last mailings of the agent's contacts, and the letters that the agent is still writing."""
    found = Mailing.objects.visible_to(request.user).with_waiting().select_related("by", "contact")[:NEWEST]
    drafts = LetterDraft.objects.filter(agent=request.user).select_related("contact")[:NEWEST]
    return render(request, "helpdesk/mailing/index.html", {"mailings": found, "drafts": drafts})


@agent_required
@require_safe
def show(request: AgentRequest, mailing_id: int) -> HttpResponse:
    """One of them; for htmx, which asks again while it goes on, the progress alone."""
    mailing = _visible(request, mailing_id)
    states = mailing.progress()
    rows = mailing.recipients.select_related("customer", "thread").prefetch_related("customer__emails")
    context = {
        "mailing": mailing,
        "worth": shop.voucher_worth(mailing.voucher),
        "then": StatusLabel.all_by_status()[mailing.then].label if mailing.then else "",
        "states": states,
        "wanted": states["waiting"] + states["written"] + states["failed"],
        "everybody": sum(states[state] for state in RecipientState.values),
        "checked": mailing.recipients.filter(pk__lte=mailing.checked_to).count() if mailing.is_checking else 0,
        "is_going_on": mailing.is_checking or (states["waiting"] and mailing.stage == Stage.GOING),
        "may_undo": states["waiting"] and mailing.not_before > timezone.now(),
        "files": mailing.attachments.all(),
        "told": rows.filter(state__in=TOLD).order_by("state", "pk")[:NEWEST],
        "written": rows.filter(state=RecipientState.WRITTEN).order_by("-pk")[:NEWEST],
        "undelivered": mailing.undelivered().select_related("thread", "message")[:NEWEST],
    }
    template = "_progress.html" if request.htmx else "show.html"
    return render(request, f"helpdesk/mailing/{template}", context)


@agent_required
@require_POST
def confirm(request: AgentRequest, mailing_id: int) -> HttpResponse:
    """After the check: it goes to those who are left."""
    if not _visible(request, mailing_id).confirm():
        messages.info(request, _("There is nothing to confirm any more."))
    return SeeOther(reverse("helpdesk:mailing", args=[mailing_id]))


@agent_required
@require_POST
def stop(request: AgentRequest, mailing_id: int) -> HttpResponse:
    """Whoever was not written to yet gets nothing; `back` leads to the text, to go on with it."""
    n = _visible(request, mailing_id).stop(by=request.user)
    if "back" in request.POST:
        return SeeOther(f"{reverse('helpdesk:write_mail')}?again={mailing_id}")
    said = ngettext("Stopped: %(n)s customer gets nothing.", "Stopped: %(n)s customers get nothing.", n)
    messages.success(request, said % {"n": n})
    return SeeOther(reverse("helpdesk:mailing", args=[mailing_id]))


@agent_required
@require_POST
def retry(request: AgentRequest, mailing_id: int) -> HttpResponse:
    """Those that failed, once more."""
    if not _visible(request, mailing_id).retry():
        messages.info(request, _("There is nothing to try again."))
    return SeeOther(reverse("helpdesk:mailing", args=[mailing_id]))
