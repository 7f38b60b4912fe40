"""The controls of a thread: status, assignee, contact, subject, tags, order, folders. POST only."""

from typing import Any

from django import forms
from django.contrib import messages as toasts
from django.http import HttpResponse, HttpResponseBadRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from accounts.access import AgentRequest, agent_required, supervisor_required
from accounts.http import SeeOther, go, respond
from accounts.models import Absence
from accounts.tag_choices import chosen
from helpdesk import context as shop
from helpdesk.absences import absence_of, sentence_of
from helpdesk.forms import AssignmentForm, MoveForm, OrderForm, PriorityForm, StatusForm, SubjectForm
from helpdesk.models import ReasonMissing, Thread, ThreadTag
from helpdesk.panel import mentioned_in
from helpdesk.returning import back_to
from helpdesk.views.thread import origin, page, render_header, thread_path, visible


def answer(request: AgentRequest, thread: Thread, form: forms.Form | None = None) -> HttpResponse:
    """The head as it is now, with the first error of the form; without JavaScript the page."""
    error = next((str(errors[0]) for errors in form.errors.values()), "") if form is not None else ""
    if "next" in request.POST:  # from a row of the queue
        return HttpResponseBadRequest(error) if error else respond(request, "", {}, to=back_to(request))
    if request.htmx:
        fresh = shop.with_standing(Thread.objects.filter(pk=thread.pk)).get()
        response = render_header(request, fresh, error=error)
        response.headers["HX-Trigger"] = "thread-changed"
        return response
    if error:
        return page(request, thread, status=400, error=error)
    return SeeOther(thread_path(thread.pk, **{"from": origin(request)}))


def to_queue(request: AgentRequest) -> HttpResponse:
    """Back to the queue the agent came from."""
    query = origin(request)
    return go(request, reverse("helpdesk:queue") + (f"?{query}" if query else ""))


@agent_required
@require_POST
def status(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Set one of the four; where closing asks for a reason, on to the page that asks."""
    thread, form = visible(request, thread_id), StatusForm(request.POST)
    if form.is_valid():
        try:
            thread.set_status(form.cleaned_data["status"], by=request.user, reason=form.cleaned_data["reason"])
        except ReasonMissing:
            return _ask_for_reason(request, thread)
    return answer(request, thread, form)


def _ask_for_reason(request: AgentRequest, thread: Thread) -> HttpResponse:
    """The page with the reasons; it goes back to where one came from."""
    where = {"next": request.POST["next"]} if "next" in request.POST else {"from": origin(request)}
    asking = reverse("helpdesk:choices", args=[thread.pk, "closing"])
    return go(request, f"{asking}?{urlencode({name: word for name, word in where.items() if word})}")


@agent_required
@require_POST
def assignment(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Put an agent in charge, or nobody."""
    thread = visible(request, thread_id)
    form = AssignmentForm(request.POST, thread=thread)
    if form.is_valid():
        to = form.cleaned_data["assignee"]
        thread.assign(to, by=request.user)
        if to and to != request.user and (absence := absence_of(to)):
            return _warn(request, thread, absence)
    return answer(request, thread, form)


def _warn(request: AgentRequest, thread: Thread, absence: Absence) -> HttpResponse:
    """Whoever was put in charge is away: the head says so and names the deputy; without script, or in the queue, the
    next page does."""
    if not request.htmx or "next" in request.POST:
        toasts.warning(request, sentence_of(absence))
        return answer(request, thread)
    fresh = shop.with_standing(Thread.objects.filter(pk=thread.pk)).get()
    response = render_header(request, fresh, absence=absence, warning=sentence_of(absence))
    response.headers["HX-Trigger"] = "thread-changed"
    return response


@agent_required
@require_POST
def contact(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Hand the thread to another contact; whoever may not see it there is back in the queue."""
    thread, form = visible(request, thread_id), MoveForm(request.POST)
    if form.is_valid():
        thread.move_to(form.cleaned_data["contact"], by=request.user)
        if not Thread.objects.visible_to(request.user).filter(pk=thread.pk).exists():
            return to_queue(request)
    return answer(request, thread, form)


@agent_required
@require_POST
def priority(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Say how pressing it is."""
    thread, form = visible(request, thread_id), PriorityForm(request.POST)
    if form.is_valid():
        thread.set_priority(form.cleaned_data["priority"], by=request.user)
    return answer(request, thread, form)


@agent_required
@require_POST
def subject(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Rename it."""
    thread, form = visible(request, thread_id), SubjectForm(request.POST)
    if form.is_valid():
        thread.rename(form.cleaned_data["subject"], by=request.user)
    return answer(request, thread, form)


@agent_required
@require_POST
def tags(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Put tags on, take others off."""
    thread = visible(request, thread_id)
    put_on, take_off = chosen(request.POST, ThreadTag.objects.all())
    thread.retag(add=put_on, remove=take_off, by=request.user)
    return answer(request, thread)


@agent_required
@require_POST
def order(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Say which order, product or cart it is about: one of the customer's, or an order that they name."""
    thread = visible(request, thread_id)
    orders = [*shop.orders_of(thread.customer, limit=200), *mentioned_in(thread)]
    form = OrderForm(request.POST, orders=orders, carts=shop.carts_of(thread.customer))
    if form.is_valid():
        targets: dict[str, Any] = {name: form.cleaned_data[name] for name in form.chosen()}
        thread.link(by=request.user, **targets)
    return answer(request, thread, form)


@agent_required
@require_POST
def unread(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Show me the dot again."""
    visible(request, thread_id).mark_unread(by=request.user)
    return to_queue(request)


@agent_required
@require_POST
def spam(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Spam, or with `undo` no spam after all."""
    thread = visible(request, thread_id)
    if "undo" in request.POST:
        thread.mark_not_spam(by=request.user)
    else:
        thread.mark_spam(by=request.user)
    return answer(request, thread)


@supervisor_required
@require_POST
def trash(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Into the bin, or with `undo` out of it."""
    thread = visible(request, thread_id)
    if "undo" in request.POST:
        thread.restore(by=request.user)
    else:
        thread.trash(by=request.user)
    return answer(request, thread)


@agent_required
@require_POST
def thanks(request: AgentRequest, thread_id: int) -> HttpResponse:
    """A thank-you that came after closing: seen, or with `is=question` something to answer after all."""
    thread = visible(request, thread_id)
    if request.POST.get("is") == "question":
        thread.answer_thanks(by=request.user)
    else:
        thread.see_thanks(by=request.user)
    return answer(request, thread)


@agent_required
@require_POST
def claim(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Join a thread to the one that its first mail names, or say that it does not belong there."""
    thread = visible(request, thread_id)
    if request.POST.get("is") == "apart":
        thread.drop_claim(by=request.user)
        return answer(request, thread)
    target = visible(request, thread.claimed_id or 0)
    thread.join_claimed(target, by=request.user)
    return go(request, thread_path(target.pk))
