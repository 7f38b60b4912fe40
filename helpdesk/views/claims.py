"""What an agent says of a cart beside a thread: theirs, not theirs, a mistake. And the threads of a cart."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import AgentRequest, agent_required
from accounts.http import SeeOther
from accounts.typed import number
from helpdesk import claims
from helpdesk import context as shop
from helpdesk.found_reply import found_reply
from helpdesk.models import Thread, ThreadQuerySet
from helpdesk.returning import back_to
from helpdesk.views.attachments import draft_of
from helpdesk.views.thread import render_panel, thread_path, visible


@dataclass(frozen=True)
class Suspect:
    """A thread that may be about a cart, and why."""

    thread: Thread
    match: Any
    reasons: list[Any]

    @property
    def sure(self) -> Any:
        """How sure it is."""
        return shop.Sure(self.match.sure)


def answer(request: AgentRequest, thread: Thread, problem: str = "") -> HttpResponse:
    """The panel as it is now; without JavaScript back to where the form stood, else to the thread."""
    if request.htmx:
        fresh = visible(request, thread.pk)
        response = render_panel(request, fresh, problem=problem)
        response.headers["HX-Trigger"] = "thread-changed"
        return response
    if problem:
        messages.error(request, problem)
    return SeeOther(back_to(request) if "next" in request.POST else thread_path(thread.pk))


def _chosen(request: AgentRequest) -> int:
    chosen = number(request.POST.get("cart", ""))
    if not chosen:
        raise Http404
    return chosen


@agent_required
@require_POST
def claim(request: AgentRequest, thread_id: int) -> HttpResponse:
    """The cart is theirs."""
    thread, cart_id, problem = visible(request, thread_id), _chosen(request), ""
    try:
        claims.claim(thread, cart_id, by=request.user)
    except LookupError as missing:
        raise Http404 from missing
    except ValueError as refused:
        problem = str(refused)
    return answer(request, thread, problem)


@agent_required
@require_POST
def disclaim(request: AgentRequest, thread_id: int) -> HttpResponse:
    """It was a mistake: the cart is nobody's again."""
    thread = visible(request, thread_id)
    claims.disclaim(thread, by=request.user)
    return answer(request, thread)


@agent_required
@require_POST
def refuse(request: AgentRequest, thread_id: int) -> HttpResponse:
    """The cart is not theirs."""
    thread = visible(request, thread_id)
    try:
        claims.refuse(thread, _chosen(request), by=request.user)
    except LookupError as missing:
        raise Http404 from missing
    return answer(request, thread)


@agent_required
@require_POST
def write_reply(request: AgentRequest, thread_id: int) -> HttpResponse:
    """Without JavaScript: put "we found it" below the draft's text."""
    thread = visible(request, thread_id)
    draft_of(request, thread, "reply").append(found_reply(thread, request.user))
    return SeeOther(thread_path(thread.pk, mode="reply"))


@agent_required
@require_safe
def threads_of_cart(request: AgentRequest, cart_id: int) -> HttpResponse:
    """The threads that may be about a cart, of those the agent may see: a fragment of the cart's page."""
    cart = shop.cart_with_lines(cart_id)
    if cart is None:
        raise Http404
    suspects = _suspects(Thread.objects.visible_to(request.user), shop.matches_of(cart_id))
    return render(request, "helpdesk/_cart_threads.html", {"cart": cart, "suspects": suspects})


def _suspects(visible_threads: ThreadQuerySet, matches: list[Any]) -> list[Suspect]:
    by_thread = {claims.thread_id_of(match.about): match for match in matches}
    threads = visible_threads.active().filter(pk__in=[pk for pk in by_thread if pk], order=None, cart=None)
    found = [
        Suspect(thread, by_thread[thread.pk], [shop.Reason.read(kept) for kept in by_thread[thread.pk].reasons])
        for thread in threads.select_related("customer", "contact")
    ]
    return sorted(found, key=lambda one: -one.match.chance)
