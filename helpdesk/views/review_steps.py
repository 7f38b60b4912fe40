"""What is done with a thread of the Friday review, and taking it back. POST only, but for asking somebody outside."""

from collections.abc import Callable

from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther, go
from accounts.typed import number
from helpdesk.absences import absence_of, sentence_of
from helpdesk.forms_pending import SnoozeForm, quick_choices
from helpdesk.forms_review import ChaseForm, HandOverForm, SkipForm
from helpdesk.models import CloseReason, Draft, Message, MessageKind, ReviewStep, Thread
from helpdesk.review.lists import Asked, Review
from helpdesk.review.proposals import words_outside
from helpdesk.review.sheets import Sheet
from helpdesk.views.review import asked_in, onward, path_to, render_sheet, visible
from helpdesk.views.thread import thread_path

ASKED_BEFORE = 30  # addresses outside that are offered
READ = 300  # forwards that are looked at for them


def _do(request: AgentRequest, thread: Thread, verb: Callable[[Asked], ReviewStep]) -> HttpResponse:
    """Do it and go on; the page again with the reason where it cannot be done."""
    asked = asked_in(request)
    following = Review(request.user, asked).after(thread.pk)  # asked first: the step takes it out of the list
    try:
        step = verb(asked)
    except ValueError as problem:
        return render_sheet(request, visible(request, thread.pk), asked, error=str(problem), status=400)
    return onward(request, asked, step, following)


def _refuse(request: AgentRequest, thread: Thread, error: str) -> HttpResponse:
    return render_sheet(request, thread, asked_in(request), error=error, status=400)


@agent_required
@require_POST
def send(request: AgentRequest, thread_id: int) -> HttpResponse:
    """The follow-up that was shown, and no other. Twice the same form is once."""
    thread, key = visible(request, thread_id), request.POST.get("form_key", "")[:32]
    sent = ReviewStep.objects.filter(thread=thread, by=request.user, message__form_key=key).first() if key else None
    if sent is not None:
        return onward(request, asked_in(request), sent, Review(request.user, asked_in(request)).after(thread.pk))
    sheet = Sheet(thread, request.user, asked_in(request), reply=number(request.POST.get("reply", "")))
    proposal = sheet.proposal
    if proposal.obstacle:
        return _refuse(request, thread, proposal.obstacle)
    if sheet.digest != request.POST.get("shown"):
        return _refuse(request, thread, _("The text is another one now. Look at it once more."))
    return _do(
        request,
        thread,
        lambda asked: ReviewStep.objects.send(
            thread,
            proposal.html,
            by=request.user,
            week=asked.week,
            reply=proposal.reply,
            seen=number(request.POST.get("seen", "")),
            form_key=key,
        ),
    )


@agent_required
@require_POST
def edit(request: AgentRequest, thread_id: int) -> HttpResponse:
    """The proposal into the composer of the thread; what stands there already stays."""
    thread = visible(request, thread_id)
    proposal = Sheet(thread, request.user, asked_in(request), reply=number(request.POST.get("reply", ""))).proposal
    draft = Draft.objects.filter(agent=request.user, thread=thread, kind=MessageKind.REPLY).first()
    if draft is not None and draft.text.strip():
        toasts.info(request, _("You were writing here already: this is your own text."))
    else:
        Draft.objects.write(thread, by=request.user, kind=MessageKind.REPLY, html=proposal.html)
        if proposal.reply is not None:
            Draft.remember_use(thread, proposal.reply.pk, by=request.user)
    return go(request, thread_path(thread.pk, mode="reply"))


