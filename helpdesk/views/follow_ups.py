"""One follow-up to many threads: which text, how far it came, stopping it and trying again."""

from secrets import token_hex

from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from accounts.typed import number
from helpdesk import html as markup
from helpdesk.forms_review import FollowUpForm
from helpdesk.models import BulkFollowUp, FollowUp, PredefinedReply, RecipientState
from helpdesk.review.choosing import Choice
from helpdesk.review.proposals import Proposal, proposals
from helpdesk.review.texts import reply_for
from helpdesk.views.delegations import back_of, choice_in

LOOKED_AT = 50  # threads whose obstacles the page tells before anything is sent
SHOWN = 200


@agent_required
@require_safe
def new(request: AgentRequest) -> HttpResponse:
    """Which text; what the first of them reads, and who gets nothing."""
    choice = choice_in(request)
    arrived = reply_for(FollowUp.ARRIVED)
    wanted = number(request.GET.get("reply", "")) or (arrived.pk if arrived else 0)
    form = FollowUpForm(replies=_replies(), initial={"reply": wanted, "form_key": token_hex(16)})
    return _form(request, choice, form, wanted)


def _replies() -> object:
    """Those that go everywhere and do not ask somebody outside."""
    return PredefinedReply.objects.filter(contacts=None).exclude(follow_up=FollowUp.CHASE)


def _form(request: AgentRequest, choice: Choice, form: FollowUpForm, wanted: int) -> HttpResponse:
    reply = PredefinedReply.objects.filter(pk=wanted).first()
    found = _looked_at(request, choice, reply)
    good = [one for one in found if not one.obstacle]
    context = {
        "choice": choice,
        "form": form,
        "first": good[0] if good else None,
        "body": markup.mark_placeholders(good[0].html) if good else "",
        "left_out": [one for one in found if one.obstacle],
        "wanted": max(0, choice.count - (len(found) - len(good))),
        "back": back_of(choice),
    }
    return render(request, "helpdesk/review/follow_up_new.html", context, status=400 if form.errors else 200)


def _looked_at(request: AgentRequest, choice: Choice, reply: PredefinedReply | None) -> list[Proposal]:
    threads = choice.threads.select_related("contact", "customer", "order")[:LOOKED_AT]
    return list(proposals(threads, reply, reply.bodies if reply else {}, by=request.user))


@agent_required
@require_POST
def create(request: AgentRequest) -> HttpResponse:
    """Begin; a job writes them once the time to undo is over."""
    choice, form = choice_in(request), FollowUpForm(request.POST, replies=_replies())
    if not form.is_valid():
        return _form(request, choice, form, number(request.POST.get("reply", "")))
    said = form.cleaned_data
    try:
        job = BulkFollowUp.objects.begin(
            choice.threads, said["reply"], by=request.user, week=choice.asked.week, form_key=said["form_key"]
        )
    except ValueError as problem:
        form.add_error(None, str(problem))
        return _form(request, choice, form, said["reply"].pk)
    return SeeOther(reverse("helpdesk:review_follow_up", args=[job.pk]))


def _visible(request: AgentRequest, job_id: int) -> BulkFollowUp:
    return get_object_or_404(BulkFollowUp.objects.visible_to(request.user).select_related("by", "reply"), pk=job_id)


@agent_required
@require_safe
def show(request: AgentRequest, job_id: int) -> HttpResponse:
    """How far it came; for htmx, which asks again while it goes on, that alone."""
    job = _visible(request, job_id)
    states = job.progress()
    context = {
        "job": job,
        "states": states,
        "wanted": states["waiting"] + states["written"] + states["failed"],
        "may_undo": states["waiting"] and job.not_before > timezone.now(),
        "told": _rows(job, RecipientState.FAILED, RecipientState.LEFT_OUT),
        "written": _rows(job, RecipientState.WRITTEN),
    }
    template = "_progress.html" if request.htmx else "follow_up.html"
    return render(request, f"helpdesk/review/{template}", context)


def _rows(job: BulkFollowUp, *states: str) -> object:
    return job.rows.filter(state__in=states).select_related("thread__customer").order_by("state", "pk")[:SHOWN]


@agent_required
@require_POST
def stop(request: AgentRequest, job_id: int) -> HttpResponse:
    """Whoever was not written to yet gets nothing."""
    job = _visible(request, job_id)
    n = job.stop()
    said = ngettext("Stopped: nothing is sent in %(n)s thread.", "Stopped: nothing is sent in %(n)s threads.", n)
    toasts.success(request, said % {"n": n})
    return SeeOther(reverse("helpdesk:review_follow_up", args=[job.pk]))


@agent_required
@require_POST
def retry(request: AgentRequest, job_id: int) -> HttpResponse:
    """Those that failed, once more."""
    job = _visible(request, job_id)
    if not job.retry():
        toasts.info(request, _("There is nothing to try again."))
    return SeeOther(reverse("helpdesk:review_follow_up", args=[job.pk]))
