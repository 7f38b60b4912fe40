"""Giving threads of the Friday review to an agent, and taking that back."""

from secrets import token_hex

from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AgentRequest, supervisor_required
from accounts.http import SeeOther
from helpdesk.absences import absence_of, sentence_of
from helpdesk.chrome import desk_of
from helpdesk.forms_review import DelegationForm
from helpdesk.models import Delegation, GiveState
from helpdesk.review.choosing import Choice
from helpdesk.review.lists import Asked
from helpdesk.views.review import asked_in, path_to

NAMED = 12  # threads whose subjects the page tells


def choice_in(request: AgentRequest) -> Choice:
    """What is ticked on the list."""
    params = request.POST if request.method == "POST" else request.GET
    asked = Asked.read(params.get("from", ""), desk_of(request).zone)
    return Choice.read(request.user, params, asked)


def back_of(choice: Choice) -> str:
    """The list or the queue that it was chosen from."""
    if choice.queue is None:
        return path_to(choice.asked)
    return reverse("helpdesk:queue") + (f"?{choice.queue.query}" if choice.queue.query else "")


@supervisor_required
@require_safe
def new(request: AgentRequest) -> HttpResponse:
    """To whom, until when."""
    return _form(request, choice_in(request), DelegationForm(initial={"form_key": token_hex(16)}))


def _form(request: AgentRequest, choice: Choice, form: DelegationForm) -> HttpResponse:
    context = {
        "choice": choice,
        "form": form,
        "named": choice.threads.select_related("customer")[:NAMED],
        "back": back_of(choice),
    }
    return render(request, "helpdesk/review/delegate.html", context, status=400 if form.errors else 200)


@supervisor_required
@require_POST
def create(request: AgentRequest) -> HttpResponse:
    """Give them; whoever gets them is told once."""
    choice, form = choice_in(request), DelegationForm(request.POST)
    if not form.is_valid():
        return _form(request, choice, form)
    said = form.cleaned_data
    try:
        made = Delegation.objects.give(choice.threads, by=request.user, week=choice.asked.week, **said)
    except ValueError as problem:
        form.add_error("due_on" if choice.count else None, str(problem))
        return _form(request, choice, form)
    _tell(request, made)
    return SeeOther(path_to(choice.asked.but(group="", of=0)))


def _tell(request: AgentRequest, made: Delegation) -> None:
    """What became of it, on the next page."""
    given = made.rows.filter(state=GiveState.GIVEN).count()
    out = made.rows.filter(state=GiveState.LEFT_OUT).count()
    said = ngettext("%(n)s thread given to %(who)s.", "%(n)s threads given to %(who)s.", given)
    toasts.success(request, said % {"n": given, "who": made.to})
    if out:
        rest = ngettext(
            "%(n)s was left out: %(who)s does not belong to its contact.",
            "%(n)s were left out: %(who)s does not belong to their contact.",
            out,
        )
        toasts.warning(request, rest % {"n": out, "who": made.to})
    if absence := absence_of(made.to):
        toasts.warning(request, sentence_of(absence))


@supervisor_required
@require_POST
def end(request: AgentRequest, delegation_id: int) -> HttpResponse:
    """Take it back: the rest is everybody's again, and stays assigned."""
    made = get_object_or_404(Delegation, pk=delegation_id)
    if made.end(by=request.user):
        toasts.success(request, _("Taken back. The threads stay with %(who)s.") % {"who": made.to})
    return SeeOther(path_to(asked_in(request).but(of=0)))