@agent_required
@require_POST
def snooze(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Put it off until a date."""
    thread, form = visible(request, thread_id), SnoozeForm(request.POST)
    if not form.is_valid():
        return _refuse(request, thread, first_error(form))
    said = form.cleaned_data
    return _do(
        request,
        thread,
        lambda asked: ReviewStep.objects.snooze(
            thread, said["when"], by=request.user, week=asked.week, note=said["note"]
        ),
    )


@agent_required
@require_POST
def close(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Nothing is left to do; with a reason, where closing asks for one."""
    thread, reason = visible(request, thread_id), CloseReason.called(request.POST.get("reason", ""))
    return _do(
        request,
        thread,
        lambda asked: ReviewStep.objects.close(thread, by=request.user, week=asked.week, reason=reason),
    )


@agent_required
@require_POST
def hand_over(request: AgentRequest, thread_id: int) -> HttpResponse:
    """To a colleague, who is told; whether that one is away is said."""
    thread = visible(request, thread_id)
    form = HandOverForm(request.POST, contact=thread.contact)
    if not form.is_valid():
        return _refuse(request, thread, first_error(form))
    to, note = form.cleaned_data["to"], form.cleaned_data["note"]
    if (absence := absence_of(to)) and to != request.user:
        toasts.warning(request, sentence_of(absence))
    return _do(
        request,
        thread,
        lambda asked: ReviewStep.objects.hand_over(thread, to, by=request.user, week=asked.week, note=note),
    )


@agent_required
@require_POST
def skip(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Nothing has to be done this week, for a reason."""
    thread, form = visible(request, thread_id), SkipForm(request.POST)
    if not form.is_valid():
        return _refuse(request, thread, _("Say why nothing has to be done this week."))
    said = form.cleaned_data
    return _do(
        request,
        thread,
        lambda asked: ReviewStep.objects.skip(
            thread, said["reason"], by=request.user, week=asked.week, note=said["note"]
        ),
    )


@agent_required
@require_http_methods(["GET", "HEAD", "POST"])
def chase(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Ask a carrier or a supplier, and be reminded at a date."""
    thread = visible(request, thread_id)
    if request.method != "POST":
        typed = {"text": words_outside(thread, by=request.user), "enclose": True}
        return _ask_outside(request, thread, ChaseForm(initial=typed))
    asked, form = asked_in(request), ChaseForm(request.POST)
    following = Review(request.user, asked).after(thread.pk)
    if not form.is_valid():
        return _ask_outside(request, thread, form)
    said = form.cleaned_data
    try:
        step = ReviewStep.objects.chase(
            thread,
            said["to"],
            by=request.user,
            week=asked.week,
            until=said["when"],
            note=said["text"],
            messages=_last_of_customer(thread) if said["enclose"] else [],
        )
    except ValueError as problem:
        form.add_error("at", str(problem))
        return _ask_outside(request, thread, form)
    return SeeOther(path_to(asked, following, done=step.pk))


def _last_of_customer(thread: Thread) -> list[Message]:
    said = thread.messages.current().filter(kind=MessageKind.CUSTOMER).prefetch_related("attachments")
    return list(said.order_by("-created_at", "-pk")[:1])


def _ask_outside(request: AgentRequest, thread: Thread, form: ChaseForm) -> HttpResponse:
    context = {
        "thread": thread,
        "form": form,
        "asked": asked_in(request),
        "back": path_to(asked_in(request), thread.pk),
        "times": quick_choices(timezone.localtime()),
        "addresses": _asked_before(request),
        "last": _last_of_customer(thread),
    }
    return render(request, "helpdesk/review/chase.html", context, status=400 if form.errors else 200)


def _asked_before(request: AgentRequest) -> list[str]:
    """Addresses outside to which the threads that the agent sees were forwarded, the newest first."""
    visible_ones = Thread.objects.visible_to(request.user)
    sent = Message.objects.current().filter(kind=MessageKind.FORWARD, thread__in=visible_ones).order_by("-pk")
    named = (one for to in sent.values_list("recipients", flat=True)[:READ] for one in to.get("to", ()))
    return list(dict.fromkeys(named))[:ASKED_BEFORE]


@agent_required
@require_POST
def undo(request: AgentRequest, step_id: int) -> HttpResponse:
    """Make the thread as it was, and look at it again. One's own steps only."""
    step = get_object_or_404(
        ReviewStep.objects.visible_to(request.user).select_related("thread", "message__outgoing"),
        pk=step_id,
        by=request.user,
    )
    asked = asked_in(request)
    try:
        step.undo(by=request.user)
    except ValueError as problem:
        toasts.warning(request, str(problem))
    return go(request, path_to(asked, step.thread_id))


def first_error(form: SnoozeForm | HandOverForm | SkipForm) -> str:
    """What is wrong with a form, in a sentence."""
    return next((str(errors[0]) for errors in form.errors.values()), "")
